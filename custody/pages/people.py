"""The people whom row security lets an officer see, with the state of each, in a fixed number of queries.

No query here filters by area: the database shows an officer only what their keys open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from access.keys import key_ids
from access.models import VisibilityKey
from custody.models import CustodyState, Establishment
from custody.pages.due import Due, due_of
from custody.pages.signs import State, state_of
from offenders.models import Profile


@dataclass(frozen=True, slots=True)
class Person:
    """One tracked person: profile still sealed, state, next release, and whose they are."""

    profile: Profile
    state: CustodyState
    where: State
    due: Due | None
    is_ours: bool

    @property
    def id(self) -> UUID:
        """Return the person's id."""
        return self.profile.offender_id


def tracked_people(
    *, areas: Mapping[str, str], today: date, establishments: dict[str, str] | None = None
) -> list[Person]:
    """Return everyone visible whom a scheme has adopted. Three or four queries; opens nothing.

    ``is_ours`` tells those whom one of the areas manages from those who only release to it.
    """
    names = establishment_names() if establishments is None else establishments
    keys = set(key_ids(VisibilityKey.Kind.AREA, areas).values())
    states = {state.pk: state for state in CustodyState.objects.all()}
    found = []
    for profile in Profile.objects.exclude(strand=""):
        state = states.get(profile.pk)
        if state is not None:
            found.append(
                Person(
                    profile=profile,
                    state=state,
                    where=state_of(state, names),
                    due=due_of(state, today=today),
                    is_ours=bool(keys.intersection(profile.visible_to)),
                )
            )
    return found


def establishment_names() -> dict[str, str]:
    """Return the short name of each establishment by its code."""
    return dict(Establishment.objects.values_list("code", "short_name"))


def name_first(profile: Profile) -> str:
    """Open the name and return ``Declan Thackray``."""
    return f"{first_forename(profile)} {capitals(profile.surname)}".strip()


def surname_first(profile: Profile) -> str:
    """Open the name and return ``Thackray, Declan``."""
    return ", ".join(part for part in (capitals(profile.surname), first_forename(profile)) if part)


def full_name(profile: Profile) -> str:
    """Open the name and return all of it, ``Declan Joseph Thackray``."""
    return f"{capitals(profile.forenames)} {capitals(profile.surname)}".strip()


def first_forename(profile: Profile) -> str:
    """Open the forenames and return the first."""
    return capitals(profile.forenames).split(" ")[0]


def initials(profile: Profile) -> str:
    """Open the name and return its first letters, ``DT``."""
    return (profile.forenames.strip()[:1] + profile.surname.strip()[:1]).upper()


def capitals(name: str) -> str:
    """Return a name in capitals and small letters where the sender wrote capitals only."""
    return name if name != name.upper() else " ".join(map(_capital, name.split()))


def _capital(word: str) -> str:
    parts = word.split("-")
    written = [_after_apostrophe(part.capitalize()) for part in parts]
    return "-".join(_after_mc(part) for part in written)


def _after_apostrophe(part: str) -> str:
    head, mark, tail = part.partition("'")
    return f"{head}{mark}{tail.capitalize()}"


def _after_mc(part: str) -> str:
    prefix = "Mc"
    return prefix + part[len(prefix) :].capitalize() if part.startswith(prefix) else part


def current_membership(profile: Profile) -> dict[str, Any]:
    """Open what the managing scheme says: area, strand, adopted_on, lead_officer, mappa_level; or nothing."""
    memberships: list[dict[str, Any]] = profile.scheme.get("memberships") or []
    return memberships[0] if memberships else {}


def absent_since(profile: Profile) -> date | None:
    """Open the scheme's facts and return since when a PPO list leaves the person out, or None.

    Source: feeds.md 5, "absent since".
    """
    days = [m["absent_since"] for m in profile.scheme.get("memberships") or [] if m.get("absent_since")]
    return date.fromisoformat(min(days)) if days else None


def age_on(born: date | None, today: date) -> int | None:
    """Return the age in years, or None without a date of birth."""
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def named(people: Iterable[UUID]) -> dict[UUID, str]:
    """Open the names of a few people. One query."""
    return {profile.pk: name_first(profile) for profile in Profile.objects.filter(pk__in=list(people))}
