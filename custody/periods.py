"""A person's periods in custody, from the facts: what the timeline draws.

Pure. A period begins with a reception and ends with a departure; stays, legal
spans and absences lie inside it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby, zip_longest
from typing import Final, Protocol, TypeVar

from custody.events import RECEPTIONS, UNLAWFUL, absence_meaning
from custody.legal_status import Band, parse_legal_status
from custody.reasons import Meaning, meaning_of
from custody.snapshots import CustodyFact, MovementFact, RecordFacts
from custody.steps import NO_ESTABLISHMENT, Position, Step, left_as, steps_of
from custody.timeline import Absence, AbsenceKind, EndKind, Legal, Period, Span, Stay, midnight
from custody.wording import day_of

Drawn = TypeVar("Drawn", Span, Stay)
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
    "absconded": "absconded",
    "at_large": "at_large",
    "to_hospital": "hospital",
    "removed": "removed",
    "died": "died",
}
# After these the person is back in the period that a departure had seemed to end.
RETURNS: Final = frozenset({"recaptured", "back_in_feed", "returned_from_absence"})
OUT_FOR: Final[Mapping[Meaning, AbsenceKind]] = {Meaning.COURT: "court", Meaning.ABSENCE: "absence"}


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

    An absence that later proved a fault of the feed does not end a period, nor does an escape that ended in
    recapture: it is a time at large inside the period.
    """
    steps = list(steps_of(facts))
    extracts = {step.at for step in steps}
    # A person's other records raise events too.
    own = sorted((e for e in events if e.learned_at in extracts), key=lambda e: (e.learned_at, e.occurred_at))
    groups = list(_by_period(_custody(steps, own), own))
    gone = steps[-1] if steps and steps[-1].position is Position.LEFT else None
    return [
        _period(group, facts, own, names, following, gone if following is None else None)
        for group, following in zip_longest(groups, groups[1:])
        if any(fact.is_present for fact in group)
    ]


def _custody(steps: Iterable[Step], events: Iterable[Happened]) -> list[CustodyFact]:
    """The custody facts, and one more where a reception changed nothing but the last movement."""
    received = {event.learned_at for event in events if event.kind in RECEPTIONS}
    return [
        step.now if step.now.valid_at == step.at else replace(step.now, valid_at=step.at)
        for step in steps
        if step.now.valid_at == step.at or step.at in received
    ]


def _by_period(custody: Sequence[CustodyFact], events: Sequence[Happened]) -> Iterator[list[CustodyFact]]:
    entered = {event.learned_at for event in events if event.kind in RECEPTIONS}
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
    gone: Step | None,
) -> Period:
    inside = [e for e in events if group[0].valid_at <= e.learned_at and _precedes(e.learned_at, following)]
    starts_at, start_known = _start(group[0], inside)
    ends_at, end_kind = _end(group[-1], gone, inside, following, events)
    movements = [m for m in facts.movements if _within(m.valid_at, starts_at, ends_at)]
    held = [fact for fact in group if fact.is_present]
    at_large = _times_at_large(inside)
    return Period(
        starts_at=starts_at,
        start_known=start_known,
        ends_at=ends_at,
        end_kind=end_kind,
        spans=tuple(_cut(_spans(held, starts_at, ends_at), at_large)),
        stays=tuple(_cut(_stays(held, movements, starts_at, ends_at, names), at_large)),
        absences=(*_absences(movements, ends_at), *at_large),
        by_recall=any(e.kind == "recalled" and e.learned_at == group[0].valid_at for e in inside),
    )


def _precedes(moment: datetime, following: Sequence[CustodyFact] | None) -> bool:
    return following is None or moment < following[0].valid_at


def _start(first: CustodyFact, events: Sequence[Happened]) -> tuple[datetime, bool]:
    for event in events:
        if event.kind in RECEPTIONS and event.learned_at == first.valid_at:
            return event.occurred_at, True
    if first.first_received_on is not None:
        return midnight(first.first_received_on), True
    return first.valid_at, False


