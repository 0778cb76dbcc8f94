"""The morning page: where everyone is, what is new since the officer last looked, who is due out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from access.officers import OfficerContext
from access.permissions import Permission
from custody.due_out import DAYS_AHEAD, Leaving, Strip, week_grid, wide_strip
from custody.inbox import inbox
from custody.models import CustodyEvent, Whereabouts
from custody.pages.due import Due
from custody.pages.news import News, in_words
from custody.pages.people import Person, establishment_names, initials, name_first, named, tracked_people
from custody.pages.signs import SIGNS
from custody.pages.withdrawn import as_news, withdrawn_since
from custody.wording import clock_time, counted, day_of, joined, near_day, weekday_and_month

NEWS_SHOWN: Final = 50
FIRST_LOOK: Final = timedelta(days=7)
SIGNS_SHOWN: Final = 60  # more people than this and a row of signs says less than the figure alone
PLACES_NAMED: Final = 3

GROUPS: Final = (
    ("in custody", (Whereabouts.IN_CUSTODY, Whereabouts.IN_TRANSIT)),
    ("out for a time", (Whereabouts.AT_COURT, Whereabouts.TEMPORARY_ABSENCE)),
    ("in the community", (Whereabouts.COMMUNITY,)),
    ("missing from feed", (Whereabouts.MISSING,)),
    ("unlawfully at large", (Whereabouts.UNLAWFULLY_AT_LARGE,)),
)
# Few are ever there; shown only where somebody is, so that the row adds up.
ELSEWHERE: Final = ("in hospital, removed or died", (Whereabouts.HOSPITAL, Whereabouts.REMOVED, Whereabouts.DIED))
NEAR_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class Group:
    """How many of the caseload are in one place, and the query that lists them."""

    words: str
    count: int
    signs: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The alerts that nobody has acknowledged: all, those passed on because of that, and releases inside 2 days."""

    count: int
    passed_on: int
    near: int

    @property
    def sentence(self) -> str:
        """Return what is to be done about them, the most pressing first."""
        if not self.count:
            return "No alert waits for you."
        said = [f"{counted(self.count, 'alert waits', 'alerts wait')} to be acknowledged"]
        if self.near:
            said.append(f"{self.near:,} of a release inside {NEAR_DAYS} days")
        if self.passed_on:
            said.append(f"{self.passed_on:,} passed on because nobody answered")
        return f"{', '.join(said)}."


@dataclass(frozen=True, slots=True)
class NewsItem:
    """An event and whose it is."""

    name: str
    news: News


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody due out in the next 28 days, or overdue."""

    id: UUID
    name: str
    where: str
    when: str
    due: Due
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Morning:
    """Everything on the morning page."""

    today: date
    place: str
    looked_words: str
    headline: str
    sentence: str
    people_count: int
    groups: tuple[Group, ...]
    news: tuple[NewsItem, ...]
    has_more_news: bool
    wide: Strip
    grid: Strip
    departures: tuple[Departure, ...]
    soon: tuple[Departure, ...]
    elsewhere_count: int
    waiting: Waiting | None


def morning_page(officer: OfficerContext, *, now: datetime) -> Morning:
    """Return the morning of an officer, by a fixed number of queries; opens the names it shows and no others."""
    today, names = day_of(now), establishment_names()
    people = tracked_people(areas=officer.areas, today=today, establishments=names)
    ours = [person for person in people if person.is_ours]
    news, has_more = _news(officer.seen_before, names, now=now)
    leaving = _leaving(people, today)
    departures = sorted(
        (_departure(person, person.due, today) for person in leaving if person.due),
        key=lambda departure: (departure.due.day, departure.name),
    )
    strip = [Leaving(p.due.day, str(p.due.certainty), initials(p.profile)) for p in leaving if p.due]
    return Morning(
        today=today,
        place=place_words(officer),
        looked_words=_looked_words(officer.seen_before, today),
        headline=_headline(len(news), has_more=has_more),
        sentence=_sentence(departures),
        people_count=len(ours),
        groups=tuple(_groups(ours)),
        news=tuple(news),
        has_more_news=has_more,
        wide=wide_strip(strip, today=today),
        grid=week_grid(strip, today=today),
        departures=tuple(d for d in departures if not d.due.is_past),
        soon=tuple(d for d in departures if d.due.is_soon),
        elsewhere_count=sum(not d.is_ours for d in departures),
        waiting=_waiting(officer, today) if officer.may(Permission.ACKNOWLEDGE_ALERT) else None,
    )


def place_words(officer: OfficerContext) -> str:
    """Return the officer's places in a few words."""
    names = officer.place_names
    return joined(names) if len(names) <= PLACES_NAMED else counted(len(names), "place")


