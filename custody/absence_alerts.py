"""Alerts of absences that last: at court overnight, and overdue from temporary absence.

Pure. Somebody is back when an event or an extract says so; until then they are out.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from custody.alert_facts import EventSeen, Occasion, PersonSeen, mark_of
from custody.alert_kinds import AlertKind
from custody.state import LONGEST_ABSENCE
from custody.steps import Position, steps_of

LONDON: Final = ZoneInfo("Europe/London")
LASTING: Final = {
    "at_court": AlertKind.AT_COURT_OVERNIGHT,
    "temporary_absence": AlertKind.ABSENCE_OVERDUE,
}
# Whatever happens to somebody afterwards shows that the absence had ended by then; a date is no happening.
ENDS_NOTHING: Final = frozenset({"adopted_in_custody", "missing_from_feed", "back_in_feed"})


def absence_occasions(person: PersonSeen) -> Iterator[Occasion]:
    """Yield the absences that lasted over midnight at court, or four days otherwise."""
    for event in person.events:
        kind = LASTING.get(event.kind)
        if kind is None:
            continue
        lasts_at, ended_at = _lasts_at(event), _ended_at(event, person)
        if ended_at is not None and ended_at <= lasts_at:
            continue
        yield Occasion(
            kind=kind,
            mark=mark_of(kind, event.key.hex()),
            due_at=max(lasts_at, event.learned_at),
            occurred_at=event.occurred_at,
            learned_at=event.learned_at,
            precision=event.precision,
            is_late=not person.is_tracked_at(lasts_at),
            passes_at=ended_at,
            event_id=event.id,
            from_establishment=event.from_establishment,
            to_establishment=event.to_establishment,
        )


def _lasts_at(event: EventSeen) -> datetime:
    if event.kind == "at_court":
        day = event.occurred_at.astimezone(LONDON).date()
        return datetime.combine(day + timedelta(days=1), time(), LONDON)
    return event.occurred_at + LONGEST_ABSENCE


def _ended_at(event: EventSeen, person: PersonSeen) -> datetime | None:
    ends = [other.occurred_at for other in person.events if _ends(other, event)]
    facts = (person.facts or {}).get(event.record_id)
    if facts is not None:
        later = [step for step in steps_of(facts) if step.at > event.learned_at]
        ends += [step.at for step in later if step.position is not Position.OUT]
    return min(ends, default=None)


def _ends(other: EventSeen, event: EventSeen) -> bool:
    if other.record_id != event.record_id or other.id == event.id:
        return False
    if other.kind.startswith("release_date_") or other.kind in ENDS_NOTHING:
        return False
    if other.precision == "day" and other.learned_at > event.learned_at:
        return other.occurred_at.astimezone(LONDON).date() >= event.occurred_at.astimezone(LONDON).date()
    return other.occurred_at > event.occurred_at
