"""Run one server in the foreground, so that it ends with the run that started it and leaves nothing behind."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import psutil

# Names the process whose death ends us; honcho's own go-between processes outlive it, so a parent's death is no sign.
SUPERVISOR = "JTRACK_SUPERVISOR"
LOOK_EVERY_SECONDS = 0.25
LEFTOVER_GRACE_SECONDS = 10
EARLY_SECONDS = 2


def unprivileged(command: Sequence[str]) -> list[str]:
    """Return the command as an ordinary user may run it.

    PostgreSQL refuses to run as root. Root enters a user namespace in which it is user 1000, so that no second
    account is needed and the files stay its own.
    """
    if os.geteuid() != 0:
        return list(command)
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", *command]


class Supervised:
    """One child process with its mark on disk, ended by signal or with the supervisor."""

    def __init__(self, command: Sequence[str], *, mark: Path, environment: Mapping[str, str] | None = None) -> None:
        self.command = list(command)
        self.mark = mark
        self.environment = dict(environment) if environment is not None else None
        self.asked_to_stop = False

    def run(
        self,
        *,
        gentle: signal.Signals = signal.SIGTERM,
        firm: signal.Signals = signal.SIGTERM,
        tries: int = 1,
    ) -> int:
        """Run the command until it ends and return its exit code.

        On SIGTERM, SIGINT or the supervisor's death the child gets the gentle signal, after three seconds the
        firm one, and after fifteen SIGKILL. A child that fails within two seconds of its start is tried again.
        """
        end_leftover(self.mark)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for _ in range(tries):
            began = time.monotonic()
            code = self._run_once(gentle=gentle, firm=firm)
            if self.asked_to_stop or code == 0 or time.monotonic() - began > EARLY_SECONDS:
                break
            time.sleep(LOOK_EVERY_SECONDS)
        return 0 if self.asked_to_stop else code

    def _run_once(self, *, gentle: signal.Signals, firm: signal.Signals) -> int:
        supervisor = int(os.environ.get(SUPERVISOR, "0"))
        child = subprocess.Popen(self.command, env=self.environment, umask=0o077)
        write_mark(self.mark, child.pid)
        while child.poll() is None and not self.asked_to_stop:
            self.asked_to_stop = not is_alive(supervisor)
            time.sleep(LOOK_EVERY_SECONDS)
        code = _end_child(child, gentle=gentle, firm=firm)
        self.mark.unlink(missing_ok=True)
        return code

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = True


def is_alive(pid: int) -> bool:
    """Return whether the process runs; nobody (0) counts as alive, a process that only waits to be reaped does not."""
    if pid == 0:
        return True
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def write_mark(mark: Path, pid: int) -> None:
    """Note a process by its number and the second it began, since numbers are used again."""
    try:
        began = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return
    mark.write_text(f"{pid} {began:.2f}\n", encoding="ascii")


def end_leftover(mark: Path) -> None:
    """End the process that a killed run left behind under this mark, and wait until it is gone."""
    process = _marked_process(mark)
    if process is not None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(LEFTOVER_GRACE_SECONDS)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(LEFTOVER_GRACE_SECONDS)
    mark.unlink(missing_ok=True)


def _marked_process(mark: Path) -> psutil.Process | None:
    try:
        pid, began = mark.read_text(encoding="ascii").split()
        process = psutil.Process(int(pid))
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if f"{process.create_time():.2f}" == began else None


def _end_child(child: subprocess.Popen[bytes], *, gentle: signal.Signals, firm: signal.Signals) -> int:
    for number, patience_seconds in ((gentle, 3), (firm, 12), (signal.SIGKILL, None)):
        if child.poll() is not None:
            break
        child.send_signal(number)
        try:
            child.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            continue
    return child.wait()
