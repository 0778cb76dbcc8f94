"""The first page of a duty: what waits, in one sentence, in figures and as a list; and that of information assurance.

Every duty fills the same page (product.md 2), each with what it may see and none with people outside its places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min
from django.db.models.functions import ExtractHour, TruncDate

from audit.codes import Code, Outcome
from audit.models import Event, EventQuerySet

LONDON: Final = ZoneInfo("Europe/London")
WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)
# More openings in a day than this, and five times what is usual for the officer, is worth a question.
FEWEST_UNUSUAL: Final = 20
TIMES_USUAL: Final = 5
NIGHT_ENDS, NIGHT_BEGINS = 6, 22
TASKS_SHOWN: Final = 20


@dataclass(frozen=True)
class Figure:
    """A number of the row on top, and where what it counts is listed."""

    number: int
    words: str
    url: str = ""


@dataclass(frozen=True)
class Task:
    """One thing that waits or is worth a look: since when, what, and where to go on."""

    at: datetime | date | None
    head: str
    detail: str
    url: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Table:
    """Figures under headings; the first cell of a row names it."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]

    @property
    def labelled(self) -> list[list[tuple[str, str | int]]]:
        """Return each row's cells with the heading that each stands under, for narrow pages."""
        return [list(zip(self.headings, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class DutyMorning:
    """The first page of a duty. ``nothing`` is said where no task waits, ``would_be`` what would stand there."""

    today: date
    place: str
    headline: str
    sentence: str
    figures: tuple[Figure, ...]
    tasks_title: str
    tasks: tuple[Task, ...]
    nothing: str
    would_be: str
    table: Table | None = None
    note: str = ""


def assurance_morning(*, now: datetime, trail_url: str) -> DutyMorning:
    """Return the morning of information assurance: what was refused, what is unusual, and whether the trail is whole.

    Six queries. Source: product.md 1 and P19.
    """
    week = Event.objects.since(now - WEEK)
    denied = _denied(week)
    tasks = [*_broken_writers(), *_unusual(now), *_at_night(week), *denied][:TASKS_SHOWN]
    refused = sum(times for _, times, _ in _refusals(week))
    seen = week.filter(code=Code.OFFENDER_VIEW, outcome=Outcome.OK).count()
    return DutyMorning(
        today=now.astimezone(LONDON).date(),
        place="Information assurance",
        headline=f"{len(tasks)} {'thing is' if len(tasks) == 1 else 'things are'} worth a look." if tasks else "",
        sentence="The figures are those of the last 7 days."
        if tasks
        else "Nothing in the trail of the last 7 days is out of the ordinary.",
        figures=(
            Figure(refused, "refused", trail_url),
            Figure(len(tasks) - len(denied), "unusual", trail_url),
            Figure(seen, "records opened", trail_url),
            Figure(week.count(), "events in all", trail_url),
        ),
        tasks_title="Worth a look",
        tasks=tuple(tasks),
        nothing="Nothing is worth a look.",
        would_be="Here stand officers who were refused, who opened far more records than is usual for them or opened "
        "them at night, and gaps in the trail's own numbers.",
        note="Whether the trail is whole is judged by the numbers of each writing process, which have no gap unless "
        "an event was taken away.",
    )


def _refusals(week: EventQuerySet) -> list[tuple[str, int, datetime]]:
    rows = week.denied().order_by().values_list("actor_name").annotate(times=Count("id"), last=Max("at"))
    return [(str(name), int(times), last) for name, times, last in rows.order_by("-last")]


def _denied(week: EventQuerySet) -> list[Task]:
    return [
        Task(last, name or "Somebody who was not signed in", f"refused {_times(times)}")
        for name, times, last in _refusals(week)
    ]


def _unusual(now: datetime) -> list[Task]:
    """Compare each officer's busiest of the last two days with their own middle day of the month."""
    opened = Event.objects.since(now - MONTH).filter(code=Code.OFFENDER_VIEW, outcome=Outcome.OK)
    days = opened.order_by().annotate(day=TruncDate("at", tzinfo=LONDON)).values_list("actor_name", "day")
    by_officer: dict[str, dict[date, int]] = {}
    for name, day, times in days.annotate(times=Count("id")):
        by_officer.setdefault(name, {})[day] = times
    yesterday = now.astimezone(LONDON).date() - timedelta(days=1)
    found = []
    for name, counts in sorted(by_officer.items()):
        usual = [times for day, times in counts.items() if day < yesterday]
        recent = {day: times for day, times in counts.items() if day >= yesterday}
        if not recent:
            continue
        day, most = max(recent.items(), key=lambda pair: pair[1])
        if is_unusual(most, usual):
            middle = f"{median(usual):g} on a usual day" if usual else "none in the month before"
            found.append(Task(day, name, f"opened records {_times(most)} in a day; {middle}", is_urgent=True))
    return found


def is_unusual(times: int, usual: Sequence[int]) -> bool:
    """Say whether so many openings in a day are far above an officer's own median. Source: product.md P19."""
    return times >= FEWEST_UNUSUAL and times > TIMES_USUAL * (median(usual) if usual else 0)


def _at_night(week: EventQuerySet) -> list[Task]:
    opened = week.filter(code=Code.OFFENDER_VIEW, outcome=Outcome.OK).order_by()
    hours = opened.annotate(hour=ExtractHour("at", tzinfo=LONDON)).values_list("actor_name", "hour")
    found: dict[str, tuple[int, datetime]] = {}
    for name, hour, times, last in hours.annotate(times=Count("id"), last=Max("at")):
        if hour < NIGHT_ENDS or hour >= NIGHT_BEGINS:
            before, latest = found.get(name, (0, last))
            found[name] = before + times, max(latest, last)
    return [
        Task(last, name, f"opened records {_times(times)} between 10pm and 6am")
        for name, (times, last) in sorted(found.items())
    ]


def _broken_writers() -> list[Task]:
    writers = (
        Event.objects.order_by()
        .values_list("writer")
        .annotate(first=Min("writer_seq"), last=Max("writer_seq"), held=Count("id"), at=Max("at"))
    )
    return [
        Task(
            at,
            "Numbers are missing from the trail",
            f"{last - first + 1 - held:,} of one writing process",
            is_urgent=True,
        )
        for _, first, last, held, at in writers
        if last - first + 1 != held
    ]


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"
