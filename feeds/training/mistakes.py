"""Draw a roll wrong for some people: the prison sends it, notices, and sends a correction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from feeds.training.model import ACTIVE_IN, Custody, Happening, Person, operative_type_of
from feeds.training.world import World, stay

NATIONAL_MISTAKES: Final = 60
FEWEST_OF_A_KIND: Final = 2
FAR_FROM_RELEASE_DAYS: Final = 20
SHIFTS: Final = (-12, -9, -5, 4, 8, 21)


@dataclass(frozen=True)
class Mistake:
    """What the wrong roll says of somebody: another stay than the true one, or nothing of them at all."""

    person: Person
    custody: Custody | None
    at: datetime

    def happenings(self) -> Iterator[Happening]:
        """Yield what the roll seems to tell. Somebody left out seems to be gone without a word."""
        true = stay(self.person)
        if self.custody is None:
            return
        if self.custody.prison != true.prison:
            yield Happening("transferred", self.at, true.booking, true.prison, self.custody.prison)
        else:
            old, new = true.operative, self.custody.operative
            yield Happening("release_date_changed", self.at, true.booking, old_date=old, new_date=new)


def faulty_rolls(days: int, corrections: int) -> frozenset[int]:
    """Return the numbers of the rolls, from 0, that are sent wrong first; never the first one."""
    return frozenset(
        max(1, days * (number + 1) // (corrections + 1)) for number in range(corrections if days > 1 else 0)
    )


def draw_wrong(world: World, people: Sequence[Person], *, scale: float) -> list[Mistake]:
    """Return mistakes about some of the people of whom this roll has nothing new to say."""
    quiet = [person for person in people if person.serial not in world.touched and _is_plain(world, person)]
    world.rng.shuffle(quiet)
    count = max(FEWEST_OF_A_KIND, round(NATIONAL_MISTAKES * scale))
    chosen = quiet[: 3 * count]
    return [
        *(_elsewhere(world, person) for person in chosen[::3]),
        *(_on_another_day(world, person) for person in chosen[1::3]),
        *(Mistake(person, None, world.now) for person in chosen[2::3]),
    ]


def wrong_stays(mistakes: Sequence[Mistake]) -> Mapping[int, Custody | None]:
    """Return what the wrong roll holds instead of the truth, by serial."""
    return {mistake.person.serial: mistake.custody for mistake in mistakes}


def _is_plain(world: World, person: Person) -> bool:
    """Say whether somebody serves a sentence whose end is far, standing in their prison."""
    custody = person.custody
    if custody is None or custody.status != ACTIVE_IN or custody.lost_by_feed or person.filed is None:
        return False
    if custody.legal_status != "SENTENCED" or operative_type_of(custody.dates) != "CRD":
        return False
    return (custody.dates["CRD"] - world.today).days > FAR_FROM_RELEASE_DAYS


def _elsewhere(world: World, person: Person) -> Mistake:
    true = stay(person)
    wrong = world.prisons.pick(
        world.rng, sex=person.sex, region=person.area.region, purpose="training", other_than=true.prison
    )
    return Mistake(person, replace(true, prison=wrong.code), world.now)


def _on_another_day(world: World, person: Person) -> Mistake:
    true = stay(person)
    wrong = true.dates["CRD"] + timedelta(days=world.rng.choice(SHIFTS))
    return Mistake(person, replace(true, dates={**true.dates, "CRD": wrong}), world.now)