def _end(
    last: CustodyFact,
    gone: Step | None,
    inside: Sequence[Happened],
    following: Sequence[CustodyFact] | None,
    events: Sequence[Happened],
) -> tuple[datetime | None, EndKind]:
    """When and how the period ended: by the last departure that no return took back, or where the next begins."""
    turns = [event for event in inside if event.kind in ENDS or event.kind in RETURNS]
    if turns and turns[-1].kind in ENDS:
        return turns[-1].occurred_at, ENDS[turns[-1].kind]
    if gone is not None and gone.newest is not None and (kind := left_as(gone.newest)):
        # Gone already in the first roll, which raises no event.
        return gone.newest.valid_at, ENDS[kind]
    if not last.is_present:
        return last.valid_at, "released"
    if following is not None:
        # Two bookings meet: the release between them left no trace but the second reception.
        return _start(following[0], events)[0], "released"
    return None, "open"


def _times_at_large(inside: Sequence[Happened]) -> list[Absence]:
    """From an escape to the recapture; where only the recapture was seen, that is all that is known."""
    found = []
    left: Happened | None = None
    for event in inside:
        if event.kind in UNLAWFUL:
            left = event
        elif event.kind == "recaptured":
            out_at = left.occurred_at if left else midnight(day_of(event.occurred_at))
            found.append(Absence("at_large", out_at, event.occurred_at, out_known=left is not None))
            left = None
    return found


def _cut(drawn: Iterable[Drawn], at_large: Sequence[Absence]) -> Iterator[Drawn]:
    """Leave the times at large out of spans and stays."""
    gaps = [(time.out_at, time.back_at) for time in at_large if time.out_known and time.back_at]
    for one in drawn:
        rest = one
        for out_at, back_at in gaps:
            if back_at <= rest.starts_at or (rest.ends_at is not None and rest.ends_at <= out_at):
                continue
            if rest.starts_at < out_at:
                yield replace(rest, ends_at=out_at)
            rest = replace(rest, starts_at=back_at)
        if rest.ends_at is None or rest.starts_at < rest.ends_at:
            yield rest


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
    settled = [fact for fact in held if fact.establishment_code not in NO_ESTABLISHMENT]
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
    for meaning in OUT_FOR:
        yield from _absences_of(meaning, movements, ends_at)


def _absences_of(meaning: Meaning, movements: Sequence[MovementFact], ends_at: datetime | None) -> Iterator[Absence]:
    """Pair each way out with the way back; a return without its way out lasted less than a day."""
    kind = OUT_FOR[meaning]
    of_kind = [m for m in movements if absence_meaning(m) is meaning]
    outs = sorted((m for m in of_kind if m.direction == "OUT"), key=lambda m: m.valid_at)
    backs = sorted((m for m in of_kind if m.direction == "IN"), key=lambda m: m.valid_at)
    paired: set[MovementFact] = set()
    for out, following in zip_longest(outs, outs[1:]):
        back = next((b for b in backs if b.valid_at > out.valid_at and _before(b, following)), None)
        if back is not None:
            paired.add(back)
        yield Absence(kind, out.valid_at, back.valid_at if back else _next_turn(out, movements) or ends_at)
    for back in backs:
        if back not in paired and not _never_left(back):
            day = midnight(day_of(back.valid_at))
            yield Absence(kind, day, back.valid_at, out_known=False)


def _never_left(back: MovementFact) -> bool:
    """A hearing by video link needs no way out."""
    return meaning_of(back.movement_type, back.reason_code) is Meaning.STAYS


def _before(back: MovementFact, following: MovementFact | None) -> bool:
    return following is None or back.valid_at < following.valid_at


def _next_turn(out: MovementFact, movements: Sequence[MovementFact]) -> datetime | None:
    """An admission elsewhere ends an absence too, and so does leaving for good or the end of the period."""
    turns = [m for m in movements if m.movement_type == "ADM" or left_as(m)]
    later = [m.valid_at for m in turns if m.valid_at > out.valid_at]
    return min(later, default=None)


def _within(moment: datetime, starts_at: datetime, ends_at: datetime | None) -> bool:
    return moment >= starts_at and (ends_at is None or moment <= ends_at)
