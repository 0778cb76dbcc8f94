"""Which events the facts of a record amount to, from one extract to the next.

Pure, and derived anew each time: an event that the facts no longer support is
withdrawn by whoever stores them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from custody.legal_status import parse_legal_status
from custody.release_dates import Operative, ReleaseDateType, explains_absence, operative_date
from custody.snapshots import CustodyFact, MovementFact, Precision, RecordFacts

LONDON: Final = ZoneInfo("Europe/London")
IN_TRANSIT: Final = "TRN"
ESCAPES: Final = {"ESCP": "escaped", "UAL": "absconded", "UAL_ECL": "absconded", "DEC": "died"}
TRANSFER_IN: Final = frozenset({"INT", "TRNCRT", "TRNTAP"})
ABSENCE_KINDS: Final[Mapping[tuple[str, str], str]] = {
    ("CRT", "OUT"): "at_court",
    ("CRT", "IN"): "returned_from_court",
    ("TAP", "OUT"): "temporary_absence",
    ("TAP", "IN"): "returned_from_absence",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. ``learned_at`` is the extract that shows it."""

    kind: str
    occurred_at: datetime
    precision: Precision
    learned_at: datetime
    delivery_id: UUID
    from_establishment: str = ""
    to_establishment: str = ""
    old_date: date | None = None
    new_date: date | None = None
    reason_code: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes two events of a record one: not the delivery, nor when or with which reason it was learnt."""
        return (
            self.kind,
            self.occurred_at.timestamp(),
            self.from_establishment,
            self.to_establishment,
            self.old_date,
            self.new_date,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """Two neighbouring custody facts, and the movements that the later extracts first stated."""

    before: CustodyFact | None
    now: CustodyFact
    movements: tuple[MovementFact, ...]
    last_establishment: str
    last_booking: str


def derive_events(facts: RecordFacts, *, baseline_at: datetime) -> list[Event]:
    """Return the events that a record's facts show, in the order they were learnt.

    ``baseline_at`` is the supplier's first roll: who stands in it was inside
    already and raises no event. Source: feeds.md 3, domain.md b.3.
    """
    events = [event for step in _steps(facts) if step.now.valid_at > baseline_at for event in _events_of(step, facts)]
    events += _absence_events_without_a_step(facts, baseline_at)
    events += [event for event in _date_events(facts) if event.learned_at > baseline_at]
    return _once(sorted(events, key=lambda event: (event.learned_at, event.occurred_at, event.kind)))


def _once(events: Iterable[Event]) -> list[Event]:
    """Keep the first telling of each event: a reason code put right later tells the same again."""
    told: dict[tuple[object, ...], Event] = {}
    for event in events:
        told.setdefault(event.identity, event)
    return list(told.values())


def operative_as_of(facts: RecordFacts, moment: datetime) -> Operative | None:
    """Return the operative date by the statements known at ``moment``, that one included."""
    inside = _fact_at(facts.custody, moment)
    return operative_date(dates_as_of(facts, moment), on_remand=inside is not None and is_on_remand(inside))


def is_on_remand(fact: CustodyFact) -> bool:
    """Return whether the stated legal status is one without a sentence."""
    status = parse_legal_status(fact.legal_status)
    return status is not None and status.is_remand


def dates_as_of(facts: RecordFacts, moment: datetime | None) -> dict[ReleaseDateType, date]:
    """Return each type's newest stated date known at ``moment``, or now when that is None."""
    dates: dict[ReleaseDateType, date] = {}
    for fact in facts.release_dates:
        if moment is not None and fact.valid_at > moment:
            continue
        date_type = ReleaseDateType(fact.date_type)
        if fact.date is None:
            dates.pop(date_type, None)
        else:
            dates[date_type] = fact.date
    return dates


def _steps(facts: RecordFacts) -> Iterator[Step]:
    before: CustodyFact | None = None
    last_establishment = last_booking = ""
    for now in facts.custody:
        news = tuple(m for m in facts.movements if m.learned_at == now.valid_at)
        yield Step(before, now, news, last_establishment, last_booking)
        before = now
        if now.is_present:
            last_booking = now.booking_number
        if now.is_present and now.establishment_code != IN_TRANSIT:
            last_establishment = now.establishment_code


