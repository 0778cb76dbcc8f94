"""`make run`: one run an installation, and a clear word when the port is taken."""

import socket
import subprocess
import sys
from pathlib import Path

import honcho.manager
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


def test_no_mail_of_a_machine_without_a_mail_server_goes_out() -> None:
    manager, environment = honcho.manager.Manager(), {"PATH": "/bin"}

    run._catch_mail(manager, environment)

    assert environment["JTRACK_SMTP_URL"].startswith("smtp://127.0.0.1:")
    assert [process["cmd"].endswith(environment["JTRACK_SMTP_URL"][-5:]) for process in _started(manager)] == [True]


def test_configured_mail_server_is_left_alone() -> None:
    manager, environment = honcho.manager.Manager(), {"JTRACK_SMTP_URL": "smtp://mail.internal"}

    run._catch_mail(manager, environment)

    assert (environment, _started(manager)) == ({"JTRACK_SMTP_URL": "smtp://mail.internal"}, [])


def _started(manager: honcho.manager.Manager) -> list[dict[str, str]]:
    return [{"cmd": entry["obj"].cmd} for entry in manager._processes.values()]
