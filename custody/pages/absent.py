"""The supervisors' worklist of people whom the newest PPO list of their force leaves out."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from access.officers import OfficerContext
from custody.pages.morning import place_words
from custody.pages.people import Person, absent_since, current_membership, surname_first, tracked_people
from custody.pages.signs import State
from custody.wording import counted, day_of
from vault.opened import scanning


@dataclass(frozen=True, slots=True)
class Missed:
    """One person of the worklist."""

    id: UUID
    name: str
    reference: str
    officer: str
    since: date
    days: int
    where: State


@dataclass(frozen=True, slots=True)
class Absent:
    """The worklist, longest absent first."""

    place: str
    sentence: str
    people: tuple[Missed, ...]


def absent_page(officer: OfficerContext, *, now: datetime) -> Absent:
    """Return the worklist of the officer's areas. Five queries; looks through everybody's scheme, opens the absent.

    Source: feeds.md 5.
    """
    today = day_of(now)
    ours = [person for person in tracked_people(areas=officer.areas, today=today) if person.is_ours]
    with scanning():
        since = {person.id: day for person in ours if (day := absent_since(person.profile))}
    missed = [_missed(person, since[person.id], today) for person in ours if person.id in since]
    missed.sort(key=lambda one: (one.since, one.name))
    return Absent(place_words(officer), _sentence(len(missed)), tuple(missed))


def _missed(person: Person, since: date, today: date) -> Missed:
    scheme = current_membership(person.profile)
    return Missed(
        id=person.id,
        name=surname_first(person.profile),
        reference=str(scheme.get("reference") or ""),
        officer=str(scheme.get("lead_officer") or ""),
        since=since,
        days=(today - since).days,
        where=person.where,
    )


def _sentence(count: int) -> str:
    if not count:
        return "Everybody whom your schemes have adopted stands in the newest PPO list."
    return f"{counted(count, 'person is', 'people are')} missing from the newest PPO list and still adopted."
