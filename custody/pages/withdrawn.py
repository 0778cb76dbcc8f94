"""Events that later files disproved: kept in sight, struck through, with what disproved them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from custody.models import CustodyEvent
from custody.pages.news import News, in_words
from custody.wording import clock_time, near_day, short_moment
from offenders.models import Supersession

REASONS: Final = {
    "correction": "the sender corrected the file that said so",
    "late_file": "a file that came late shows what really happened",
    "stated": "a newer file says otherwise",
}
NO_LONGER: Final = "it no longer follows from the files"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """One withdrawn event of a person, for the record's page."""

    news: News
    learned: str
    withdrawn: str
    why: str


def withdrawn_of(offender_id: UUID, establishments: Mapping[str, str], *, today: date) -> list[Withdrawn]:
    """Return the person's withdrawn events, latest withdrawal first. Two queries."""
    gone = CustodyEvent.objects.filter(offender_id=offender_id, withdrawn_at__isnull=False, before_tracking=False)
    events = list(gone.order_by("-withdrawn_at", "-occurred_at", "pk"))
    reasons = _reasons(events)
    return [
        Withdrawn(
            news=in_words(event, establishments, today=today),
            learned=short_moment(event.learned_at),
            withdrawn=short_moment(event.withdrawn_at),
            why=reasons[event.pk].capitalize(),
        )
        for event in events
        if event.withdrawn_at is not None
    ]


def withdrawn_since(seen_before: datetime | None, *, limit: int) -> list[CustodyEvent]:
    """Return the events that the officer could have seen at an earlier look and that were withdrawn since.

    Nothing on a first look: nobody is told of the end of what they never heard.
    """
    if seen_before is None:
        return []
    gone = CustodyEvent.objects.filter(
        withdrawn_at__gt=seen_before, recorded_at__lte=seen_before, before_tracking=False
    )
    return list(gone.order_by("-withdrawn_at", "pk")[:limit])


def as_news(events: Sequence[CustodyEvent], establishments: Mapping[str, str], *, today: date) -> list[News]:
    """Return withdrawals as the morning tells them, each with its reason. One query."""
    reasons = _reasons(events)
    return [
        replace(
            in_words(event, establishments, today=today),
            sign="withdrawn",
            note=reasons[event.pk],
            is_withdrawn=True,
            learned_day=near_day(event.withdrawn_at, today=today),
            learned_time=clock_time(event.withdrawn_at),
        )
        for event in events
        if event.withdrawn_at is not None
    ]


def _reasons(events: Iterable[CustodyEvent]) -> dict[UUID, str]:
    """Return why each was withdrawn: what the delivery did to the facts of its record."""
    events = list(events)
    superseded = Supersession.objects.filter(
        record_id__in={event.record_id for event in events}, delivery_id__in={event.withdrawn_by for event in events}
    )
    because: dict[tuple[UUID, UUID | None], str] = {
        (record, by): why for record, by, why in superseded.values_list("record_id", "delivery_id", "because")
    }
    told = {event.pk: because.get((event.record_id, event.withdrawn_by), "") for event in events}
    return {event_id: REASONS.get(why, NO_LONGER) for event_id, why in told.items()}
