"""Processes end with the run that started them, and a killed run leaves nothing that the next one cannot end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from jtrack.processes import SUPERVISOR, end_leftover, is_alive, write_mark

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
WRAPPED = (
    "import sys; from pathlib import Path; from jtrack.processes import Supervised;"
    "raise SystemExit(Supervised([sys.executable, '-c', sys.argv[2]], mark=Path(sys.argv[1])).run())"
)


def _wrapper(mark: Path, program: str, *, supervisor: int = 0) -> subprocess.Popen[bytes]:
    environment = {**os.environ, SUPERVISOR: str(supervisor)}
    return subprocess.Popen([sys.executable, "-c", WRAPPED, str(mark), program], env=environment)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def test_exit_code_of_the_command_is_passed_on(tmp_path: Path) -> None:
    wrapper = _wrapper(tmp_path / "mark", "raise SystemExit(7)")

    assert wrapper.wait(20) == 7


def test_command_ends_with_its_wrapper(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    wrapper = _wrapper(mark, "import time; time.sleep(60)")
    _wait_until(lambda: mark.exists() and bool(mark.read_text(encoding="ascii")))
    child = int(mark.read_text(encoding="ascii").split()[0])

    wrapper.terminate()

    assert wrapper.wait(20) == 0
    assert not is_alive(child)
    assert not mark.exists()


def test_command_ends_with_a_killed_supervisor(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    supervisor = subprocess.Popen(SLEEPER)
    wrapper = _wrapper(mark, "import time; time.sleep(60)", supervisor=supervisor.pid)
    _wait_until(lambda: mark.exists() and bool(mark.read_text(encoding="ascii")))

    # Not reaped yet, so that it is still in the table of processes.
    supervisor.send_signal(signal.SIGKILL)

    wrapper.wait(20)
    supervisor.wait()
    assert not mark.exists()


def test_leftover_is_ended(tmp_path: Path) -> None:
    left_behind = subprocess.Popen(SLEEPER)
    write_mark(tmp_path / "mark", left_behind.pid)

    end_leftover(tmp_path / "mark")

    left_behind.wait()
    assert not is_alive(left_behind.pid)
    assert not (tmp_path / "mark").exists()


def test_stranger_who_got_the_number_since_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEPER)
    began = psutil.Process(stranger.pid).create_time()
    (tmp_path / "mark").write_text(f"{stranger.pid} {began - 100:.2f}\n", encoding="ascii")

    end_leftover(tmp_path / "mark")

    assert is_alive(stranger.pid)
    stranger.kill()
    stranger.wait()


def test_damaged_mark_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "mark").write_text("", encoding="ascii")

    end_leftover(tmp_path / "mark")

    assert not (tmp_path / "mark").exists()
