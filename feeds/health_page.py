"""Feed health: rhythm and lateness, gaps, what became of the last deliveries, how well each column is filled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from django.conf import settings

from custody.drawing import Drawing
from custody.wording import counted, full_date, joined
from feeds.fields import FieldScore, scores
from feeds.freshness import Freshness, expected_after, freshness
from feeds.health_bars import Fate, fates_drawing
from feeds.models import Delivery, FeedIncident
from feeds.words import FEED_WORDS

SHOWN: Final = 30
SCORED: Final = 7
State = Delivery.State
Numbers = Mapping[str, list[int]]


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed's health."""

    feed: str
    words: str
    age: Freshness
    rhythm: str
    expected_on: date | None
    late_since: date | None
    raised_at: datetime | None
    gaps: tuple[str, ...]
    fates: tuple[Fate, ...]
    drawing: Drawing | None
    scores: tuple[FieldScore, ...]
    scored: int


@dataclass(frozen=True, slots=True)
class HealthPage:
    """The health of every feed, and the sentence on top."""

    sentence: str
    feeds: tuple[FeedHealth, ...]


def health_page(*, today: date) -> HealthPage:
    """Return the health of every feed. Three queries, and two for each feed."""
    ages = freshness(today=today)
    incidents = {incident.feed: incident for incident in FeedIncident.objects.filter(ended_at__isnull=True)}
    numbers = _numbers()
    feeds = tuple(_health(age, incidents.get(age.feed), numbers.get(age.feed, {})) for age in ages)
    return HealthPage(_sentence(feeds), feeds)


def _sentence(feeds: Sequence[FeedHealth]) -> str:
    never = [feed.words for feed in feeds if feed.age.extract_at is None]
    late = [f"{feed.words} is {counted(feed.age.days_late, 'day')} late" for feed in feeds if feed.age.days_late]
    said = [*late, *(f"no {words} has ever come" for words in never)]
    rhythm = f"{joined(said)}." if said else "Every feed keeps its rhythm."
    gaps = [feed.words for feed in feeds if feed.gaps]
    return f"{rhythm} Numbers are missing from the {joined(gaps)}." if gaps else rhythm


def _health(age: Freshness, incident: FeedIncident | None, numbers: Numbers) -> FeedHealth:
    newest = Delivery.objects.filter(feed=age.feed).order_by("-position")
    fates = tuple(_fate(delivery) for delivery in reversed(newest[:SHOWN]))
    published = newest.filter(state=State.PUBLISHED)[:SCORED]
    statements = [delivery.statement for delivery in published if delivery.statement]
    days = settings.FEED_RHYTHM_DAYS[age.feed]
    return FeedHealth(
        feed=age.feed,
        words=FEED_WORDS[age.feed],
        age=age,
        rhythm="Every day" if days == 1 else f"Every {days} days",
        expected_on=expected_after(age.extract_at, age.feed) if age.extract_at else None,
        late_since=incident.expected_on if incident else None,
        raised_at=incident.raised_at if incident else None,
        gaps=tuple(_gaps(numbers)),
        fates=fates,
        drawing=fates_drawing(FEED_WORDS[age.feed], fates) if fates else None,
        scores=tuple(scores(age.feed, statements)),
        scored=sum(bool(statement.get("fields")) for statement in statements),
    )


def _fate(delivery: Delivery) -> Fate:
    told: Mapping[str, Any] = delivery.statement or {}
    return Fate(
        id=delivery.pk,
        words=full_date(delivery.extract_at),
        extract_at=delivery.extract_at,
        sequence=delivery.sequence,
        state=delivery.state,
        state_words=State(delivery.state).label,
        stated=delivery.rows,
        accepted=told.get("accepted", 0),
        quarantined=told.get("quarantined", 0),
        fault=delivery.fault_code if delivery.state in (State.REFUSED, State.WAITING) else "",
    )


def _numbers() -> dict[str, dict[str, list[int]]]:
    """Return the sequences that have come, by feed and supplier, in their order."""
    found: dict[str, dict[str, list[int]]] = {}
    came = Delivery.objects.order_by("feed", "supplier_id", "sequence")
    for feed, supplier, sequence in came.values_list("feed", "supplier_id", "sequence"):
        found.setdefault(feed, {}).setdefault(supplier, []).append(sequence)
    return found


def _gaps(numbers: Numbers) -> Iterable[str]:
    """Yield the numbers that never came between those that did, in words."""
    for supplier, came in numbers.items():
        missing = sorted(set(range(came[0], came[-1])) - set(came))
        if missing:
            number = "number" if len(missing) == 1 else "numbers"
            yield f"{supplier}: {number} {joined(_ranges(missing))} never came"


def _ranges(numbers: Sequence[int]) -> list[str]:
    runs = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    ends = [[number for _, number in run] for _, run in runs]
    return [f"{run[0]:,}" if len(run) == 1 else f"{run[0]:,} to {run[-1]:,}" for run in ends]
