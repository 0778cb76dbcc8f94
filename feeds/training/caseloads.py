"""Let areas adopt prolific offenders, week by week, and put the hard cases among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from feeds.training import prehistory, receptions
from feeds.training.model import Adoption, Person
from feeds.training.names import BRITISH_SURNAMES
from feeds.training.places import LEEDS, Area
from feeds.training.world import World

NATIONAL_CASELOAD: Final = 10_500
# A world of few forces is a busy one, but no area of it has more than a large city.
MEAN_CASELOADS: Final = (28.0, 40.0)
SMALLEST_CASELOAD: Final = 15
LARGEST_CASELOAD: Final = 60
CASELOAD_SPREAD: Final = 9.0
LEEDS_CASELOAD: Final = 40
LEEDS_INSIDE: Final = 28
INSIDE_SHARE: Final = 0.62
RETURN_DAYS: Final = 75.0
# Of those who come back while on licence.
RECALLED_SHARE: Final = 0.45
# Shares of a caseload: removed long ago, adopted or removed in a week, held by two areas, forgotten by a file.
REMOVED_BEFORE_SHARE: Final = 0.07
ADOPTED_A_WEEK_SHARE: Final = 0.025
REMOVED_A_WEEK_SHARE: Final = 0.008
TWO_AREAS_SHARE: Final = 0.03
FORGOTTEN_SHARE: Final = 0.006
MAPPA_SHARE: Final = 0.09
STRANDS: Final = ("PREVENT_AND_DETER", "CATCH_AND_CONVICT", "CATCH_AND_CONVICT", "REHABILITATE_AND_RESETTLE")
REMOVAL_REASONS: Final = (
    "Twelve months without a conviction",
    "Long custodial sentence",
    "Moved out of the area",
    "Panel decision after review",
)
DAYS_A_WEEK: Final = 7


@dataclass
class Caseload:
    """One area's adoptions, numbered as they are made."""

    area: Area
    officers: tuple[str, ...]
    last_number: int = 0

    def next_reference(self) -> str:
        """Return a reference that the area has not used."""
        self.last_number += 1
        return f"PPO-{self.area.code}-{self.last_number:04d}"


def adopt_everywhere(world: World, *, scale: float) -> list[Person]:
    """Make the prolific offenders of every area, place them inside or outside, and return them.

    Leeds has 40, about 26 of them in custody when the first file comes; other areas have 15 to 60.
    """
    weeks = 1 + (world.calendar.days - 1) // DAYS_A_WEEK
    caseloads = [Caseload(area, _officers(world.rng)) for area in world.people.home_areas]
    mean = min(max(NATIONAL_CASELOAD * scale / len(caseloads), MEAN_CASELOADS[0]), MEAN_CASELOADS[1])
    everybody: list[Person] = []
    for caseload in caseloads:
        size = LEEDS_CASELOAD if caseload.area.code == LEEDS else _size(world.rng, mean)
        everybody += _adopt_for_area(world, caseload, weeks=weeks, size=size)
    _adopt_twice(world, caseloads, everybody)
    return everybody


def _adopt_for_area(world: World, caseload: Caseload, *, weeks: int, size: int) -> list[Person]:
    inside = LEEDS_INSIDE if caseload.area.code == LEEDS else round(size * INSIDE_SHARE)
    people = [_new_person(world, caseload) for _ in range(size)]
    for place, person in enumerate(people):
        _adopt(world, caseload, person)
        _place(world, person, inside=place < inside)
    for week in range(1, weeks):
        people += _adopted_in_week(world, caseload, week, size)
        _remove_some(world, people, week, size)
    return people + _removed_before(world, caseload, size)


def _adopted_in_week(world: World, caseload: Caseload, week: int, size: int) -> list[Person]:
    people = [_new_person(world, caseload) for _ in range(_binomial(world.rng, size, ADOPTED_A_WEEK_SHARE))]
    for person in people:
        _adopt(world, caseload, person, week=week)
        _place(world, person, inside=world.rng.random() < INSIDE_SHARE)
    return people