def _events_of(step: Step, facts: RecordFacts) -> Iterator[Event]:
    if not step.now.is_present:
        yield _departure(step, facts)
    elif step.before is None:
        yield _entry(step, "entered")
        yield from _absence(step)
    elif (last_seen_at := step.before.last_seen_at) is not None:
        yield _entry(step, _kind_of_return(step, last_seen_at))
        yield from _absence(step)
    else:
        yield from _changes_inside(step)


def _changes_inside(step: Step) -> Iterator[Event]:
    if _is_new_reception(step):
        yield _entry(step, "entered")
    elif _has_moved(step):
        yield _transfer(step)
    yield from _absence(step)


def _is_new_reception(step: Step) -> bool:
    before = step.before
    if before is None or before.booking_number == step.now.booking_number:
        return False
    return any(m.movement_type == "ADM" for m in step.movements) or _has_moved(step)


def _has_moved(step: Step) -> bool:
    now = step.now.establishment_code
    return now not in (IN_TRANSIT, step.last_establishment) and step.last_establishment != ""


def _kind_of_return(step: Step, last_seen_at: datetime) -> str:
    """An absence, then the same booking without a new reception: the extract was at fault."""
    received = _latest(step.movements, "ADM")
    is_fresh = received is not None and _is_after(received, last_seen_at)
    same_booking = step.last_booking == step.now.booking_number
    return "back_in_feed" if same_booking and not is_fresh else "entered"


def _is_after(movement: MovementFact, moment: datetime) -> bool:
    """Of a movement of which only the day is known, that same day may be after."""
    if movement.precision == "day":
        return _day(movement.valid_at) >= _day(moment)
    return movement.valid_at > moment


def _entry(step: Step, kind: str) -> Event:
    received = _latest(step.movements, "ADM")
    happened, precision = _when(step, received)
    received_on = step.now.first_received_on
    if received is None and kind == "entered" and received_on is not None and not _was_known_by(step, received_on):
        happened, precision = _midnight(received_on), "day"
    return _event(step, kind, happened, precision, received)


def _was_known_by(step: Step, day: date) -> bool:
    """Whether the roll held the person after that day already: it then tells of an earlier reception."""
    before = step.before
    return before is not None and _day(before.last_seen_at or before.valid_at) > day


def _transfer(step: Step) -> Event:
    received = _latest(step.movements, "ADM")
    happened, precision = _when(step, received)
    return _event(step, "transferred", happened, precision, received)


def _absence(step: Step) -> Iterator[Event]:
    """Court and temporary absence as stated."""
    stated = [m for m in step.movements if (m.movement_type, m.direction) in ABSENCE_KINDS]
    for movement in stated:
        kind = ABSENCE_KINDS[movement.movement_type, movement.direction]
        yield _event(step, kind, movement.valid_at, movement.precision, movement)


def _absence_events_without_a_step(facts: RecordFacts, baseline_at: datetime) -> Iterator[Event]:
    """Out and back between two extracts changes nothing but the last movement stated."""
    steps = {fact.valid_at for fact in facts.custody}
    for movement in facts.movements:
        kind = ABSENCE_KINDS.get((movement.movement_type, movement.direction))
        if kind is None or movement.learned_at in steps or movement.learned_at <= baseline_at:
            continue
        yield Event(
            kind=kind,
            occurred_at=movement.valid_at,
            precision=movement.precision,
            learned_at=movement.learned_at,
            delivery_id=movement.delivery_id,
            from_establishment=movement.establishment_code,
            to_establishment=movement.establishment_code,
            reason_code=movement.reason_code,
        )


