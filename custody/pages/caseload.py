"""The caseload: everybody of the officer's areas, filtered, in groups or sorted, a hundred a page."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from access.officers import OfficerContext
from custody.pages.caseload_controls import (
    Choice,
    Column,
    Pages,
    columns_of,
    filters_of,
    is_due,
    pages_of,
    prison_of,
)
from custody.pages.caseload_rows import GROUPS, STRANDS, Row, group_of, mappa_of, row_of
from custody.pages.due import Due
from custody.pages.morning import new_events, place_words
from custody.pages.people import (
    Person,
    absent_since,
    age_on,
    establishment_names,
    surname_first,
    tracked_people,
)
from custody.saved_searches import Saved, query_of, searches_of
from custody.wording import counted, day_of
from vault.opened import scanning

PAGE_SIZE: Final = 100
ORDER_OF_CERTAINTY: Final = ("confirmed", "approved", "calculated", "stated", "eligible")


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under one heading; ``total`` counts the group over all pages. No heading when sorted."""

    heading: str
    total: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Caseload:
    """Everything on the caseload page."""

    place: str
    today: date
    total: int
    found: int
    is_filtered: bool
    sentence: str
    groups: tuple[RowGroup, ...]
    columns: tuple[Column, ...]
    statuses: tuple[Choice, ...]
    strands: tuple[Choice, ...]
    mappa: tuple[Choice, ...]
    due: tuple[Choice, ...]
    prisons: tuple[Choice, ...]
    absent: tuple[Choice, ...]
    sort: str
    pages: Pages
    searches: tuple[Saved, ...]
    query: str

    @property
    def is_new_search(self) -> bool:
        """Return whether what is asked is something, and not kept yet."""
        return bool(self.query) and not any(search.is_here for search in self.searches)

    @property
    def asked_fields(self) -> list[tuple[str, str]]:
        """Return what is asked as names and values of a form."""
        return parse_qsl(self.query)


def caseload_page(officer: OfficerContext, asked: Mapping[str, Any], *, now: datetime) -> Caseload:
    """Return a page of the caseload, by the same queries whatever is asked.

    Opens the people it shows. Sorting by name or age and filtering by MAPPA or absence look through everybody's
    sealed values, which is counted as a scan.
    """
    today, names = day_of(now), establishment_names()
    people = tracked_people(areas=officer.areas, today=today, establishments=names)
    found = [person for person in people if _matches(person, asked)]
    sort = asked.get("sort") or "release"
    ordered = _in_order(found, sort, today)
    number, count = _page_numbers(len(ordered), asked.get("page"))
    shown = ordered[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    changed = set(new_events(officer.seen_before, now=now).values_list("offender_id", flat=True))
    rows = [row_of(person, changed, now) for person in shown]
    filtered = any(asked.get(name) for name in ("status", "strand", "mappa", "due", "prison", "absent"))
    return Caseload(
        place=place_words(officer),
        today=today,
        total=sum(person.is_ours for person in people),
        found=len(found),
        is_filtered=filtered,
        sentence=_sentence(found, people, sort, filtered=filtered),
        groups=tuple(_grouped(rows, found, sort)),
        columns=tuple(columns_of(asked, sort)),
        sort=sort,
        pages=pages_of(asked, number, count),
        searches=tuple(searches_of(asked)),
        query=query_of(asked),
        **filters_of(people, asked, names),
    )


def _matches(person: Person, asked: Mapping[str, Any]) -> bool:
    tests: list[Callable[[], bool]] = [
        lambda: not asked.get("status") or person.state.whereabouts in asked["status"],
        lambda: not asked.get("strand") or person.profile.strand in asked["strand"],
        lambda: not asked.get("due") or is_due(person, asked["due"]),
        lambda: not asked.get("prison") or prison_of(person) == asked["prison"],
        lambda: not asked.get("absent") or _scanned_absence(person),
        lambda: not asked.get("mappa") or _scanned_mappa(person) in asked["mappa"],
    ]
    return all(test() for test in tests)


def _scanned_mappa(person: Person) -> str:
    with scanning():
        return mappa_of(person)


def _scanned_absence(person: Person) -> bool:
    with scanning():
        return absent_since(person.profile) is not None


def _in_order(people: Sequence[Person], sort: str, today: date) -> list[Person]:
    code = sort.removeprefix("-")
    with scanning():
        ordered = sorted(people, key=_key(code, today))
    return ordered[::-1] if sort.startswith("-") else ordered


def _key(code: str, today: date) -> Callable[[Person], tuple[Any, ...]]:
    """Return what a column sorts by; without a value last."""
    last = date.max
    keys: dict[str, Callable[[Person], tuple[Any, ...]]] = {
        "release": lambda p: (group_of(p), p.due.day if p.due else last, str(p.id)),
        "name": lambda p: (surname_first(p.profile).casefold(), str(p.id)),
        "age": lambda p: (age_on(p.profile.date_of_birth, today) or 0, str(p.id)),
        "strand": lambda p: (STRANDS.get(p.profile.strand, ""), str(p.id)),
        "where": lambda p: (p.where.sign, p.where.words, str(p.id)),
        "certainty": lambda p: (_certainty_rank(p.due), p.due.day if p.due else last),
        "changed": lambda p: (-_timestamp(p.state.last_event_at), str(p.id)),
    }
    return keys[code]


def _certainty_rank(due: Due | None) -> int:
    return ORDER_OF_CERTAINTY.index(str(due.certainty)) if due else len(ORDER_OF_CERTAINTY)


def _timestamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0


def _grouped(rows: Sequence[Row], found: Sequence[Person], sort: str) -> Iterable[RowGroup]:
    if sort.removeprefix("-") != "release":
        yield RowGroup("", len(found), tuple(rows))
        return
    totals = Counter(group_of(person) for person in found)
    for number in sorted({row.group for row in rows}, reverse=sort.startswith("-")):
        members = [row for row in rows if row.group == number]
        yield RowGroup(GROUPS[number], totals[number], tuple(_by_day_and_name(members, sort)))


def _by_day_and_name(rows: Sequence[Row], sort: str) -> list[Row]:
    """Names decide only between people of one day on one page: everybody here is opened anyway."""
    by_name = sorted(rows, key=lambda row: row.name.casefold())
    latest_first = sort.startswith("-")
    return sorted(by_name, key=lambda row: row.due.day if row.due else date.max, reverse=latest_first)


def _sentence(found: Sequence[Person], people: Sequence[Person], sort: str, *, filtered: bool) -> str:
    ours = sum(person.is_ours for person in people)
    elsewhere = len(people) - ours
    if filtered:
        number = f"{counted(len(found), 'person', 'people')} of {len(people):,}"
    else:
        number = f"All {ours:,}" + (f" and {elsewhere:,} managed elsewhere" if elsewhere else "")
    soonest = ", soonest release first" if sort == "release" else ""
    return f"{number}{soonest}."


def _page_numbers(rows: int, asked: int | None) -> tuple[int, int]:
    count = max(1, -(-rows // PAGE_SIZE))
    return min(asked or 1, count), count
