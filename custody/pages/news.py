"""Events in words: what happened to whom, the old beside the new."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from custody.models import CustodyEvent, EventKind
from custody.pages.signs import EVENT_SIGNS
from custody.wording import clock_time, counted, near_day, weekday_and_month, weekday_date

MOVES: Final = frozenset({EventKind.TRANSFERRED, EventKind.ADOPTED_IN_CUSTODY})
LEAVINGS: Final = {
    EventKind.RELEASED: "in the community",
    EventKind.ESCAPED: "unlawfully at large",
    EventKind.ABSCONDED: "unlawfully at large",
    EventKind.UNLAWFULLY_AT_LARGE: "unlawfully at large",
    EventKind.TO_HOSPITAL: "in hospital",
    EventKind.REMOVED: "out of the country",
}


@dataclass(frozen=True, slots=True)
class News:
    """One event for a list: ``before`` is struck when ``is_replaced``, ``after`` is in bold, ``note`` follows.

    Of one that ``is_withdrawn`` both are struck.
    """

    offender_id: UUID
    sign: str
    head: str
    before: str
    after: str
    note: str
    is_replaced: bool
    learned_day: str
    learned_time: str
    is_withdrawn: bool = False


def in_words(event: CustodyEvent, establishments: Mapping[str, str], *, today: date) -> News:
    """Return an event as the morning tells it. Pure but for reading the event."""
    before, after = _sides(event, establishments, today)
    return News(
        offender_id=event.offender_id,
        sign=_sign(event),
        head=_head(event),
        before=before,
        after=after,
        note=_note(event, establishments, today),
        is_replaced=event.kind in (EventKind.TRANSFERRED, EventKind.RELEASE_DATE_CHANGED),
        learned_day=near_day(event.learned_at, today=today),
        learned_time=clock_time(event.learned_at),
    )


def change_words(old: date | None, new: date | None) -> str:
    """Return what became of a release date: ``brought forward 9 days``, ``set``, ``withdrawn``, ``confirmed``."""
    if old is None:
        return "set"
    if new is None:
        return "withdrawn"
    if new == old:
        return "confirmed"
    days = (new - old).days
    return f"brought forward {counted(-days, 'day')}" if days < 0 else f"put back {counted(days, 'day')}"


def happened_words(event: CustodyEvent, *, today: date) -> str:
    """Return when it happened, with the time where the feed gave one: ``Saturday at 4:30pm``."""
    return moment_words(event.occurred_at, precision=event.precision, today=today)


def moment_words(at: datetime, *, precision: str, today: date) -> str:
    """Return a day, and its time where that is known."""
    day = near_day(at, today=today)
    day = day.lower() if day in ("Today", "Yesterday") else day
    return day if precision == "day" else f"{day} at {clock_time(at)}"


def _sign(event: CustodyEvent) -> str:
    if event.kind == EventKind.RELEASE_DATE_CHANGED and event.old_date and event.new_date:
        return "earlier" if event.new_date < event.old_date else "later"
    return EVENT_SIGNS[event.kind]


def _head(event: CustodyEvent) -> str:
    if event.kind == EventKind.RELEASE_DATE_CHANGED:
        return f"release {change_words(event.old_date, event.new_date)}"
    return str(EventKind(event.kind).label)


def _sides(event: CustodyEvent, establishments: Mapping[str, str], today: date) -> tuple[str, str]:
    came_from = establishments.get(event.from_establishment, "")
    went_to = establishments.get(event.to_establishment, "")
    if event.kind == EventKind.RELEASE_DATE_CONFIRMED:
        return "", _day(event.new_date, today)
    if event.old_date or event.new_date:
        return _day(event.old_date, today), _day(event.new_date, today)
    if event.kind in MOVES:
        return came_from, went_to
    if event.kind in LEAVINGS:
        return came_from, LEAVINGS[EventKind(event.kind)]
    return "", went_to or came_from


def _day(day: date | None, today: date) -> str:
    if day is None:
        return ""
    return weekday_and_month(day) if day.year == today.year else weekday_date(day)


def _note(event: CustodyEvent, establishments: Mapping[str, str], today: date) -> str:
    if event.kind == EventKind.MISSING_FROM_FEED:
        return "not in the latest file, and no release was due. In custody, unconfirmed"
    if event.old_date or event.new_date:
        return establishments.get(event.to_establishment, "")
    return happened_words(event, today=today)
