"""A person's periods in custody, from the facts: what the timeline draws.

Pure. A period begins with a reception and ends with a departure; stays, legal
spans and absences lie inside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, zip_longest
from typing import Final, Protocol

from custody.events import IN_TRANSIT
from custody.legal_status import Band, parse_legal_status
from custody.snapshots import CustodyFact, MovementFact, RecordFacts
from custody.timeline import Absence, AbsenceKind, EndKind, Legal, Period, Span, Stay, midnight
from custody.wording import day_of

LEGAL: Final[Mapping[Band, Legal]] = {
    Band.SENTENCED: "sentenced",
    Band.INDETERMINATE: "sentenced",
    Band.REMAND: "remand",
    Band.RECALLED: "recalled",
}
ENDS: Final[Mapping[str, EndKind]] = {
    "released": "released",
    "missing_from_feed": "missing",
    "escaped": "escaped",
    "absconded": "escaped",
    "died": "died",
}


class Happened(Protocol):
    """What a period needs of an event, derived or stored."""

    @property
    def kind(self) -> str:
        """One of the event kinds."""

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""

    @property
    def learned_at(self) -> datetime:
        """The extract that shows it."""


# A first file this soon after reception says what held from the start.
FILE_FOLLOWS_WITHIN: Final = timedelta(days=2)


def derive_periods(facts: RecordFacts, events: Sequence[Happened], *, names: Mapping[str, str]) -> list[Period]:
    """Return the periods in custody, oldest first; ``names`` gives establishments' short names.

    An absence that later proved a fault of the feed does not end a period.
    """
    groups = list(_by_period(facts.custody, events))
    return [
        _period(group, facts, events, names, following)
        for group, following in zip_longest(groups, groups[1:])
        if any(fact.is_present for fact in group)
    ]


def _by_period(custody: Sequence[CustodyFact], events: Sequence[Happened]) -> Iterator[list[CustodyFact]]:
    entered = {event.learned_at for event in events if event.kind == "entered"}
    group: list[CustodyFact] = []
    for fact in custody:
        if group and fact.valid_at in entered:
            yield group
            group = []
        group.append(fact)
    if group:
        yield group


def _period(
    group: Sequence[CustodyFact],
    facts: RecordFacts,
    events: Sequence[Happened],
    names: Mapping[str, str],
    following: Sequence[CustodyFact] | None,
) -> Period:
    starts_at, start_known = _start(group[0], events)
    ends_at, end_kind = _end(group[-1], events, following)
    movements = [m for m in facts.movements if _within(m.valid_at, starts_at, ends_at)]
    held = [fact for fact in group if fact.is_present]
    return Period(
        starts_at=starts_at,
        start_known=start_known,
        ends_at=ends_at,
        end_kind=end_kind,
        spans=tuple(_spans(held, starts_at, ends_at)),
        stays=tuple(_stays(held, movements, starts_at, ends_at, names)),
        absences=tuple(_absences(movements, ends_at)),
    )


def _start(first: CustodyFact, events: Sequence[Happened]) -> tuple[datetime, bool]:
    for event in events:
        if event.kind == "entered" and event.learned_at == first.valid_at:
            return event.occurred_at, True
    if first.first_received_on is not None:
        return midnight(first.first_received_on), True
    return first.valid_at, False


def _end(
    last: CustodyFact, events: Sequence[Happened], following: Sequence[CustodyFact] | None
) -> tuple[datetime | None, EndKind]:
    if not last.is_present:
        for event in events:
            if event.learned_at == last.valid_at and event.kind in ENDS:
                return event.occurred_at, ENDS[event.kind]
        return last.valid_at, "released"
    if following is not None:
        # Two bookings meet: the release between them left no trace but the second reception.
        return _start(following[0], events)[0], "released"
    return None, "open"


def _spans(held: Sequence[CustodyFact], starts_at: datetime, ends_at: datetime | None) -> Iterator[Span]:
    """Legal statuses in turn; what held long before the first file with the person is not known."""
    marks = [(next(group).valid_at, legal) for legal, group in groupby(held, key=_legal)]
    first_file, first_legal = marks[0]
    if first_file - starts_at > FILE_FOLLOWS_WITHIN:
        marks.insert(0, (starts_at, "unknown"))
    else:
        marks[0] = (starts_at, first_legal)
    ends = [*(at for at, _ in marks[1:]), ends_at]
    for (start, legal), end in zip(marks, ends, strict=True):
        yield Span(start, end, legal)


def _legal(fact: CustodyFact) -> Legal:
    status = parse_legal_status(fact.legal_status)
    return LEGAL.get(status.band, "unknown") if status is not None else "unknown"


def _stays(
    held: Sequence[CustodyFact],
    movements: Sequence[MovementFact],
    starts_at: datetime,
    ends_at: datetime | None,
    names: Mapping[str, str],
) -> Iterator[Stay]:
    settled = [fact for fact in held if fact.establishment_code != IN_TRANSIT]
    runs = [next(group) for _, group in groupby(settled, key=lambda f: f.establishment_code)]
    # Before the first arrival that a file states, the prison is not known.
    begun = [max(starts_at, _arrival(fact, movements, starts_at)) for fact in runs[:1]]
    begun += [_arrival(fact, movements, fact.valid_at) for fact in runs[1:]]
    for fact, start, end in zip(runs, begun, [*begun[1:], ends_at][: len(runs)], strict=True):
        code = fact.establishment_code
        yield Stay(start, end, code, names.get(code, code))


def _arrival(fact: CustodyFact, movements: Sequence[MovementFact], otherwise: datetime) -> datetime:
    received = [m.valid_at for m in movements if m.movement_type == "ADM" and m.learned_at == fact.valid_at]
    return max(received, default=otherwise)


def _absences(movements: Sequence[MovementFact], ends_at: datetime | None) -> Iterator[Absence]:
    yield from _absences_of("CRT", "court", movements, ends_at)
    yield from _absences_of("TAP", "absence", movements, ends_at)


def _absences_of(
    movement_type: str, kind: AbsenceKind, movements: Sequence[MovementFact], ends_at: datetime | None
) -> Iterator[Absence]:
    """Pair each way out with the way back; a return without its way out lasted less than a day."""
    of_type = [m for m in movements if m.movement_type == movement_type]
    outs = sorted((m for m in of_type if m.direction == "OUT"), key=lambda m: m.valid_at)
    backs = sorted((m for m in of_type if m.direction == "IN"), key=lambda m: m.valid_at)
    paired: set[MovementFact] = set()
    for out, following in zip_longest(outs, outs[1:]):
        back = next((b for b in backs if b.valid_at > out.valid_at and _before(b, following)), None)
        if back is not None:
            paired.add(back)
        yield Absence(kind, out.valid_at, back.valid_at if back else _next_in(out, movements) or ends_at)
    for back in backs:
        if back not in paired:
            day = midnight(day_of(back.valid_at))
            yield Absence(kind, day, back.valid_at, out_known=False)


def _before(back: MovementFact, following: MovementFact | None) -> bool:
    return following is None or back.valid_at < following.valid_at


def _next_in(out: MovementFact, movements: Sequence[MovementFact]) -> datetime | None:
    """An admission elsewhere ends an absence too, and so does the end of the period."""
    later = [m.valid_at for m in movements if m.movement_type == "ADM" and m.valid_at > out.valid_at]
    return min(later, default=None)


def _within(moment: datetime, starts_at: datetime, ends_at: datetime | None) -> bool:
    return moment >= starts_at and (ends_at is None or moment <= ends_at)
