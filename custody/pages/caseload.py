"""The caseload: everybody of the officer's areas, filtered, in groups or sorted, a hundred a page."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from access.officers import OfficerContext
from custody.legal_status import parse_legal_status
from custody.models import CustodyState, Whereabouts
from custody.pages.caseload_controls import (
    Choice,
    Column,
    Pages,
    columns_of,
    filters_of,
    pages_of,
    prison_of,
)
from custody.pages.due import Due
from custody.pages.morning import new_events, place_words
from custody.pages.people import (
    Person,
    absent_since,
    age_on,
    current_membership,
    surname_first,
    tracked_people,
)
from custody.pages.signs import HELD, MISSED, SHORT_EVENTS, State
from custody.wording import MONTHS, counted, day_of
from offenders.models import SchemeMembership
from vault.opened import scanning

PAGE_SIZE: Final = 100
NEXT_DAYS: Final = 28
STRANDS: Final[dict[str, str]] = {
    SchemeMembership.Strand.CATCH_AND_CONVICT: "Catch",
    SchemeMembership.Strand.PREVENT_AND_DETER: "Deter",
    SchemeMembership.Strand.REHABILITATE_AND_RESETTLE: "Resettle",
}
GROUPS: Final = (
    "Unlawfully at large or missing from feed",
    "Due out within 7 days",
    f"Due out in 8 to {NEXT_DAYS} days",
    "Due out later",
    "In custody, no release date",
    "In the community",
    "Managed elsewhere, releasing to your area",
    "Died",
)
ORDER_OF_CERTAINTY: Final = ("confirmed", "approved", "calculated", "stated", "eligible")


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the table. ``group`` is the place of the row's group; ``strip`` the day drawn."""

    id: UUID
    group: int
    name: str
    age: int | None
    strand: str
    mappa: str
    where: State
    is_held: bool
    due: Due | None
    strip: int | None
    change: str
    is_new: bool
    officer: str
    no_date: str
    absent_since: date | None

    @property
    def strip_x(self) -> float:
        """Return where the day's mark begins on the strip, in SVG units; 2.75 units are a day."""
        return (self.strip or 0) * 2.75 - 0.5


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


def caseload_page(officer: OfficerContext, asked: Mapping[str, Any], *, now: datetime) -> Caseload:
    """Return a page of the caseload. Six queries, whatever is asked.

    Opens the people it shows. Sorting by name or age and filtering by MAPPA or absence look through everybody's
    sealed values, which is counted as a scan.
    """
    today = day_of(now)
    people = tracked_people(areas=officer.areas, today=today)
    found = [person for person in people if _matches(person, asked)]
    sort = asked.get("sort") or "release"
    ordered = _in_order(found, sort, today)
    number, count = _page_numbers(len(ordered), asked.get("page"))
    shown = ordered[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    changed = set(new_events(officer.seen_before, now=now).values_list("offender_id", flat=True))
    rows = [_row(person, changed, today) for person in shown]
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
        **filters_of(people, asked),
    )


def _matches(person: Person, asked: Mapping[str, Any]) -> bool:
    due_days = int(asked.get("due") or 0)
    tests: list[Callable[[], bool]] = [
        lambda: not asked.get("status") or person.state.whereabouts in asked["status"],
        lambda: not asked.get("strand") or person.profile.strand in asked["strand"],
        lambda: not due_days or (person.due is not None and person.due.days_to_go <= due_days),
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


def mappa_of(person: Person) -> str:
    """Open the scheme's facts and return the MAPPA level, 1 to 3, or nothing."""
    return str(current_membership(person.profile).get("mappa_level") or "")


def _group_of(person: Person) -> int:
    place = person.state.whereabouts
    if place == Whereabouts.DIED:
        return 7
    if not person.is_ours:
        return 6
    if place in MISSED:
        return 0
    return _group_by_day(person.due) if place in HELD else 5


def _group_by_day(due: Due | None) -> int:
    if due is None:
        return 4
    if due.is_soon:
        return 1
    return 2 if due.days_to_go <= NEXT_DAYS else 3


def _in_order(people: Sequence[Person], sort: str, today: date) -> list[Person]:
    code = sort.removeprefix("-")
    with scanning():
        ordered = sorted(people, key=_key(code, today))
    return ordered[::-1] if sort.startswith("-") else ordered


def _key(code: str, today: date) -> Callable[[Person], tuple[Any, ...]]:
    """Return what a column sorts by; without a value last."""
    last = date.max
    keys: dict[str, Callable[[Person], tuple[Any, ...]]] = {
        "release": lambda p: (_group_of(p), p.due.day if p.due else last, str(p.id)),
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


def _row(person: Person, changed: set[UUID], today: date) -> Row:
    profile, due = person.profile, person.due
    scheme = current_membership(profile)
    return Row(
        id=person.id,
        group=_group_of(person),
        name=surname_first(profile),
        age=age_on(profile.date_of_birth, today),
        strand=STRANDS.get(profile.strand, ""),
        mappa=str(scheme.get("mappa_level") or ""),
        where=person.where,
        is_held=person.state.whereabouts in HELD,
        due=due,
        strip=_strip(due),
        change=_change(person.state, today),
        is_new=person.id in changed,
        officer=_surname(str(scheme.get("lead_officer") or "")),
        no_date=_no_date(person),
        absent_since=absent_since(profile),
    )


def _surname(officer: str) -> str:
    """Return the last word of the scheme's text: rank and initials would make each row two lines high."""
    return officer.rsplit(maxsplit=1)[-1] if officer.strip() else ""


def _no_date(person: Person) -> str:
    """Open the legal status only of those held without a date, to say why there is none."""
    if person.due is not None or person.state.whereabouts not in HELD:
        return ""
    status = parse_legal_status(person.state.legal_status)
    return "No date: on remand" if status and status.is_remand else "No date held"


def _strip(due: Due | None) -> int | None:
    """Return where the day stands on the strip of 28 days: 0 to 28, or None beyond it."""
    return due.days_to_go if due and 0 <= due.days_to_go <= NEXT_DAYS else None


def _change(state: CustodyState, today: date) -> str:
    if not state.last_event_kind or state.last_event_at is None:
        return ""
    day = day_of(state.last_event_at)
    year = f" {day.year}" if day.year != today.year else ""
    return f"{SHORT_EVENTS[state.last_event_kind]}, {day.day} {MONTHS[day.month - 1][:3]}{year}"


def _grouped(rows: Sequence[Row], found: Sequence[Person], sort: str) -> Iterable[RowGroup]:
    if sort.removeprefix("-") != "release":
        yield RowGroup("", len(found), tuple(rows))
        return
    totals = Counter(_group_of(person) for person in found)
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
