"""What time it is for custody work: the real time, but on a training site where somebody has set the clock.

Sessions, the audit trail and the database's own times never use it.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from access.site import is_training

FILE_NAME: Final = "clock"


class ClockRefusedError(Exception):
    """The clock of a live site is not to be set."""


def now() -> datetime:
    """Return the time that tasks and pages of custody go by, aware.

    A shifted clock runs on from where it was set. On a live site the file is not even looked at.
    """
    return timezone.now() + _shift()


def today() -> date:
    """Return the UK calendar day of `now`."""
    return timezone.localdate(now())


def set_clock(moment: datetime | None) -> None:
    """Let the clock of a training site go on from this moment, or show the real time again for None.

    Raises: ClockRefusedError on a live site.
    """
    if not is_training():
        raise ClockRefusedError("this is a live site; only the clock of a training site can be set")
    file = _file()
    if moment is None:
        file.unlink(missing_ok=True)
        return
    seconds = ceil((moment - timezone.now()).total_seconds())
    # Put in place whole: another process may read it at any time.
    fresh = file.with_suffix(".new")
    fresh.write_text(f"{seconds}\n", encoding="ascii")
    fresh.chmod(0o600)
    fresh.replace(file)


def _file() -> Path:
    return Path(settings.HOME.run) / FILE_NAME


def _shift() -> timedelta:
    if not is_training():
        return timedelta()
    try:
        changed_at_ns = _file().stat().st_mtime_ns
    except FileNotFoundError:
        return timedelta()
    return _read(_file(), changed_at_ns)


@lru_cache(maxsize=4)
def _read(file: Path, changed_at_ns: int) -> timedelta:  # noqa: ARG001 – a changed file is read anew
    try:
        return timedelta(seconds=int(file.read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()
