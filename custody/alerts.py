"""Which alerts a person's events and dates owe, and to whom: managing and releasing areas as of that moment.

Pure, and derived anew each time: the same facts owe the same alerts, in whatever order their deliveries came.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from custody.absence_alerts import absence_occasions
from custody.alert_facts import EventSeen, Occasion, Owed, PersonSeen, mark_of
from custody.alert_kinds import DATE_KINDS, ESCALATES, ESCALATES_WITHIN_DAYS, SETTLES, AlertKind, Side
from custody.due_alerts import Span, day_out, due_occasions, spans_of
from custody.releasing_alerts import releasing_occasions

LONDON: Final = ZoneInfo("Europe/London")
SHORT_NOTICE_DAYS: Final = 7
# Court is told of by the night, a departure by the arrival: those events are no alert by themselves.
KINDS: Final = {
    "entered": AlertKind.ENTERED,
    "recalled": AlertKind.RECALLED,
    "recaptured": AlertKind.RECAPTURED,
    "adopted_in_custody": AlertKind.ADOPTED_IN_CUSTODY,
    "transferred": AlertKind.TRANSFERRED,
    "temporary_absence": AlertKind.ABSENCE_BEGUN,
    "returned_from_absence": AlertKind.ABSENCE_RETURNED,
    "released": AlertKind.RELEASED,
    "escaped": AlertKind.ESCAPED,
    "absconded": AlertKind.ABSCONDED,
    "at_large": AlertKind.AT_LARGE,
    "removed": AlertKind.REMOVED,
    "to_hospital": AlertKind.HOSPITAL,
    "died": AlertKind.DIED,
    "missing_from_feed": AlertKind.MISSING,
    "back_in_feed": AlertKind.BACK_IN_FEED,
    "release_date_set": AlertKind.DATE_SET,
    "release_date_withdrawn": AlertKind.DATE_WITHDRAWN,
    "release_date_confirmed": AlertKind.DATE_CONFIRMED,
}


def alerts_owed(person: PersonSeen) -> list[Owed]:
    """Return every alert that the person's facts owe, sent or not, by the time from which it may be raised.

    Without a clock: also those whose time is still to come. Source: product.md 4; docs/adr/0009-alerts.md.
    """
    found = sorted(_occasions(person), key=lambda one: (one.due_at, one.mark))
    return [
        Owed(occasion, area, side)
        for occasion in found
        for area, side in person.sides_at(person.told_moment(occasion.due_at))
        if occasion.only_to is None or (area in occasion.only_to and side is Side.RELEASING)
    ]


def settles_at(occasion: Occasion, settling: timedelta) -> datetime | None:
    """Return until when an alert waits to be told: counted from when the movement happened; None: not at all.

    Source: product.md 4, the settling window.
    """
    return occasion.occurred_at + settling if occasion.kind in SETTLES else None


def escalates(kind: str, release_on: date | None, *, told_on: date) -> bool:
    """Return whether an alert told on a day is one of a release inside two days, which must not lie unread."""
    if kind not in ESCALATES or release_on is None:
        return False
    return 0 <= (release_on - told_on).days <= ESCALATES_WITHIN_DAYS


def _occasions(person: PersonSeen) -> Iterator[Occasion]:
    spans = {record: tuple(spans_of(facts, _missing(person))) for record, facts in (person.facts or {}).items()}
    for event in person.events:
        kind = _kind_of(event, spans.get(event.record_id, ()))
        if kind is not None:
            yield _of_event(kind, event)
    yield from absence_occasions(person)
    yield from due_occasions(person, [span for of_record in spans.values() for span in of_record])
    yield from releasing_occasions(person)


def _missing(person: PersonSeen) -> frozenset[datetime]:
    """The extracts that lack the person while nothing says that they left."""
    return frozenset(event.learned_at for event in person.events if event.kind == "missing_from_feed")


def _kind_of(event: EventSeen, spans: Iterable[Span]) -> AlertKind | None:
    if event.kind == "release_date_changed":
        assert event.old_date is not None
        assert event.new_date is not None
        return AlertKind.DATE_BROUGHT_FORWARD if event.new_date < event.old_date else AlertKind.DATE_PUT_BACK
    if event.kind == "transferred" and _is_late_move(event, spans):
        return AlertKind.MOVED_LATE
    return KINDS.get(event.kind)


def _is_late_move(event: EventSeen, spans: Iterable[Span]) -> bool:
    """Whether the prison changed within a week before the day out that counted when it became known."""
    day = event.occurred_at.astimezone(LONDON).date()
    standing = [span for span in spans if span.covers(event.learned_at)]
    return any(0 <= (span.day_out - day).days <= SHORT_NOTICE_DAYS for span in standing)


def _of_event(kind: AlertKind, event: EventSeen) -> Occasion:
    tells_of_date = kind in DATE_KINDS
    release = event.new_date if tells_of_date else None
    return Occasion(
        kind=kind,
        mark=mark_of(kind, event.key.hex()),
        due_at=event.learned_at,
        occurred_at=event.occurred_at,
        learned_at=event.learned_at,
        precision=event.precision,
        is_late=event.before_tracking,
        passes_at=_day_after(event.new_date or event.old_date) if tells_of_date else None,
        event_id=event.id,
        from_establishment=event.from_establishment,
        to_establishment=event.to_establishment,
        old_date=event.old_date,
        new_date=event.new_date,
        certainty=event.certainty,
        day_out=day_out(release, is_confirmed=event.certainty == "confirmed") if release else None,
    )


def _day_after(day: date | None) -> datetime | None:
    """A change of date is of use until the date has gone by."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON) if day else None
