"""The state that a record's facts and events amount to: what the projection holds.

Pure, and without a clock: the same facts always give the same state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

from custody.events import DEPARTURES, RECEPTIONS, Event, absence_meaning
from custody.held_dates import held_dates
from custody.reasons import Meaning
from custody.release_dates import collapsed, eligible_dates
from custody.snapshots import CustodyFact, MovementFact, RecordFacts
from custody.steps import NO_ESTABLISHMENT, Position, Step, left_as, midnight, steps_of

AFTER_LEAVING: Final = {
    "released": "community",
    "escaped": "at_large",
    "absconded": "at_large",
    "at_large": "at_large",
    "to_hospital": "hospital",
    "removed": "removed",
    "died": "died",
    "missing_from_feed": "missing",
}
NOT_HELD: Final = frozenset({*AFTER_LEAVING.values()} - {"missing"})
OUT_FOR: Final = {Meaning.COURT: "at_court", Meaning.ABSENCE: "temporary_absence"}
# Source: feeds.md 10, ruling 13.
LONGEST_ABSENCE: Final = timedelta(days=4)


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
        return self.whereabouts not in NOT_HELD


class OutSince(Protocol):
    """What the rule of overdue absences needs of a state, derived or stored."""

    @property
    def whereabouts(self) -> str:
        """One of the whereabouts."""

    @property
    def since(self) -> datetime | None:
        """Since when."""


def is_absence_overdue(state: OutSince, now: datetime, *, expected_back: datetime | None = None) -> bool:
    """Say whether somebody on temporary absence should be back by now (aware).

    Overdue past the return that a liaison officer recorded, else when out for more than four days.
    Source: feeds.md 10, ruling 13.
    """
    if state.whereabouts != "temporary_absence" or state.since is None:
        return False
    return now > (expected_back or state.since + LONGEST_ABSENCE)


def derive_state(facts: RecordFacts, events: Sequence[Event]) -> State:
    """Return the state that the facts and the events derived from them amount to."""
    if not facts.custody:
        return State()
    last = list(steps_of(facts))[-1]
    state = _inside(facts, last, events) if last.position.is_inside else _outside(facts, last, events)
    happened = max(events, key=lambda e: (e.learned_at, e.occurred_at), default=None)
    return replace(
        state,
        legal_status=_held(facts)[-1].legal_status if state.is_held else "",
        last_event_kind=happened.kind if happened else "",
        last_event_at=happened.occurred_at if happened else None,
        **(_dates(facts) if state.is_held else {}),
    )


def _inside(facts: RecordFacts, last: Step, events: Sequence[Event]) -> State:
    whereabouts, since = _whereabouts(facts, last)
    return State(
        whereabouts=whereabouts,
        establishment_code=_last_establishment(facts),
        since=since,
        in_custody_since=_period_start(facts, last.now.booking_number, events),
    )


def _whereabouts(facts: RecordFacts, last: Step) -> tuple[str, datetime]:
    if last.position is Position.TRANSIT:
        return "in_transit", _last_movement_at(facts, "TRN") or last.now.valid_at
    if last.position is Position.OUT:
        outs = [(m.valid_at, m.learned_at, out_for) for m in facts.movements if (out_for := _out_for(m))]
        if outs:
            out_at, _, whereabouts = max(outs)
            return whereabouts, out_at
        return "temporary_absence", last.now.valid_at
    return "in_custody", _arrival(facts, last.now)


def _out_for(movement: MovementFact) -> str:
    meaning = absence_meaning(movement)
    return OUT_FOR[meaning] if meaning and movement.direction == "OUT" else ""


def _outside(facts: RecordFacts, last: Step, events: Sequence[Event]) -> State:
    kind, happened = _departure(last, events)
    whereabouts = AFTER_LEAVING[kind]
    if whereabouts != "missing":
        return State(
            whereabouts=whereabouts,
            since=happened,
            released_at=happened if whereabouts == "community" else None,
        )
    return State(
        whereabouts=whereabouts,
        establishment_code=_last_establishment(facts),
        since=last.at,
        in_custody_since=_period_start(facts, _held(facts)[-1].booking_number, events),
        unconfirmed_since=last.now.last_seen_at,
    )


def _departure(last: Step, events: Sequence[Event]) -> tuple[str, datetime]:
    """Return how and when they left. Who was gone already in the first roll raises no event: the movement says it."""
    known = [event for event in events if event.kind in DEPARTURES]
    if known:
        latest = max(known, key=lambda e: (e.learned_at, e.occurred_at))
        return latest.kind, latest.occurred_at
    stated = last.newest
    return left_as(stated) or "released", stated.valid_at if stated and left_as(stated) else last.now.valid_at


def _dates(facts: RecordFacts) -> dict[str, Any]:
    held = held_dates(facts.release_dates)
    operative = held.counting(_held(facts)[-1])
    eligible = eligible_dates(collapsed(held.dates, held.overrides), operative)
    first = min(eligible, key=lambda pair: pair[1], default=None)
    return {
        "release_date": operative.date if operative else None,
        "release_date_type": str(operative.date_type) if operative else "",
        "certainty": str(operative.certainty) if operative else "",
        "eligible_date": first[1] if first else None,
        "eligible_date_type": str(first[0]) if first else "",
    }


def _held(facts: RecordFacts) -> list[CustodyFact]:
    return [fact for fact in facts.custody if fact.is_present]


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
        return midnight(last.first_received_on)
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
    """When the period began: the last reception or recall that an event tells, else the booking's first."""
    of_booking = [fact for fact in facts.custody if fact.booking_number == booking_number]
    entered = [e for e in events if e.kind in RECEPTIONS and e.learned_at >= of_booking[0].valid_at]
    if entered:
        return max(entered, key=lambda e: e.learned_at).occurred_at
    received_on = of_booking[0].first_received_on
    return midnight(received_on) if received_on else of_booking[0].valid_at


def _last_establishment(facts: RecordFacts) -> str:
    real = [fact.establishment_code for fact in _held(facts) if fact.establishment_code not in NO_ESTABLISHMENT]
    return real[-1] if real else ""


def _last_movement_at(facts: RecordFacts, movement_type: str) -> datetime | None:
    times = [m.valid_at for m in facts.movements if m.movement_type == movement_type]
    return max(times, default=None)
