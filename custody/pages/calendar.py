"""The release calendar: a month or a week of releases, how sure each is, and which dates moved late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from access.models import VisibilityKey
from access.officers import OfficerContext
from custody.models import CustodyEvent, CustodyState, EventKind
from custody.pages.calendar_bars import Bars, bars_of
from custody.pages.calendar_entries import DUE, Entry, entries_of
from custody.pages.calendar_filter import area_choices, area_keys, matches, prison_choices, query_of
from custody.pages.calendar_span import ONE_DAY, WEEK, Span, after, before, day_note, span_of
from custody.pages.caseload_controls import Choice
from custody.pages.due import due_of
from custody.pages.morning import place_words
from custody.pages.people import Person, establishment_names
from custody.pages.signs import state_of
from custody.wording import MONTHS, WEEKDAYS, counted, day_of, weekday_and_month
from offenders.models import Profile

# Weekends and holidays move a date by a few days, so facts a little outside the days shown matter too.
MARGIN: Final = timedelta(days=8)
CHANGES_KEPT: Final = timedelta(days=28)
MOST_A_DAY: Final = 8
SATURDAY: Final = 5
K = VisibilityKey.Kind


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its words, what it is, and who stands on it; ``unshown`` more have no room in a month."""

    day: date
    number: str
    spoken: str
    note: str
    is_today: bool
    is_weekend: bool
    is_free: bool
    is_beside: bool
    due_count: int
    entries: tuple[Entry, ...]
    unshown: int


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from Monday."""

    days: tuple[Day, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all stands on its days."""
        return not any(day.entries or day.note for day in self.days)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything on the release calendar. ``earlier``, ``later``, ``as_month`` and ``as_week`` are query strings;
    ``week_query`` lacks only the day."""

    place: str
    span: Span
    today: date
    sentence: str
    weeks: tuple[Week, ...]
    has_open_weekends: bool
    leaves_out_weeks: bool
    entries: tuple[Entry, ...]
    bars: Bars | None
    earlier_words: str
    earlier: str
    later_words: str
    later: str
    as_month: str
    as_week: str
    week_query: str
    areas: tuple[Choice, ...]
    prisons: tuple[Choice, ...]
    whose: str
    has_changes: bool
    has_gone: bool
    has_left: bool


def calendar_page(officer: OfficerContext, asked: Mapping[str, Any], *, now: datetime) -> Calendar:
    """Return a month or week of the calendar. Five queries, whatever is asked.

    Opens the names of those it shows. Row security decides who is seen; the filter only narrows that.
    """
    today = day_of(now)
    span = span_of(asked.get("view") or "month", asked.get("day"), today=today)
    changes = _changes(span, now=now)
    names = establishment_names()
    keys = area_keys(officer)
    people = _people(span, changes, names, keys, today=today)
    found = [person for person in people if matches(person, asked, keys)]
    entries = entries_of(found, changes, span, today=today)
    queries = {name: value for name, value in asked.items() if value}
    weeks = _weeks(span, entries, today=today)
    return Calendar(
        place=place_words(officer),
        span=span,
        today=today,
        sentence=_sentence(entries, span, today=today),
        weeks=weeks,
        has_open_weekends=any(day.entries for week in weeks for day in week.days if day.is_weekend),
        leaves_out_weeks=len(weeks) * WEEK < len(span.days),
        entries=tuple(entries),
        bars=bars_of(entries, [day.day for week in weeks for day in week.days], today=today),
        earlier_words=_turn_words(before(span), span),
        earlier=query_of(queries, day=before(span)),
        later_words=_turn_words(after(span), span),
        later=query_of(queries, day=after(span)),
        as_month=query_of(queries, view=""),
        as_week=query_of(queries, view="week", day=_week_day(span, today)),
        week_query=query_of(queries, view="week", day=None) + "&",
        areas=area_choices(officer, asked),
        prisons=prison_choices(people, names, asked),
        whose=asked.get("whose") or "",
        has_changes=any(entry.change and entry.change.inside_days for entry in entries),
        has_gone=any(entry.kind == "gone" for entry in entries),
        has_left=any(entry.kind == "left" for entry in entries),
    )


def _changes(span: Span, *, now: datetime) -> dict[UUID, list[CustodyEvent]]:
    """Return the moved and withdrawn dates that touch the days shown, newest first, by person. One query."""
    near = (span.first - MARGIN, span.last + MARGIN)
    moved = CustodyEvent.objects.filter(
        Q(old_date__range=near) | Q(new_date__range=near),
        kind__in=(EventKind.RELEASE_DATE_CHANGED, EventKind.RELEASE_DATE_WITHDRAWN),
        withdrawn_at__isnull=True,
        before_tracking=False,
        learned_at__gte=now - CHANGES_KEPT,
    )
    found: dict[UUID, list[CustodyEvent]] = {}
    for event in moved.defer("reason_code").order_by("-learned_at", "-occurred_at", "pk"):
        found.setdefault(event.offender_id, []).append(event)
    return found


def _people(
    span: Span,
    changes: Iterable[UUID],
    names: dict[str, str],
    keys: Mapping[tuple[str, str], int],
    *,
    today: date,
) -> list[Person]:
    """Return who may stand on the days shown. Two queries; opens nothing."""
    near = (span.first - MARGIN, span.last + MARGIN)
    near_moments = (span.first - ONE_DAY, span.last + ONE_DAY)
    states = CustodyState.objects.filter(
        Q(release_date__range=near)
        | Q(eligible_date__range=near)
        | Q(released_at__date__range=near_moments)
        | Q(pk__in=list(changes))
    ).defer("legal_status", "digest")
    by_id = {state.pk: state for state in states}
    profiles = Profile.objects.filter(pk__in=list(by_id)).exclude(strand="")
    ours = {number for (kind, _), number in keys.items() if kind == K.AREA}
    return [
        Person(
            profile=profile,
            state=by_id[profile.pk],
            where=state_of(by_id[profile.pk], names),
            due=due_of(by_id[profile.pk], today=today),
            is_ours=bool(ours.intersection(profile.visible_to)),
        )
        for profile in profiles.only("offender", "surname", "forenames", "strand", "visible_to")
    ]


def _weeks(span: Span, entries: Sequence[Entry], *, today: date) -> tuple[Week, ...]:
    """Return the weeks shown: all but those gone by in which nothing was, unless all are so."""
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.day, []).append(entry)
    days = [_day(day, by_day.get(day, []), span, today=today) for day in span.days]
    weeks = [Week(tuple(days[first : first + WEEK])) for first in range(0, len(days), WEEK)]
    kept = [week for week in weeks if week.days[-1].day >= today or any(day.entries for day in week.days)]
    return tuple(kept or weeks)


def _day(day: date, entries: Sequence[Entry], span: Span, *, today: date) -> Day:
    note = day_note(day)
    shown = entries if not span.is_month or len(entries) <= MOST_A_DAY else entries[: MOST_A_DAY - 1]
    month = MONTHS[day.month - 1]
    with_month = day.day == 1 or day.weekday() == 0 or day == today
    return Day(
        day=day,
        number=f"{day.day} {month[:3]}" if with_month else str(day.day),
        spoken=f"{WEEKDAYS[day.weekday()]} {day.day} {month}",
        note=note,
        is_today=day == today,
        is_weekend=day.weekday() >= SATURDAY,
        is_free=day.weekday() >= SATURDAY or note.endswith("no releases"),
        is_beside=span.is_beside(day),
        due_count=sum(entry.kind == DUE for entry in entries),
        entries=tuple(shown),
        unshown=len(entries) - len(shown),
    )


def _sentence(entries: Sequence[Entry], span: Span, *, today: date) -> str:
    """Return how many are due out from now on, and what moves their dates."""
    ahead = [entry for entry in entries if entry.kind == DUE and entry.day >= today and entry.due]
    sure = {entry.id for entry in ahead if entry.certainty != "eligible"}
    if not ahead:
        return f"Nobody is due out {_between(span, today)}."
    said = [f"{counted(len(sure), 'person is', 'people are')} due out {_between(span, today)}."]
    eligible = {entry.id for entry in ahead} - sure
    if eligible:
        said.append(f"{counted(len(eligible), 'more is', 'more are')} eligible only, which is no release yet.")
    moved = {entry.id for entry in ahead if entry.due and entry.due.day < entry.due.stated}
    if moved:
        said.append(f"Weekends and holidays bring {len(moved)} of them forward.")
    late = {entry.id for entry in ahead if entry.change and entry.change.inside_days}
    if late:
        said.append(f"{counted(len(late), 'date has', 'dates have')} moved inside 14 days of release.")
    return " ".join(said)


def _between(span: Span, today: date) -> str:
    if span.last < today:
        return "on these days any more"
    if not span.is_month:
        return "this week" if span.holds(today) else "in the week shown"
    first = max(span.first, today)
    return f"from {'today' if first == today else weekday_and_month(first)} to {weekday_and_month(span.last)}"


def _turn_words(day: date, span: Span) -> str:
    return MONTHS[day.month - 1] if span.is_month else f"{day.day} {MONTHS[day.month - 1][:3]}"


def _week_day(span: Span, today: date) -> date:
    """Return the day whose week is shown when a month turns into a week: today where the month holds it."""
    return today if span.is_month and span.holds(today) and not span.is_beside(today) else span.day
