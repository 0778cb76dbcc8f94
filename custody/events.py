"""Which events the facts of a record amount to, from one extract to the next.

Pure, and derived anew each time: an event that the facts no longer support is withdrawn by whoever stores them.
What happened is read from the type and the reason of movements, never from the name of an event.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from custody.date_changes import DateChange, operative_changes
from custody.held_dates import operative_as_of
from custody.reasons import Meaning, meaning_of
from custody.release_dates import explains_absence
from custody.snapshots import MovementFact, Precision, RecordFacts
from custody.steps import LEFT_AS, Position, Step, is_after, left_as, london_day, midnight, steps_of

UNLAWFUL: Final = frozenset({"escaped", "absconded", "at_large"})
DEPARTURES: Final = frozenset({*LEFT_AS.values(), "missing_from_feed"})
# These begin a period in custody; a recapture goes on with the one that was broken.
RECEPTIONS: Final = frozenset({"entered", "recalled"})
RECEIVED_AS: Final[Mapping[Meaning | None, str]] = {Meaning.RECALL: "recalled", Meaning.RECAPTURE: "recaptured"}
# Somebody back with one of these, or with no admission at all, was never received anew.
GOES_ON: Final = frozenset({None, Meaning.TRANSFER_IN, Meaning.ADMINISTRATIVE})
ABSENCE_KINDS: Final[Mapping[tuple[Meaning, str], str]] = {
    (Meaning.COURT, "OUT"): "at_court",
    (Meaning.COURT, "IN"): "returned_from_court",
    (Meaning.ABSENCE, "OUT"): "temporary_absence",
    (Meaning.ABSENCE, "IN"): "returned_from_absence",
}
ABSENCE_TYPES: Final[Mapping[str, Meaning]] = {"CRT": Meaning.COURT, "TAP": Meaning.ABSENCE}
DATE_KINDS: Final = frozenset(
    {"release_date_set", "release_date_changed", "release_date_withdrawn", "release_date_confirmed"}
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. ``learned_at`` is the extract that shows it.

    ``certainty`` is that of the new release date.
    """

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
    certainty: str = ""

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


def derive_events(facts: RecordFacts, *, baseline_at: datetime) -> list[Event]:
    """Return the events that a record's facts show, in the order they were learnt.

    ``baseline_at`` is the supplier's first roll: who stands in it was inside already and raises no event.
    Source: feeds.md 3, domain.md b.3.
    """
    events = [*_movement_events(facts), *(_date_event(change) for change in operative_changes(facts))]
    later = [event for event in events if event.learned_at > baseline_at]
    return _once(sorted(later, key=lambda event: (event.learned_at, event.occurred_at, event.kind)))


def _once(events: Iterable[Event]) -> list[Event]:
    """Keep the first telling of each event: a reason code put right later tells the same again."""
    told: dict[tuple[object, ...], Event] = {}
    for event in events:
        told.setdefault(event.identity, event)
    return list(told.values())


def absence_meaning(movement: MovementFact) -> Meaning | None:
    """Return whether a movement leads to court or on a temporary absence, or back; None when it does neither.

    Where the reason leaves the person inside, the type says what they came back from.
    """
    if movement.movement_type not in ABSENCE_TYPES:
        return None
    meaning = meaning_of(movement.movement_type, movement.reason_code)
    return ABSENCE_TYPES[movement.movement_type] if meaning is Meaning.STAYS else meaning


def _movement_events(facts: RecordFacts) -> Iterator[Event]:
    departed = ""
    for step in steps_of(facts):
        for event in _events_of(step, departed, facts):
            yield event
            departed = event.kind if event.kind in DEPARTURES else departed


def _events_of(step: Step, departed: str, facts: RecordFacts) -> Iterator[Event]:
    if not step.position.is_inside:
        if _is_news_of_leaving(step, departed):
            yield _departure(step, facts)
    elif step.held is None:
        yield _entry(step, _kind_of_reception(step))
        yield from _absences(step)
    elif step.was is not None and not step.was.is_inside:
        yield from _return(step, departed)
        yield from _absences(step)
    else:
        yield from _changes_inside(step)
        yield from _absences(step)


def _is_news_of_leaving(step: Step, departed: str) -> bool:
    """Of somebody gone already only another way of leaving is news; of somebody never seen inside nothing is."""
    if step.position is Position.LEFT and step.held is None:
        return False
    if step.was is None or step.was.is_inside:
        return True
    if step.position is Position.ABSENT:
        return False
    said = left_as(step.newest)
    return departed == "missing_from_feed" if said is None else said != departed


def _departure(step: Step, facts: RecordFacts) -> Event:
    """How somebody left: by the movement that says so, else by the date that counted, else unexplained."""
    kind = left_as(step.newest)
    if kind is not None:
        return _event(step, kind, step.newest)
    if step.position is Position.LEFT:
        return _event(step, "released", None)
    last_seen_at = step.now.last_seen_at
    if step.held is None or last_seen_at is None:
        raise ValueError("an absence must follow a presence")
    operative = operative_as_of(facts, last_seen_at)
    first_absent, last_seen = london_day(step.at), london_day(last_seen_at)
    if operative is not None and explains_absence(operative, last_seen=last_seen, first_absent=first_absent):
        latest = max(last_seen, first_absent - timedelta(days=1))
        day = min(max(operative.date, last_seen), latest)
        return _event(step, "released", None, at=midnight(day))
    return _event(step, "missing_from_feed", None, precision="second")


