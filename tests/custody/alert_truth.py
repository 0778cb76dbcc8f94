"""The alerts that an invented world owes, reckoned from its truth alone: nothing here is the service's own rule.

Knows only what the truth file says (events the files can show, what each roll shows of whom, which area holds
whom), when each file came in and when the service's clock struck.
Source: product.md 4; feeds.md 1 and 10; docs/training-data.md.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from feeds.training.truth import TruthEvent, read_holdings, read_standings, read_truth
from tests.custody.alert_lives import LONDON, AreasOf, Life, Occasion, file_of, occasions

SETTLING: Final = timedelta(minutes=45)
END: Final = datetime.max.replace(tzinfo=LONDON)
# Received and released: most mistaken ones are put right within half an hour.
SETTLE: Final = frozenset(
    {"entered", "recalled", "recaptured", "transferred", "moved_late", "released", "removed", "hospital"}
)
# Whose, which kind, to which area, and as what: managing or releasing.
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Owed:
    """One alert. ``mark`` tells its occasion from any other of the person; ``told_at`` None: not told."""

    key: Key
    mark: tuple[object, ...]
    told_at: datetime | None


@dataclass(frozen=True)
class Timetable:
    """When each roll came in, by sequence, and every moment at which the service looked at the clock, in order."""

    came_at: Mapping[int, datetime]
    moments: Sequence[datetime]

    def first_look(self, moment: datetime) -> datetime | None:
        """Return the first look from a moment on; None when the days end before."""
        place = bisect_left(self.moments, moment)
        return self.moments[place] if place < len(self.moments) else None


@dataclass(frozen=True)
class Reckoning:
    """All alerts of a world, counted: told and standing, kept as late, and told and withdrawn."""

    told: Counter[Key]
    late: Counter[Key]
    withdrawn: Counter[Key]


@dataclass
class World:
    """The truth of a whole world, by prison number, and the moment of each roll by its sequence."""

    lives: dict[str, Life]
    extract_at: dict[int, datetime]

    def first_with(self, file: int, mistaken: AbstractSet[int]) -> int:
        """Return the roll that first said what a roll says: the one it corrects, unless that was wrong here."""
        corrects = self.extract_at.get(file - 1) == self.extract_at[file]
        return file - 1 if corrects and file - 1 not in mistaken else file


def read_world(folder: Path, identity: str, *, extract_at: dict[int, datetime]) -> World:
    """Read a world's truth. ``extract_at``: the moment of each roll by its sequence, from the manifests."""
    truth = folder / "truth.age"
    lives: dict[str, Life] = defaultdict(Life)
    for holding in read_holdings(truth, identity):
        lives[holding.prison_number].holdings.append(holding)
    for standing in read_standings(truth, identity):
        lives[standing.prison_number].standings.append(standing)
    for event in read_truth(truth, identity):
        if event.prison_number in lives and (event.observable or event.mistaken_file is not None):
            lives[event.prison_number].events.append(event)
    return World({number: life for number, life in lives.items() if life.holdings}, extract_at)


def reckon(world: World, timetable: Timetable, areas_of: AreasOf) -> Reckoning:
    """Return what is owed after the last file. ``areas_of``: the areas that a postcode leads to.

    What was told is what was owed by what the files had said until then; what is owed in the end was told, or is
    kept as late; what was told and is not owed in the end was withdrawn.
    """
    counted = Reckoning(Counter(), Counter(), Counter())
    for number, life in world.lives.items():
        told: dict[tuple[object, ...], Key] = {}
        final: dict[tuple[object, ...], Key] = {}
        for believed, since, until in _beliefs(life, world, timetable):
            owed = list(_owed_of(number, believed, world, timetable, areas_of, since=since))
            told |= {(one.mark, one.key[2:]): one.key for one in owed if one.told_at and one.told_at < until}
            final = {(one.mark, one.key[2:]): one.key for one in owed}
        counted.told.update(key for mark, key in final.items() if mark in told)
        counted.late.update(key for mark, key in final.items() if mark not in told)
        counted.withdrawn.update(key for mark, key in told.items() if mark not in final)
    return counted


def _beliefs(life: Life, world: World, timetable: Timetable) -> Iterator[tuple[Life, datetime, datetime]]:
    """Yield what was known of a person from each roll that told something new, and from when until when."""
    mistaken = {one.file for one in life.standings if one.is_mistaken}
    files = {one.file for one in life.standings} | {file_of(event) for event in life.events}
    known = sorted(file for file in files if file in timetable.came_at)
    for file, following in pairwise([*known, None]):
        assert file is not None
        believed = Life(
            [event for event in life.events if file_of(event) == file or _is_lasting(event, file)],
            [one for one in life.standings if one.file == file or (one.file < file and not one.is_mistaken)],
            life.holdings,
        )
        since, until = (
            END if one is None else timetable.came_at[world.first_with(one, mistaken)] for one in (file, following)
        )
        yield believed, since, until


def _is_lasting(event: TruthEvent, file: int) -> bool:
    return event.mistaken_file is None and file_of(event) < file


def _owed_of(
    number: str, life: Life, world: World, timetable: Timetable, areas_of: AreasOf, *, since: datetime
) -> Iterator[Owed]:
    """Yield what a life owes by the last look, told at looks from ``since`` on."""
    for occasion in occasions(life, world.extract_at, areas_of):
        raised = timetable.first_look(max(occasion.due_at, since))
        if raised is None:
            continue
        for area, side in _sides(life, max(occasion.due_at, life.tracked_since), areas_of):
            if occasion.only_to is None or (side == "releasing" and area in occasion.only_to):
                told_at = _told_at(occasion, raised, timetable)
                yield Owed((number, occasion.kind, area, side), occasion.mark, told_at)


def _told_at(occasion: Occasion, raised: datetime, timetable: Timetable) -> datetime | None:
    """When it goes out: at the look, or when its settling window has passed; never once it is of no use."""
    if occasion.is_late or (occasion.useless_from is not None and raised >= occasion.useless_from):
        return None
    settled = occasion.occurred_at + SETTLING if occasion.kind in SETTLE else raised
    return timetable.first_look(max(raised, settled))


def _sides(life: Life, moment: datetime, areas_of: AreasOf) -> Iterator[tuple[str, str]]:
    """Who is told: the areas that hold the person, then those to which the person will go; nobody twice."""
    managing = life.managing_at(moment)
    if not managing:
        return
    yield from ((area, "managing") for area in managing)
    yield from ((area, "releasing") for area in areas_of(life.postcode_at(moment)) - managing)
