"""Record which sealed fields of whom were opened: that record is the audit of reading and the quota's counter."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID


class UnrecordedOpeningError(Exception):
    """A sealed field was read outside `recording()` in a process that insists on a record."""


def _subjects_by_field() -> dict[str, set[UUID]]:
    return defaultdict(set)


@dataclass
class Opened:
    """What was opened during one recording: subjects by field, as "offenders.offender.surname"."""

    fields: dict[str, set[UUID]] = field(default_factory=_subjects_by_field)
    scanned: dict[str, set[UUID]] = field(default_factory=_subjects_by_field)

    @property
    def people(self) -> frozenset[UUID]:
        """Everybody of whom at least one field was opened; the quota counts these."""
        return frozenset().union(*self.fields.values())

    @property
    def scanned_people(self) -> frozenset[UUID]:
        """Everybody whose values were only looked through, or looked through before being shown."""
        return frozenset().union(*self.scanned.values())

    @property
    def count(self) -> int:
        """How many fields were opened, counting one field of one person once."""
        return sum(map(len, self.fields.values()))


class _Process:
    """Whether this process may open fields without a record."""

    insists = False


_recorder: ContextVar[Opened | None] = ContextVar("recorder", default=None)
_scanning: ContextVar[bool] = ContextVar("scanning", default=False)


@contextmanager
def recording() -> Iterator[Opened]:
    """Record every opening inside; an outer recording also receives them when this one ends."""
    opened = Opened()
    outer = _recorder.get()
    recorder_before = _recorder.set(opened)
    # A page that is shown inside somebody's scan is still a page that is shown.
    scanning_before = _scanning.set(False)
    try:
        yield opened
    finally:
        _recorder.reset(recorder_before)
        _scanning.reset(scanning_before)
        if outer is not None:
            _merge(opened.fields, outer.fields)
            _merge(opened.scanned, outer.scanned)


@contextmanager
def scanning() -> Iterator[None]:
    """Count openings inside as scanned: for sorting and searching by values that most readers will not be shown.

    Reading a field of the same object after the scan records it as opened; `shown()` is for values that were copied.
    """
    before = _scanning.set(True)
    try:
        yield
    finally:
        _scanning.reset(before)


def shown(subject: UUID, *fields: str) -> None:
    """Record that a person's scanned fields are shown after all: those named, or every one scanned.

    Raises: UnrecordedOpeningError.
    """
    opened = _current()
    if opened is None:
        return
    for name in fields or [name for name, subjects in opened.scanned.items() if subject in subjects]:
        opened.fields[name].add(subject)


def note(field_name: str, subject: UUID) -> None:
    """Record one opening; sealed fields call it, nobody else needs to.

    Raises: UnrecordedOpeningError.
    """
    opened = _current()
    if opened is not None:
        (opened.scanned if _scanning.get() else opened.fields)[field_name].add(subject)


def insist_on_recording(*, insists: bool = True) -> None:
    """From now on refuse, in this process, to open a sealed field outside `recording()`; for web processes."""
    _Process.insists = insists


def _current() -> Opened | None:
    opened = _recorder.get()
    if opened is None and _Process.insists:
        raise UnrecordedOpeningError("a sealed field was read outside a door; read it in the view, or in recording()")
    return opened


def _merge(source: dict[str, set[UUID]], target: dict[str, set[UUID]]) -> None:
    for name, subjects in source.items():
        target[name] |= subjects
