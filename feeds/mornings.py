"""The first pages of those who answer for feeds, who decide matches, and who look at the country in figures only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Min
from django.urls import reverse

from audit.mornings import DutyMorning, Figure, Table, Task
from custody.models import EventKind
from custody.wording import counted, day_of, full_date
from feeds.freshness import Freshness, freshness
from feeds.models import Delivery, MatchCase, RefusedFile
from feeds.words import FEED_WORDS, delivery_words

WEEK: Final = timedelta(days=7)
State = Delivery.State


def operator_morning(*, now: datetime) -> DutyMorning:
    """Return the morning of a feed operator: what is held, refused or late, and what the week brought. Four queries."""
    ages = freshness(today=day_of(now))
    stuck = list(Delivery.objects.filter(state=State.WAITING).order_by("received_at"))
    week = list(Delivery.objects.filter(received_at__gte=now - WEEK).order_by("-extract_at", "-received_at"))
    refused = list(RefusedFile.objects.filter(received_at__gte=now - WEEK).order_by("-received_at"))
    published = [one for one in week if one.state == State.PUBLISHED]
    turned_away = [one for one in week if one.state == State.REFUSED]
    tasks = [*_held(stuck), *_late(ages), *_refused(turned_away), *_never(refused)]
    return DutyMorning(
        today=day_of(now),
        place="Feeds",
        headline=f"{counted(len(tasks), 'thing waits', 'things wait')} for you." if tasks else "Nothing waits.",
        sentence=_lateness(ages),
        figures=(
            Figure(len(published), "published this week", reverse("deliveries")),
            Figure(len(stuck), "held for a decision", reverse("deliveries")),
            Figure(len(turned_away) + len(refused), "refused this week", reverse("deliveries")),
            Figure(sum(age.is_late for age in ages), "late or never come", reverse("feed_health")),
            Figure(sum(_told(one, "quarantined") for one in published), "rows in quarantine", reverse("feed_health")),
        ),
        tasks_title="Waits for you",
        tasks=tuple(tasks),
        nothing="No file is held, none was refused this week and none is late.",
        would_be="Here stand files held for a decision, files that were refused with what is wrong, and late feeds.",
        table=_brought(published) if published else None,
    )


def _held(deliveries: Iterable[Delivery]) -> list[Task]:
    return [
        Task(
            one.received_at,
            f"{delivery_words(one.feed, one.extract_at)} is held",
            f"{one.fault_code}: {one.fault_message}",
            reverse("delivery", args=[one.pk]),
            is_urgent=True,
        )
        for one in deliveries
    ]


def _late(ages: Iterable[Freshness]) -> list[Task]:
    return [
        Task(age.extract_at, f"{FEED_WORDS[age.feed]}: {counted(age.days_late, 'day')} late", "ask the sender", "")
        for age in ages
        if age.days_late
    ]


def _refused(deliveries: Iterable[Delivery]) -> list[Task]:
    return [
        Task(
            one.refused_at or one.received_at,
            f"{delivery_words(one.feed, one.extract_at)} was refused",
            f"{one.fault_code}: {one.fault_message}",
            reverse("delivery", args=[one.pk]),
        )
        for one in deliveries
    ]


def _never(files: Iterable[RefusedFile]) -> list[Task]:
    return [
        Task(file.received_at, "A file was refused on arrival", f"{file.code}: {file.message}", reverse("deliveries"))
        for file in files
    ]


def _lateness(ages: Sequence[Freshness]) -> str:
    never = [age.name for age in ages if age.extract_at is None]
    if never:
        return f"No {' and no '.join(never)} file has come yet."
    late = sum(age.is_late for age in ages)
    return f"{counted(late, 'feed is', 'feeds are')} late." if late else "Every feed is on time."


def _told(delivery: Delivery, key: str) -> int:
    return int((delivery.statement or {}).get(key, 0))


def _brought(published: Sequence[Delivery]) -> Table:
    rows = [
        (
            delivery_words(one.feed, one.extract_at),
            _told(one, "rows"),
            _told(one, "new_versions"),
            _told(one, "quarantined"),
            sum((one.statement or {}).get("events", {}).values()),
        )
        for one in published
    ]
    return Table("Published in the last 7 days", ("File", "Rows", "New versions", "Quarantined", "Events"), tuple(rows))


def reviewer_morning(*, now: datetime) -> DutyMorning:
    """Return the morning of a match reviewer: how many cases wait, why, and for how long. Three queries.

    Opens nobody: the fields are on the match desk.
    """
    open_cases = MatchCase.objects.filter(closed_at__isnull=True)
    waiting = list(
        open_cases.order_by().values_list("rule", "feed").annotate(cases=Count("pk"), oldest=Min("opened_at"))
    )
    total = sum(cases for _, _, cases, _ in waiting)
    fresh = open_cases.filter(opened_at__gte=now - WEEK).count()
    closed = MatchCase.objects.filter(closed_at__gte=now - WEEK).count()
    tasks = [
        Task(
            oldest,
            f"{counted(cases, 'case')}: {_why(rule)}",
            f"{FEED_WORDS.get(feed, feed)}; the oldest waits since {full_date(oldest)}",
            reverse("matches"),
        )
        for rule, feed, cases, oldest in sorted(waiting, key=lambda row: row[3])
    ]
    return DutyMorning(
        today=day_of(now),
        place="Match desk",
        headline=f"{counted(total, 'doubtful match waits', 'doubtful matches wait')}." if total else "",
        sentence="Until one is decided, the records stay apart and nobody is told of the newer one."
        if total
        else "No doubtful match waits.",
        figures=(
            Figure(total, "open", reverse("matches")),
            Figure(fresh, "opened this week", reverse("matches")),
            Figure(closed, "closed this week"),
        ),
        tasks_title="Waits for a decision",
        tasks=tuple(tasks),
        nothing="No doubtful match waits.",
        would_be="Here stand the cases by why they are doubtful, the one that waits longest first.",
    )


def _why(rule: str) -> str:
    label = str(MatchCase.Rule(rule).label)
    return label[:1].lower() + label[1:]


def national_morning(*, now: datetime) -> DutyMorning:
    """Return the morning of the national programme: figures of the deliveries, and nobody. Two queries."""
    ages = freshness(today=day_of(now))
    recent = Delivery.objects.filter(state=State.PUBLISHED, extract_at__gte=now - 2 * WEEK).order_by("extract_at")
    published = [one for one in recent if one.statement]
    roll = next((one for one in reversed(published) if one.feed == "prison_roll"), None)
    this_week = _events(one for one in published if one.extract_at >= now - WEEK)
    week_before = _events(one for one in published if one.extract_at < now - WEEK)
    kinds = [kind for kind in EventKind if this_week[kind] or week_before[kind]]
    rows = [(str(kind.label).capitalize(), this_week[kind], week_before[kind]) for kind in kinds]
    return DutyMorning(
        today=day_of(now),
        place="All areas, in figures only",
        headline=f"{_told(roll, 'tracked'):,} tracked people are in the newest prison file." if roll else "",
        sentence=f"It holds {_told(roll, 'people'):,} people."
        if roll
        else "No prison file of the last 14 days is here.",
        figures=(
            Figure(this_week["entered"] + this_week["recalled"], "entered custody this week"),
            Figure(this_week["released"], "released this week"),
            Figure(this_week["transferred"], "moved this week"),
            Figure(this_week["missing_from_feed"], "went missing from the file"),
        ),
        tasks_title="Data that is late",
        tasks=tuple(_late(ages)),
        nothing="No feed is late.",
        would_be="Here stand feeds whose next file is overdue: figures of those days are too low.",
        table=Table("What happened to tracked people", ("Event", "Last 7 days", "7 days before"), tuple(rows))
        if rows
        else None,
        note="These are counts from the statements of deliveries. Nobody can be opened from here.",
    )


def _events(deliveries: Iterable[Delivery]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in deliveries:
        told: dict[str, Any] = one.statement or {}
        found.update(told.get("events", {}))
    return found
