"""How old the data of each feed is, and whether the next delivery is late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from custody.wording import MONTHS, clock_time, counted, day_of
from feeds.models import Delivery

NAMES: Final = {"prison_roll": "Prison", "ppo": "PPO"}


@dataclass(frozen=True, slots=True)
class Freshness:
    """The newest published extract of a feed, or none."""

    feed: str
    name: str
    extract_at: datetime | None
    days_late: int
    words: str

    @property
    def is_late(self) -> bool:
        """Whether a delivery is overdue or none has ever come."""
        return self.extract_at is None or self.days_late > 0


def freshness(*, today: date) -> list[Freshness]:
    """Return the age of each feed's data. One query."""
    published = Delivery.objects.filter(state=Delivery.State.PUBLISHED)
    newest = dict(published.values_list("feed").annotate(Max("extract_at")))
    return ages(newest, today=today)


def ages(newest: Mapping[str, datetime], *, today: date) -> list[Freshness]:
    """Return the age of each feed by the time of its newest extract. Pure.

    A feed is late from the day after the one on which its next delivery was to come.
    """
    return [_age(feed, newest.get(feed), today) for feed in NAMES]


def expected_after(extract_at: datetime, feed: str) -> date:
    """Return the day by which the delivery after this extract is to come. Source: feeds.md 1, feed health."""
    return day_of(extract_at) + timedelta(days=settings.FEED_RHYTHM_DAYS[feed])


def seconds_late(extract_at: datetime | None, feed: str, *, now: datetime) -> float:
    """Return how long a feed has been late by its newest extract, in seconds; 0 while it is not, or none ever came.

    Late begins with the day after the one on which the delivery was to come, Europe/London.
    """
    if extract_at is None:
        return 0.0
    begins = timezone.make_aware(datetime.combine(expected_after(extract_at, feed) + timedelta(days=1), time.min))
    return max(0.0, (now - begins).total_seconds())


def _age(feed: str, extract_at: datetime | None, today: date) -> Freshness:
    if extract_at is None:
        return Freshness(feed, NAMES[feed], None, 0, "nothing yet")
    late = max(0, (today - expected_after(extract_at, feed)).days)
    words = _day_words(extract_at, today)
    return Freshness(feed, NAMES[feed], extract_at, late, f"{words}, {counted(late, 'day')} late" if late else words)


def _day_words(extract_at: datetime, today: date) -> str:
    day = day_of(extract_at)
    if day == today:
        return f"today {clock_time(extract_at)}"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1][:3]}{year}"