def new_events(seen_before: datetime | None, *, now: datetime) -> QuerySet[CustodyEvent]:
    """Return the live events recorded since the last sign-in, newest first; the last week's at a first one."""
    live = CustodyEvent.objects.filter(withdrawn_at__isnull=True, before_tracking=False)
    if seen_before is None:
        live = live.filter(learned_at__gt=now - FIRST_LOOK)
    else:
        live = live.filter(recorded_at__gt=seen_before)
    return live.order_by("-learned_at", "-occurred_at", "pk")


def _waiting(officer: OfficerContext, today: date) -> Waiting:
    found = list(inbox(officer).prefetch_related(None).values_list("level", "day_out"))
    last = today + timedelta(days=NEAR_DAYS)
    return Waiting(
        count=len(found),
        passed_on=sum(level > 0 for level, _ in found),
        near=sum(day is not None and today <= day <= last for _, day in found),
    )


def _news(seen_before: datetime | None, places: Mapping[str, str], *, now: datetime) -> tuple[list[NewsItem], bool]:
    """Withdrawals come first: they take back what the officer may be acting on."""
    found = list(new_events(seen_before, now=now)[: NEWS_SHOWN + 1])
    gone = withdrawn_since(seen_before, limit=NEWS_SHOWN)
    shown = found[:NEWS_SHOWN]
    names = named({event.offender_id for event in (*gone, *shown)})
    today = day_of(now)
    told = [*as_news(gone, places, today=today), *(in_words(event, places, today=today) for event in shown)]
    items = [NewsItem(names[news.offender_id], news) for news in told if news.offender_id in names]
    return items, len(found) > NEWS_SHOWN


def _leaving(people: Sequence[Person], today: date) -> list[Person]:
    last = today + timedelta(days=DAYS_AHEAD)
    return [person for person in people if person.due and person.due.day < last]


def _departure(person: Person, due: Due, today: date) -> Departure:
    when = "Day passed" if due.is_past else near_day(due.day, today=today)
    return Departure(person.id, name_first(person.profile), person.where.words, when, due, person.is_ours)


def _groups(people: Sequence[Person]) -> list[Group]:
    counts = Counter(Whereabouts(person.state.whereabouts) for person in people)
    shown = (*GROUPS, ELSEWHERE) if any(counts[kind] for kind in ELSEWHERE[1]) else GROUPS
    return [_group(words, kinds, counts) for words, kinds in shown]


def _group(words: str, kinds: tuple[Whereabouts, ...], counts: Counter[Whereabouts]) -> Group:
    signs = [SIGNS[kind] for kind in kinds for _ in range(counts[kind])]
    query = "&".join(f"status={kind}" for kind in kinds)
    return Group(words, len(signs), tuple(signs) if len(signs) <= SIGNS_SHOWN else (), query)


def _looked_words(seen_before: datetime | None, today: date) -> str:
    if seen_before is None:
        return "You have not looked before; this is the last week’s news"
    day = near_day(seen_before, today=today)
    words = day.lower() if day in ("Today", "Yesterday") else f"on {weekday_and_month(seen_before)}"
    return f"You last looked {words} at {clock_time(seen_before)}"


def _headline(count: int, *, has_more: bool) -> str:
    if not count:
        return "Nothing is new."
    number = f"More than {NEWS_SHOWN}" if has_more else str(count)
    return f"{number} {'thing is' if count == 1 else 'things are'} new."


def _sentence(departures: Sequence[Departure]) -> str:
    """Return the plain sentence on releases: today, tomorrow, this week, or nobody."""
    sure = [d for d in departures if not d.due.is_past and d.due.certainty != "eligible"]
    for days, when in ((0, "today"), (1, "tomorrow")):
        leaving = sum(d.due.days_to_go == days for d in sure)
        if leaving:
            return f"{counted(leaving, 'person leaves', 'people leave')} prison {when}."
    leaving = sum(d.due.is_soon for d in sure)
    if leaving:
        return f"Nobody leaves prison today or tomorrow; {counted(leaving, 'person does', 'people do')} this week."
    return "Nobody is due to leave prison in the next 7 days."
