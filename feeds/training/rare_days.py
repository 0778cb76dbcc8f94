"""Let the rare things happen, so many a day and never by chance alone, so that each is met in a month of files."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from feeds.training import movements, release_plans
from feeds.training.departures import FAR_FROM_RELEASE_DAYS, depart_as
from feeds.training.hard_cases import FEWEST_PLANS, due_in_gap
from feeds.training.model import ACTIVE_IN, Person
from feeds.training.sentences import is_working_day
from feeds.training.world import Action, World, stay

SHORT_NOTICE_DAYS: Final = range(2, 7)
LAST_CHECK_DAYS: Final = range(1, 3)


class Rare(NamedTuple):
    """Something rare: how often a day in a national world, to whom it can happen, at what hours, and what."""

    a_day: float
    fits: Callable[[World, Person], bool]
    hours: tuple[float, float]
    happen: Action


def plan_day(world: World, people: Sequence[Person], *, gap: int, scale: float) -> None:
    """Plan for the day after a roll what its gap, counted from 0, owes: each thing at least twice in any world."""
    gaps = world.calendar.days - 1
    here = [person for person in people if _stands_here(person)]
    world.rng.shuffle(here)
    for rare in RARE:
        due = due_in_gap(max(FEWEST_PLANS, round(rare.a_day * scale * gaps)), gap=gap, gaps=gaps)
        for person in [person for person in here if rare.fits(world, person)][:due]:
            here.remove(person)
            world.plan(world.clock(world.today, start=rare.hours[0], end=rare.hours[1]), rare.happen, person)


def _stands_here(person: Person) -> bool:
    custody = person.custody
    return custody is not None and custody.status == ACTIVE_IN and not custody.lost_by_feed


def _has_long_to_go(world: World, person: Person) -> bool:
    release = stay(person).operative
    return release is None or (release - world.today).days > FAR_FROM_RELEASE_DAYS


def _goes_to_court(world: World, person: Person) -> bool:
    return is_working_day(world.today) and stay(person).legal_status in movements.UNSENTENCED


def _is_short_of_release(world: World, person: Person) -> bool:
    release = stay(person).operative
    return release is not None and (release - world.today).days in SHORT_NOTICE_DAYS


def _is_at_the_last_check(world: World, person: Person) -> bool:
    confirmed = stay(person).dates.get("CONFIRMED")
    return confirmed is not None and (confirmed - world.today).days in LAST_CHECK_DAYS


RARE: Final = (
    # Those that fit fewest people come first.
    Rare(6, _is_at_the_last_check, (9.5, 16), release_plans.put_back_at_the_last),
    Rare(6, _is_short_of_release, (8.5, 10.5), movements.move),
    *(
        Rare(6, _has_long_to_go, (9, 21), depart_as(kind))
        for kind in ("escaped", "absconded", "at_large", "died", "removed", "to_hospital")
    ),
    Rare(6, _goes_to_court, (7.5, 9), movements.send_overnight),
    Rare(6, _has_long_to_go, (16.5, 19), movements.move),
    Rare(6, _has_long_to_go, (9, 11), movements.stay_out_too_long),
)
