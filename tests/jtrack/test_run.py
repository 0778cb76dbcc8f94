"""`make run`: one run an installation, and a clear word when the port is taken."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from jtrack import run
from jtrack.home import Home

HOLDER = (
    "import sys; from pathlib import Path; from jtrack.home import Home; from jtrack.run import claim;"
    "lock = claim(Home(Path(sys.argv[1]))); print('held', flush=True); sys.stdin.read()"
)


def _holder(home: Home) -> subprocess.Popen[bytes]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    return holder


def test_second_run_of_an_installation_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LOCK_PATIENCE_SECONDS", 0)
    with _holder(Home(tmp_path)), pytest.raises(SystemExit, match="Another `make run`"):
        run.claim(Home(tmp_path))


def test_killed_run_gives_the_installation_back(tmp_path: Path) -> None:
    with _holder(Home(tmp_path)) as holder:
        holder.kill()

    run.claim(Home(tmp_path)).close()


def test_taken_port_is_named_with_another_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PORT_PATIENCE_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(SystemExit, match=f"make run PORT={port + 1}"):
            run.refuse_busy_port(port)
