"""Invented people as the alert rules see them, made of roll histories."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from custody.alert_facts import Discharge, EventSeen, Holding, Owed, PersonSeen
from custody.alert_kinds import Side
from custody.alerts import alerts_owed
from custody.events import Event
from custody.snapshots import Observation, derive_facts
from tests.custody.histories import at, events_of

RECORD = UUID(int=7)
LEEDS, BRADFORD = "00DA", "00CX"
# The day of the first roll: who stands in it was inside already.
BASELINE = 2
Line = tuple[str, str, str]


def seen(event: Event, *, before_tracking: bool = False) -> EventSeen:
    """Return a derived event as it is stored."""
    identity = repr(event.identity)
    return EventSeen(
        id=uuid5(RECORD, identity),
        record_id=RECORD,
        kind=event.kind,
        key=uuid5(RECORD, identity).bytes,
        occurred_at=event.occurred_at,
        precision=event.precision,
        learned_at=event.learned_at,
        from_establishment=event.from_establishment,
        to_establishment=event.to_establishment,
        old_date=event.old_date,
        new_date=event.new_date,
        certainty=event.certainty,
        before_tracking=before_tracking,
    )


def person(
    *history: Observation,
    areas: Sequence[str] = (LEEDS,),
    discharge: Mapping[int, Iterable[str]] | None = None,
    tracked_since: datetime | None = None,
) -> PersonSeen:
    """Return somebody whom the areas have managed since tracking began, by the rolls of November 2026.

    ``discharge``: by the day of a roll, the areas to which the address that it states leads.
    """
    since = tracked_since or at(1)
    return PersonSeen(
        events=tuple(
            seen(event, before_tracking=event.occurred_at < since) for event in events_of(*history, baseline=BASELINE)
        ),
        facts={RECORD: derive_facts(history)},
        holdings=tuple(Holding(area, since) for area in areas),
        discharges=tuple(Discharge(at(day), RECORD, frozenset(to)) for day, to in (discharge or {}).items()),
        tracked_since=since,
    )


def owed_by(one: PersonSeen, now: datetime) -> list[Owed]:
    """Return what is owed by that moment."""
    return [owed for owed in alerts_owed(one) if owed.occasion.due_at <= now]


def lines(one: PersonSeen, now: datetime) -> list[Line]:
    """Return kind, area and side of what is owed by that moment and not late when raised then."""
    return [
        (owed.occasion.kind.value, owed.area_code, owed.side.value)
        for owed in owed_by(one, now)
        if not owed.occasion.is_late_at(now)
    ]


def kinds(one: PersonSeen, now: datetime, *, late: bool = False) -> list[str]:
    """Return the kinds owed to managing areas by that moment: those in time, or those that come too late then."""
    return [
        owed.occasion.kind.value
        for owed in owed_by(one, now)
        if owed.side is Side.MANAGING and owed.occasion.is_late_at(now) == late
    ]
