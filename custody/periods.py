"""Turns a record's custody facts into the periods, stays and absences that the timeline draws."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Protocol

from custody.legal_status import Band, parse_legal_status
from custody.snapshots import CustodyFact, MovementFact, RecordFacts
from custody.timeline import Absence, AbsenceKind, EndKind, Legal, Period, Span, Stay, midnight

IN_TRANSIT: Final = "TRN"
LEGAL_OF_BAND: Final[dict[Band, Legal]] = {
    Band.SENTENCED: "sentenced",
    Band.INDETERMINATE: "sentenced",
    Band.REMAND: "remand",
    Band.RECALLED: "recalled",
    Band.OTHER: "unknown",
}
ENDS: Final[dict[str, EndKind]] = {
    "released": "released",
    "missing_from_feed": "missing",
    "escaped": "escaped",
    "absconded": "escaped",
    "died": "died",
}
ABSENCE_KINDS: Final[dict[str, AbsenceKind]] = {"CRT": "court", "TAP": "absence"}
OUT: Final = "OUT"
# A first file this soon after reception says what held from the start; a later one cannot.
FILE_FOLLOWS_WITHIN: Final = timedelta(days=2)


class Happening(Protocol):
    """What is needed of an event: its kind, when it happened and when it was learnt."""

    kind: str
    occurred_at: datetime
    learned_at: datetime


@dataclass(slots=True)
class _Run:
    """Consecutive facts of one booking, and the fact that ended it, if one did."""

    facts: list[CustodyFact]
    ended_by: CustodyFact | None = None


def periods_of(facts: RecordFacts, events: Iterable[Happening], establishments: Mapping[str, str]) -> list[Period]:
    """Return the periods in custody that one record's facts show, oldest first.

    Before the first file that held the person only the day of first reception is known: legal status
    and establishment of that time stay unknown.
    """
    happened = {(event.learned_at, event.kind): event.occurred_at for event in events}
    return [_period(run, facts.movements, happened, establishments) for run in _runs(facts.custody)]


def _runs(facts: Sequence[CustodyFact]) -> list[_Run]:
    runs: list[_Run] = []
    for fact in facts:
        current = runs[-1] if runs else None
        if not fact.is_present:
            if current is not None:
                current.ended_by = fact
        elif current is not None and current.facts[-1].booking_number == fact.booking_number:
            # The same booking again: the file that left the person out was at fault.
            current.ended_by = None
            current.facts.append(fact)
        else:
            if current is not None and current.ended_by is None:
                current.ended_by = fact
            runs.append(_Run([fact]))
    return runs


def _period(
    run: _Run,
    movements: Sequence[MovementFact],
    happened: Mapping[tuple[datetime, str], datetime],
    establishments: Mapping[str, str],
) -> Period:
    first = run.facts[0]
    starts_at = midnight(first.first_received_on) if first.first_received_on else first.valid_at
    ends_at, end_kind = _end(run.ended_by, happened)
    during = [m for m in movements if starts_at <= m.valid_at and (ends_at is None or m.valid_at <= ends_at)]
    return Period(
        starts_at=starts_at,
        start_known=first.first_received_on is not None,
        ends_at=ends_at,
        end_kind=end_kind,
        spans=tuple(_spans(run.facts, starts_at, ends_at)),
        stays=tuple(_stays(run.facts, starts_at, ends_at, during, happened, establishments)),
        absences=tuple(_absences(during, run.facts)),
    )


def _end(
    fact: CustodyFact | None, happened: Mapping[tuple[datetime, str], datetime]
) -> tuple[datetime | None, EndKind]:
    if fact is None:
        return None, "open"
    for kind, end in ENDS.items():
        if (fact.valid_at, kind) in happened:
            at = happened[fact.valid_at, kind]
            return (at, end) if end != "missing" else (fact.last_seen_at or at, end)
    # Another booking began between two files: the release itself was not seen.
    return fact.last_seen_at or fact.valid_at, "released"


def _spans(facts: Sequence[CustodyFact], starts_at: datetime, ends_at: datetime | None) -> Iterator[Span]:
    first = facts[0].valid_at
    marks: list[tuple[datetime, Legal]] = []
    if first - starts_at > FILE_FOLLOWS_WITHIN:
        marks.append((starts_at, "unknown"))
        marks.append((first, _legal(facts[0])))
    else:
        marks.append((starts_at, _legal(facts[0])))
    for before, fact in pairwise(facts):
        if _legal(fact) != _legal(before):
            marks.append((fact.valid_at, _legal(fact)))
    ends = [at for at, _ in marks[1:]] + [ends_at]
    for (at, legal), end in zip(marks, ends, strict=True):
        yield Span(at, end, legal)


def _legal(fact: CustodyFact) -> Legal:
    status = parse_legal_status(fact.legal_status)
    return LEGAL_OF_BAND[status.band] if status else "unknown"


def _stays(
    facts: Sequence[CustodyFact],
    starts_at: datetime,
    ends_at: datetime | None,
    movements: Sequence[MovementFact],
    happened: Mapping[tuple[datetime, str], datetime],
    establishments: Mapping[str, str],
) -> Iterator[Stay]:
    """Stays in order; time between prisons belongs to none of them."""
    arrived = _first_arrival(facts[0], movements) or starts_at
    current: Stay | None = None
    for fact in facts:
        code = fact.establishment_code
        if current is not None and code == current.establishment_code:
            continue
        at = arrived if fact is facts[0] else happened.get((fact.valid_at, "transferred"), fact.valid_at)
        if current is not None:
            at = max(at, current.starts_at)
            yield replace(current, ends_at=at)
        current = Stay(at, None, code, establishments.get(code, code)) if code != IN_TRANSIT else None
    if current is not None:
        yield replace(current, ends_at=max(ends_at, current.starts_at) if ends_at else None)


def _first_arrival(first: CustodyFact, movements: Sequence[MovementFact]) -> datetime | None:
    """Return when the person came to the first establishment seen, where a movement says so."""
    arrivals = [
        m.valid_at
        for m in movements
        if m.movement_type == "ADM"
        and m.establishment_code == first.establishment_code
        and m.learned_at <= first.valid_at
    ]
    return max(arrivals, default=None)


def _absences(movements: Sequence[MovementFact], facts: Sequence[CustodyFact]) -> Iterator[Absence]:
    """Each way out with the next way back of its kind; a way back alone when the way out was not seen."""
    for code, kind in ABSENCE_KINDS.items():
        out: datetime | None = None
        for movement in sorted(movements, key=lambda m: m.valid_at):
            if movement.movement_type != code:
                continue
            if movement.direction == OUT:
                if out is not None:
                    yield Absence(kind, out, out)
                out = movement.valid_at
            elif out is not None:
                yield Absence(kind, out, movement.valid_at)
                out = None
            else:
                yield Absence(kind, movement.valid_at, movement.valid_at, out_known=False)
        if out is not None:
            yield Absence(kind, out, _seen_back(out, facts))


def _seen_back(out: datetime, facts: Sequence[CustodyFact]) -> datetime | None:
    """Return the first file after the way out that had the person inside again."""
    later = [fact for fact in facts if fact.valid_at > out]
    inside = [fact.valid_at for fact in later if fact.custody_status == "ACTIVE IN"]
    return min(inside, default=None)