def _remove_some(world: World, people: Sequence[Person], week: int, size: int) -> None:
    for person in people:
        adoption = person.adoptions[0]
        is_open = adoption.removed_week is None and adoption.forgotten_week is None and adoption.first_week < week
        if is_open and world.rng.random() < REMOVED_A_WEEK_SHARE:
            adoption.removed_week = week
            adoption.removal_reason = world.rng.choice(REMOVAL_REASONS)
        elif is_open and world.rng.random() < FORGOTTEN_SHARE / size * SMALLEST_CASELOAD:
            adoption.forgotten_week = week


def _removed_before(world: World, caseload: Caseload, size: int) -> list[Person]:
    people = [_new_person(world, caseload) for _ in range(round(size * REMOVED_BEFORE_SHARE))]
    for person in people:
        _adopt(world, caseload, person)
        person.adoptions[0].removed_week = 0
        person.adoptions[0].removal_reason = world.rng.choice(REMOVAL_REASONS)
        _place(world, person, inside=world.rng.random() < INSIDE_SHARE / 2)
    return people


def _adopt_twice(world: World, caseloads: Sequence[Caseload], everybody: Sequence[Person]) -> None:
    """Let a second area of the same force adopt some of the people, from the first file on."""
    for person in everybody:
        others = [load for load in caseloads if load.area.force == person.area.force and load.area != person.area]
        if not others or person.adoptions[0].first_week or world.rng.random() >= TWO_AREAS_SHARE:
            continue
        _adopt(world, world.rng.choice(others), person)


def _adopt(world: World, caseload: Caseload, person: Person, *, week: int = 0) -> None:
    file_day = world.calendar.day(week * DAYS_A_WEEK)
    days_ago = world.rng.randint(1, 6) if week else world.rng.randint(20, 1500)
    person.adoptions.append(
        Adoption(
            reference=caseload.next_reference(),
            area=caseload.area,
            strand=world.rng.choice(STRANDS),
            adopted_on=file_day - timedelta(days=days_ago),
            lead_officer=world.rng.choice(caseload.officers),
            first_week=week,
        )
    )


def _new_person(world: World, caseload: Caseload) -> Person:
    person = world.people.make(as_of=world.today, area=caseload.area, is_prolific=True)
    person.is_prolific = True
    person.roll_pnc = True
    if world.rng.random() < MAPPA_SHARE:
        person.mappa_level = world.rng.choice("1123")
    return person


def _place(world: World, person: Person, *, inside: bool) -> None:
    if inside:
        prehistory.place_inside(world, person)
        return
    person.on_licence = world.rng.random() < INSIDE_SHARE
    if not person.past_bookings:
        person.past_bookings = (world.people.numbers.booking(),)
    plan_return(world, person)


def plan_return(world: World, person: Person) -> None:
    """Plan the next arrest of a prolific offender who is free."""
    world.plan_in(RETURN_DAYS, _arrested, person, least_days=2)


def _arrested(world: World, person: Person) -> None:
    evening = world.clock(world.today + timedelta(days=1), start=14, end=20.5)
    is_recall = person.on_licence and world.rng.random() < RECALLED_SHARE
    world.plan(evening, receptions.recall if is_recall else receptions.receive, person)


def _size(rng: Random, mean: float) -> int:
    return min(LARGEST_CASELOAD, max(SMALLEST_CASELOAD, round(rng.gauss(mean, CASELOAD_SPREAD))))


def _binomial(rng: Random, tries: int, share: float) -> int:
    return sum(rng.random() < share for _ in range(tries))


def _officers(rng: Random) -> tuple[str, ...]:
    ranks = ("PC", "PC", "PC", "DC", "Sgt")
    return tuple(f"{rank} {rng.choice('ABCDEHJKLMPRST')} {rng.choice(BRITISH_SURNAMES)}" for rank in ranks)
