"""Lets several processes count into files of their own, which any of them adds up when it is asked.

A file belongs to a slot and not to a process: whoever starts takes the first free slot and goes on counting
where the one before left off. So there are never more files than processes at once, however often a worker
is replaced, and no count is lost with the process that made it.
"""

import fcntl
import os
from pathlib import Path
from typing import IO, Any, Final

from prometheus_client import CollectorRegistry, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from jtrack.home import private_directory

MOST_SLOTS: Final = 512


class Slots:
    """The slots of one folder, and the one that this process holds."""

    def __init__(self, directory: Path) -> None:
        """Take the folder; a slot is claimed with the first count."""
        self._directory = directory
        self._number = -1
        self._lock: IO[bytes] | None = None
        os.register_at_fork(after_in_child=self._forget)

    def identifier(self) -> str:
        """Return the name of the slot that this process holds.

        Raises: RuntimeError when every slot is taken.
        """
        if self._lock is None:
            self._claim()
        return f"slot{self._number}"

    def _claim(self) -> None:
        for number in range(MOST_SLOTS):
            lock = (self._directory / f"{number}.lock").open("ab")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self._number, self._lock = number, lock
            return
        raise RuntimeError(f"All {MOST_SLOTS} slots of {self._directory.name} are taken; end what holds them.")

    def _forget(self) -> None:
        """Leave the parent its slot: the lock is the parent's as long as the parent lives."""
        if self._lock is not None:
            self._lock.close()
        self._lock = None


def use(directory: Path) -> str:
    """Let this process, and each that it forks, count into files of the folder, and return the folder's path.

    To be called before the first count, with the path in PROMETHEUS_MULTIPROC_DIR.
    """
    private_directory(directory)
    made: Any = values.MultiProcessValue
    values.ValueClass = made(Slots(directory).identifier)
    return str(directory)


def added_up(directory: Path) -> bytes:
    """Return the counts of all processes of the folder in the text form of Prometheus."""
    registry = CollectorRegistry()
    collector: Any = MultiProcessCollector
    collector(registry, path=str(directory))
    return generate_latest(registry)
