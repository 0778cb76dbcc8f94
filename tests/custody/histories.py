"""Roll histories of one invented record, written extract by extract in November 2026."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from custody.events import Event, derive_events
from custody.snapshots import Observation, Precision, RecordFacts, StatedMovement, Statement, derive_facts
from custody.state import State, derive_state
from custody.steps import LONDON

Told = tuple[str, str, str]


def at(day: int, hour: int = 5, minute: int = 30) -> datetime:
    """Return a London time of that day; extracts are made at half past five."""
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def on(day: int, month: int = 11, year: int = 2026) -> date:
    """Return a day, of November 2026 unless said otherwise."""
    return date(year, month, day)


def moved(movement_type: str, reason: str, day: int, hour: int | None = None) -> StatedMovement:
    """Return a stated movement; without an hour only its day is known."""
    precision: Precision = "day" if hour is None else "second"
    return StatedMovement(movement_type, reason, at(day, hour or 0, 0), precision)


def held(
    day: int,
    prison: str = "LEI",
    *,
    status: str = "ACTIVE IN",
    legal: str = "SENTENCED",
    booking: str = "LX1234",
    received: date | None = None,
    movement: StatedMovement | None = None,
    dates: Mapping[str, date | None] | None = None,
) -> Observation:
    """Return what the extract of a day says of somebody it holds; the form has no column for other dates."""
    known: dict[str, date | None] = {"CONFIRMED": None, "CRD": None, "SED": None, "HDCED": None, **(dates or {})}
    statement = Statement(status, prison, legal, booking, received, movement, tuple(known.items()))
    return Observation(at(day), UUID(int=day), statement)


def absent(day: int) -> Observation:
    """Return the extract of a day that does not hold the person."""
    return Observation(at(day), UUID(int=day), None)


def facts_of(*seen: Observation) -> RecordFacts:
    """Return the facts of a history."""
    return derive_facts(seen)


def events_of(*seen: Observation, baseline: int = 1) -> list[Event]:
    """Return the events of a history whose supplier's first roll was made on the baseline day."""
    return derive_events(derive_facts(seen), baseline_at=at(baseline))


def state_of(*seen: Observation, baseline: int = 1) -> State:
    """Return the state that a history ends in."""
    facts = derive_facts(seen)
    return derive_state(facts, derive_events(facts, baseline_at=at(baseline)))


def told(events: Iterable[Event]) -> list[Told]:
    """Return kind, prison before and prison after of each event."""
    return [(event.kind, event.from_establishment, event.to_establishment) for event in events]
