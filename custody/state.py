"""The state that a record's facts and events amount to: what the projection holds.

Pure, and without a clock: the same facts always give the same state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from custody.events import IN_TRANSIT, Event, dates_as_of, is_on_remand
from custody.release_dates import eligible_dates, operative_date
from custody.snapshots import CustodyFact, RecordFacts

LONDON: Final = ZoneInfo("Europe/London")
AFTER_LEAVING: Final = {
    "released": "community",
    "escaped": "at_large",
    "absconded": "at_large",
    "died": "died",
    "missing_from_feed": "missing",
}
ABSENCE_TYPES: Final = {"CRT": "at_court", "TAP": "temporary_absence"}


@dataclass(frozen=True, slots=True)
class State:
    """Where the person is, since when, and when they are due out. Times are aware."""

    whereabouts: str = "community"
    establishment_code: str = ""
    since: datetime | None = None
    in_custody_since: datetime | None = None
    unconfirmed_since: datetime | None = None
    released_at: datetime | None = None
    release_date: date | None = None
    release_date_type: str = ""
    certainty: str = ""
    eligible_date: date | None = None
    eligible_date_type: str = ""
    legal_status: str = ""
    last_event_kind: str = ""
    last_event_at: datetime | None = None

    @property
    def is_held(self) -> bool:
        """Whether a prison answers for the person, court and absences included."""
        return self.whereabouts not in ("community", "at_large", "died")


def derive_state(facts: RecordFacts, events: Sequence[Event]) -> State:
    """Return the state that the facts and the events derived from them amount to."""
    if not facts.custody:
        return State()
    last = facts.custody[-1]
    held = [fact for fact in facts.custody if fact.is_present]
    state = _inside(facts, last, events) if last.is_present else _outside(facts, last, events)
    happened = max(events, key=lambda e: (e.learned_at, e.occurred_at), default=None)
    return replace(
        state,
        legal_status=held[-1].legal_status if state.is_held else "",
        last_event_kind=happened.kind if happened else "",
        last_event_at=happened.occurred_at if happened else None,
        **(_dates(facts) if state.is_held else {}),
    )


def _inside(facts: RecordFacts, last: CustodyFact, events: Sequence[Event]) -> State:
    whereabouts, since = _whereabouts(facts, last)
    return State(
        whereabouts=whereabouts,
        establishment_code=_last_establishment(facts),
        since=since,
        in_custody_since=_period_start(facts, last.booking_number, events),
    )


def _whereabouts(facts: RecordFacts, last: CustodyFact) -> tuple[str, datetime]:
    if last.establishment_code == IN_TRANSIT or last.custody_status == "INACTIVE TRN":
        return "in_transit", _last_movement_at(facts, ("TRN",)) or last.valid_at
    if last.custody_status == "ACTIVE OUT":
        outs = [m for m in facts.movements if m.movement_type in ABSENCE_TYPES and m.direction == "OUT"]
        if outs:
            latest = max(outs, key=lambda m: m.valid_at)
            return ABSENCE_TYPES[latest.movement_type], latest.valid_at
        return "temporary_absence", last.valid_at
    return "in_custody", _arrival(facts, last)


def _outside(facts: RecordFacts, last: CustodyFact, events: Sequence[Event]) -> State:
    departure = next((e for e in events if e.learned_at == last.valid_at and e.kind in AFTER_LEAVING), None)
    whereabouts = AFTER_LEAVING[departure.kind] if departure else "community"
    happened = departure.occurred_at if departure else last.valid_at
    if whereabouts != "missing":
        return State(
            whereabouts=whereabouts,
            since=happened,
            released_at=happened if whereabouts == "community" else None,
        )
    booking = [fact for fact in facts.custody if fact.is_present][-1].booking_number
    return State(
        whereabouts=whereabouts,
        establishment_code=_last_establishment(facts),
        since=last.valid_at,
        in_custody_since=_period_start(facts, booking, events),
        unconfirmed_since=last.last_seen_at,
    )


def _dates(facts: RecordFacts) -> dict[str, Any]:
    known = dates_as_of(facts, None)
    held = [fact for fact in facts.custody if fact.is_present]
    operative = operative_date(known, on_remand=is_on_remand(held[-1]))
    eligible = eligible_dates(known, operative)
    first = min(eligible, key=lambda pair: pair[1], default=None)
    return {
        "release_date": operative.date if operative else None,
        "release_date_type": str(operative.date_type) if operative else "",
        "certainty": str(operative.certainty) if operative else "",
        "eligible_date": first[1] if first else None,
        "eligible_date_type": str(first[0]) if first else "",
    }


def _arrival(facts: RecordFacts, last: CustodyFact) -> datetime:
    """When the person came to where they are: the admission stated there, else the first extract."""
    stay = _stay(facts, last)
    received = [
        m.valid_at
        for m in facts.movements
        if m.movement_type == "ADM"
        and m.establishment_code == last.establishment_code
        and m.learned_at >= stay[0].valid_at
    ]
    if received:
        return max(received)
    if stay[0] == facts.custody[0] and last.first_received_on:
        return _midnight(last.first_received_on)
    return stay[0].valid_at


def _stay(facts: RecordFacts, last: CustodyFact) -> list[CustodyFact]:
    """The facts, oldest first, since which the person is at the last one's establishment."""
    stay: list[CustodyFact] = []
    for fact in reversed(facts.custody):
        if fact.establishment_code != last.establishment_code:
            break
        stay.insert(0, fact)
    return stay


def _period_start(facts: RecordFacts, booking_number: str, events: Sequence[Event]) -> datetime:
    """When the period began: the last reception that an event tells, else the booking's first."""
    of_booking = [fact for fact in facts.custody if fact.booking_number == booking_number]
    entered = [e for e in events if e.kind == "entered" and e.learned_at >= of_booking[0].valid_at]
    if entered:
        return max(entered, key=lambda e: e.learned_at).occurred_at
    received_on = of_booking[0].first_received_on
    return _midnight(received_on) if received_on else of_booking[0].valid_at


def _last_establishment(facts: RecordFacts) -> str:
    real = [
        fact.establishment_code for fact in facts.custody if fact.is_present and fact.establishment_code != IN_TRANSIT
    ]
    return real[-1] if real else ""


def _last_movement_at(facts: RecordFacts, types: tuple[str, ...]) -> datetime | None:
    times = [m.valid_at for m in facts.movements if m.movement_type in types]
    return max(times, default=None)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)