def _return(step: Step, departed: str) -> Iterator[Event]:
    """Back after an absence from the file, or after a movement that said they had left."""
    kind = _kind_of_return(step, departed)
    yield _entry(step, kind)
    if kind == "back_in_feed" and step.has_moved and _arrived_by_transfer(step):
        yield _event(step, "transferred", step.received)


def _kind_of_return(step: Step, departed: str) -> str:
    """An absence, then the same booking without a new reception: the extract was at fault."""
    if not step.is_same_booking:
        return _kind_of_reception(step)
    fresh = _fresh_meaning(step)
    if fresh is Meaning.RECALL or (fresh is None and departed == "released" and step.is_recalled_now):
        return "recalled"
    if fresh is Meaning.RECAPTURE or departed in UNLAWFUL:
        return "recaptured"
    if fresh is Meaning.LATE_RETURN and departed == "missing_from_feed":
        return "returned_from_absence"
    return "back_in_feed" if fresh in GOES_ON else "entered"


def _fresh_meaning(step: Step) -> Meaning | None:
    """What the stated admission means, if it happened after the person was last known inside."""
    received = step.received
    if received is None or step.before is None or step.known_at is None:
        return None
    return step.received_as if is_after(received, step.before.last_seen_at or step.known_at) else None


def _arrived_by_transfer(step: Step) -> bool:
    return _fresh_meaning(step) is Meaning.TRANSFER_IN


def _kind_of_reception(step: Step) -> str:
    """A reception, a recall or a recapture by its reason; without one the legal status may say recalled."""
    if step.received_as is None:
        return "recalled" if step.is_recalled_now else "entered"
    return RECEIVED_AS.get(step.received_as, "entered")


def _changes_inside(step: Step) -> Iterator[Event]:
    fresh = _fresh_meaning(step)
    if _is_new_reception(step):
        yield _entry(step, _kind_of_reception(step))
    elif fresh in RECEIVED_AS:
        # Out and in again between two files: only the admission shows it.
        yield _entry(step, RECEIVED_AS[fresh])
    elif step.has_moved:
        yield _event(step, "transferred", step.received)
    elif step.position is Position.TRANSIT and step.was is not Position.TRANSIT:
        yield _event(step, "in_transit", _latest(step.movements, "TRN"))
    elif fresh is Meaning.LATE_RETURN and step.was is Position.OUT:
        yield _event(step, "returned_from_absence", step.received)


def _is_new_reception(step: Step) -> bool:
    if step.is_same_booking or step.received_as is Meaning.TRANSFER_IN:
        return False
    return step.received is not None or step.has_moved


def _entry(step: Step, kind: str) -> Event:
    received, received_on = step.received, step.now.first_received_on
    if received is None and kind in RECEPTIONS and received_on is not None and not _was_known_by(step, received_on):
        return _event(step, kind, None, at=midnight(received_on))
    return _event(step, kind, received)


def _was_known_by(step: Step, day: date) -> bool:
    """Whether the roll held the person after that day already: it then tells of an earlier reception."""
    before = step.before
    return before is not None and london_day(before.last_seen_at or before.valid_at) > day


def _absences(step: Step) -> Iterator[Event]:
    """Court and temporary absence as stated."""
    for movement in step.movements:
        meaning = absence_meaning(movement)
        if meaning is not None and not _never_left(movement, step):
            yield _event(step, ABSENCE_KINDS[meaning, movement.direction], movement)


def _never_left(movement: MovementFact, step: Step) -> bool:
    """A hearing by video link or an entry in the diary: nobody comes back from it who had not gone out."""
    stays = meaning_of(movement.movement_type, movement.reason_code) is Meaning.STAYS
    return stays and movement.direction == "IN" and step.was is not Position.OUT


def _date_event(change: DateChange) -> Event:
    return Event(
        kind=f"release_date_{change.kind}",
        occurred_at=change.learned_at,
        precision="day",
        learned_at=change.learned_at,
        delivery_id=change.delivery_id,
        to_establishment=change.establishment_code,
        old_date=change.old_date,
        new_date=change.new_date,
        certainty=change.certainty,
    )


def _event(
    step: Step,
    kind: str,
    movement: MovementFact | None,
    *,
    at: datetime | None = None,
    precision: Precision = "day",
) -> Event:
    """An event of the step: at the movement's time where one states it, else at the time given, else the extract."""
    is_gone = kind in DEPARTURES or kind == "in_transit"
    return Event(
        kind=kind,
        occurred_at=movement.valid_at if movement else at or step.at,
        precision=movement.precision if movement else precision,
        learned_at=step.at,
        delivery_id=step.delivery_id,
        from_establishment=step.last_establishment,
        to_establishment="" if is_gone else step.now.establishment_code,
        reason_code=movement.reason_code if movement else "",
    )


def _latest(movements: Iterable[MovementFact], movement_type: str) -> MovementFact | None:
    of_type = [m for m in movements if m.movement_type == movement_type]
    return max(of_type, key=lambda m: m.valid_at, default=None)
