"""The real web server and the real worker of the tests' own installation."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from jtrack.commands import ROOT
from jtrack.home import Home
from jtrack.processes import SUPERVISOR

START_SECONDS = 60
LOOK_EVERY_SECONDS = 0.1


@contextmanager
def serving(home: Home) -> Iterator[str]:
    """Serve the installation with a worker behind it, and give the site's address; the servers must be running."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        web = stack.enter_context(_process("web", home, port))
        stack.enter_context(_process("worker", home, port))
        _wait_for(address, web, home.run / "web.log")
        yield address


@contextmanager
def _process(name: str, home: Home, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "JTRACK_HOME": str(home.root),
        "PORT": str(port),
        SUPERVISOR: str(os.getpid()),
        "JTRACK_LOG_LEVEL": "WARNING",
    }
    with (home.run / f"{name}.log").open("wb") as log:
        command = [sys.executable, "-m", "jtrack.child", name]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, web: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(address):
        if web.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The site did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
        time.sleep(LOOK_EVERY_SECONDS)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/sign-in/", timeout=10) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
