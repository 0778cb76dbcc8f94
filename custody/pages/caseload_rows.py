"""The rows of the caseload: who, where, when out and how sure, and under which heading."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from custody.legal_status import parse_legal_status
from custody.models import CustodyState, Whereabouts
from custody.pages.due import Due
from custody.pages.people import Person, absent_since, age_on, current_membership, surname_first
from custody.pages.signs import HELD, MISSED, SHORT_EVENTS, State
from custody.state import is_absence_overdue
from custody.wording import MONTHS, day_of
from offenders.models import SchemeMembership

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
    "In hospital or removed",
    "Managed elsewhere, releasing to your area",
    "Died",
)


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


def row_of(person: Person, changed: set[UUID], now: datetime) -> Row:
    """Open somebody and return their row; ``changed`` are those with something new."""
    profile, due, today = person.profile, person.due, day_of(now)
    scheme = current_membership(profile)
    return Row(
        id=person.id,
        group=group_of(person),
        name=surname_first(profile),
        age=age_on(profile.date_of_birth, today),
        strand=STRANDS.get(profile.strand, ""),
        mappa=str(scheme.get("mappa_level") or ""),
        where=where_now(person, now),
        is_held=person.state.whereabouts in HELD,
        due=due,
        strip=_strip(due),
        change=_change(person.state, today),
        is_new=person.id in changed,
        officer=_surname(str(scheme.get("lead_officer") or "")),
        no_date=_no_date(person),
        absent_since=absent_since(profile),
    )


def where_now(person: Person, now: datetime) -> State:
    """Return where somebody is, with a word on an absence that has lasted too long."""
    if not is_absence_overdue(person.state, now):
        return person.where
    return replace(person.where, sign="late", words=f"{person.where.words}, overdue")


def _surname(officer: str) -> str:
    """Return the last word of the scheme's text: rank and initials would make each row two lines high."""
    return officer.rsplit(maxsplit=1)[-1] if officer.strip() else ""


def _no_date(person: Person) -> str:
    """Open the legal status only of those held without a date, to say why there is none."""
    if person.due is not None or person.state.whereabouts not in HELD:
        return ""
    status = parse_legal_status(person.state.legal_status)
    if status and status.is_indeterminate:
        return "No date: indeterminate"
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


def mappa_of(person: Person) -> str:
    """Open the scheme's facts and return the MAPPA level, 1 to 3, or nothing."""
    return str(current_membership(person.profile).get("mappa_level") or "")


def group_of(person: Person) -> int:
    """Return the place of somebody's group among GROUPS."""
    place = person.state.whereabouts
    if place == Whereabouts.DIED:
        return 8
    if not person.is_ours:
        return 7
    if place in (Whereabouts.HOSPITAL, Whereabouts.REMOVED):
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
