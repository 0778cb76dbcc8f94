"""Workers as processes of their own, which die, freeze or finish as a test wants it."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connections

from feeds import leases, pipeline
from feeds.crash_points import CrashPoint

DIED = 137
PATIENCE_SECONDS = 60
# A process made by forking has everything imported; a new interpreter would take seconds for each of dozens of deaths.
FORKS = get_context("fork")


def run_apart(work: Callable[[], object], *, die_at: CrashPoint | None = None) -> int:
    """Do the work in a process of its own, which ends where it is told to; return its exit code, 0 for finished."""
    connections.close_all()
    process = FORKS.Process(target=_work, args=(work, die_at))
    process.start()
    process.join(PATIENCE_SECONDS)
    assert process.exitcode is not None, "the process did not end in time"
    return process.exitcode


def _work(work: Callable[[], object], die_at: CrashPoint | None) -> None:
    settings.CRASH_AT = str(die_at or "")
    work()


@dataclass
class Frozen:
    """A worker that was stopped in the middle of its work."""

    pid: int

    def wake(self) -> int:
        """Let it go on and return its exit code."""
        os.kill(self.pid, signal.SIGCONT)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def end(self) -> None:
        """End it, if it is still there."""
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def freeze(
    work: Callable[[], object], *, at: CrashPoint, outcomes: dict[type[BaseException], int], lease: timedelta
) -> Frozen:
    """Do the work in a process of its own and return once it stands still at the moment.

    Woken, it exits with 0, or with the number of the outcome for the exception that it meets.
    """
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        os._exit(_stop_at(at, work, outcomes, lease))
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"the worker never came to {at}"
    return Frozen(pid)


def _stop_at(
    at: CrashPoint, work: Callable[[], object], outcomes: dict[type[BaseException], int], lease: timedelta
) -> int:
    def reach(point: CrashPoint) -> None:
        if point == at:
            os.kill(os.getpid(), signal.SIGSTOP)

    patch: Any = mock.patch.object
    try:
        with patch(pipeline, "reach", reach), patch(leases, "LEASE", lease):
            work()
    except tuple(outcomes) as met:
        return next(number for kind, number in outcomes.items() if isinstance(met, kind))
    return 0