def _departure(step: Step, facts: RecordFacts) -> Event:
    before, now = step.before, step.now
    if before is None or now.last_seen_at is None:
        raise ValueError("an absence must follow a presence")
    last = _last_movement_before(facts, step)
    if last is not None and last.movement_type == "REL":
        kind = ESCAPES.get(last.reason_code, "released")
        return _event(step, kind, last.valid_at, last.precision, last)
    operative = operative_as_of(facts, now.last_seen_at)
    first_absent, last_seen = _day(now.valid_at), _day(now.last_seen_at)
    if operative is not None and explains_absence(operative, last_seen=last_seen, first_absent=first_absent):
        latest = max(last_seen, first_absent - timedelta(days=1))
        day = min(max(operative.date, last_seen), latest)
        return _event(step, "released", _midnight(day), "day", None)
    return _event(step, "missing_from_feed", now.valid_at, "second", None)


def _date_events(facts: RecordFacts) -> Iterator[Event]:
    """A change of the operative date while the person stays inside on one booking.

    A sentence makes dates count that were stated on remand: custody facts matter too.
    """
    old: Operative | None = None
    causes = {fact.valid_at: fact.delivery_id for fact in facts.custody}
    causes |= {fact.valid_at: fact.delivery_id for fact in facts.release_dates}
    for moment, delivery_id in sorted(causes.items()):
        new = operative_as_of(facts, moment)
        changed = (old and old.date) != (new and new.date)
        if changed and _stays_inside(facts.custody, moment):
            yield _date_event(facts, moment, delivery_id, old, new)
        old = new


def _date_event(
    facts: RecordFacts,
    moment: datetime,
    delivery_id: UUID,
    old: Operative | None,
    new: Operative | None,
) -> Event:
    inside = _fact_at(facts.custody, moment)
    return Event(
        kind=_date_kind(old, new),
        occurred_at=moment,
        precision="day",
        learned_at=moment,
        delivery_id=delivery_id,
        to_establishment=inside.establishment_code if inside else "",
        old_date=old.date if old else None,
        new_date=new.date if new else None,
    )


def _date_kind(old: Operative | None, new: Operative | None) -> str:
    if old is None:
        return "release_date_set"
    return "release_date_changed" if new is not None else "release_date_withdrawn"


def _stays_inside(custody: Sequence[CustodyFact], moment: datetime) -> bool:
    """Whether the extract at ``moment`` and the one before both hold one booking."""
    now = _fact_at(custody, moment)
    previous = [fact for fact in custody if fact.valid_at < moment]
    if now is None or not now.is_present or not previous or not previous[-1].is_present:
        return False
    return previous[-1].booking_number == now.booking_number


def _fact_at(custody: Sequence[CustodyFact], moment: datetime) -> CustodyFact | None:
    earlier = [fact for fact in custody if fact.valid_at <= moment]
    return earlier[-1] if earlier else None


def _when(step: Step, movement: MovementFact | None) -> tuple[datetime, Precision]:
    if movement is not None:
        return movement.valid_at, movement.precision
    return step.now.valid_at, "day"


def _event(step: Step, kind: str, at: datetime, precision: Precision, movement: MovementFact | None) -> Event:
    now = step.now
    return Event(
        kind=kind,
        occurred_at=at,
        precision=precision,
        learned_at=now.valid_at,
        delivery_id=now.delivery_id,
        from_establishment=step.last_establishment,
        to_establishment=now.establishment_code,
        reason_code=movement.reason_code if movement is not None else "",
    )


def _latest(movements: Iterable[MovementFact], movement_type: str) -> MovementFact | None:
    of_type = [m for m in movements if m.movement_type == movement_type]
    return max(of_type, key=lambda m: m.valid_at, default=None)


def _last_movement_before(facts: RecordFacts, step: Step) -> MovementFact | None:
    """The last movement stated while the person was there; a release from an earlier time tells nothing."""
    moment = step.now.valid_at
    absences = [fact.valid_at for fact in facts.custody if not fact.is_present and fact.valid_at < moment]
    known = [m for m in facts.movements if m.learned_at < moment and (not absences or m.learned_at > absences[-1])]
    return max(known, key=lambda m: (m.learned_at, m.valid_at), default=None)


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)
