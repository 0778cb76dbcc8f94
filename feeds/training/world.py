"""The invented world: its clock, its agenda of things to come, and its people inside and outside."""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from feeds.training.model import Custody, Happening, Movement, Person
from feeds.training.people import PeopleMaker
from feeds.training.places import Area, Prisons

ROLL_TIME: Final = time(5, 30)
DAYS_BEFORE_FILES: Final = 10
PPO_TIME: Final = time(5, 0)
LONDON: Final = ZoneInfo("Europe/London")

Action = Callable[["World", Person], None]


@dataclass(frozen=True)
class Calendar:
    """The days for which files are written: ``days`` rolls, the last on ``end``."""

    end: date
    days: int

    @property
    def first_day(self) -> date:
        """The day of the first files."""
        return self.end - timedelta(days=self.days - 1)

    def day(self, number: int) -> date:
        """Return the day of the roll of this number, counted from 0."""
        return self.first_day + timedelta(days=number)

    @property
    def ends_at(self) -> datetime:
        """The moment of the last roll: nothing later can be seen."""
        return datetime.combine(self.end, ROLL_TIME)

    @property
    def starts_at(self) -> datetime:
        """The moment at which the world begins: before the first roll, so that its days are busy from the start."""
        return datetime.combine(self.first_day - timedelta(days=DAYS_BEFORE_FILES), ROLL_TIME)


class World:
    """Everything that changes as the days go by. Times are London clock times without a zone."""

    def __init__(
        self, *, rng: Random, calendar: Calendar, people: PeopleMaker, prisons: Prisons, areas: Mapping[str, Area]
    ) -> None:
        self.rng = rng
        self.calendar = calendar
        self.people = people
        self.prisons = prisons
        self.areas = areas
        self.now = calendar.starts_at
        self.inside: dict[int, Person] = {}
        # People whose row or story may differ from the last file, by serial.
        self.touched: dict[int, Person] = {}
        # Hard cases made on purpose: which, whose, and the second person who has to stand in the files.
        self.noted: list[tuple[str, Person, Person | None]] = []
        # What becomes of somebody who has just left custody; set by the simulation.
        self.when_freed: Action | None = None
        self._agenda: list[tuple[datetime, int, Action, Person, Custody | None]] = []
        self._order = count()
        self._born_on: dict[tuple[int, int], list[Person]] = {}

    @property
    def today(self) -> date:
        """The day on the world's clock."""
        return self.now.date()

    def plan(self, at: datetime, action: Action, person: Person) -> None:
        """Let the action happen at the time, if the person's stay (or freedom) has not ended by then."""
        if self.now <= at <= self.calendar.ends_at:
            heapq.heappush(self._agenda, (at, next(self._order), action, person, person.custody))

    def plan_in(self, mean_days: float, action: Action, person: Person, *, least_days: float = 0.5) -> None:
        """Let the action happen after a waiting time of the given mean."""
        wait = least_days + self.rng.expovariate(1 / mean_days)
        self.plan(self.now + timedelta(days=wait), action, person)

    def run_until(self, moment: datetime) -> None:
        """Advance the clock, doing all that is due up to and at the moment."""
        while self._agenda and self._agenda[0][0] <= moment:
            self.now, _, action, person, custody = heapq.heappop(self._agenda)
            if person.custody is custody:
                action(self, person)
        self.now = moment
        self._keep_birthdays(moment.date())

    def enter(self, person: Person, custody: Custody) -> None:
        """Put a person into custody."""
        person.custody = custody
        self.inside[person.serial] = person
        self._born_on.setdefault((person.born.month, person.born.day), []).append(person)
        self.touch(person)

    def leave(self, person: Person) -> None:
        """Take a person out of custody."""
        person.custody = None
        person.row = ""
        del self.inside[person.serial]
        self.touch(person)
        if self.when_freed is not None:
            self.when_freed(self, person)

    def move(self, person: Person, kind: str, reason: str) -> Custody:
        """Record a movement now and return the stay."""
        custody = stay(person)
        custody.moved = Movement(kind, reason, self.now)
        self.touch(person)
        return custody

    def touch(self, person: Person) -> None:
        """Mark that the person's row has to be written anew."""
        self.touched[person.serial] = person
        person.row = ""

    def tell(
        self,
        person: Person,
        kind: str,
        *,
        origin: str = "",
        destination: str = "",
        old_date: date | None = None,
        new_date: date | None = None,
    ) -> None:
        """Write down what happened to somebody who is or will be tracked."""
        if person.adoptions:
            booking = stay(person).booking
            person.happenings.append(Happening(kind, self.now, booking, origin, destination, old_date, new_date))
        self.touch(person)

    def note(self, case: str, person: Person, *, witness: Person | None = None) -> None:
        """Write down a hard case that was put into the world."""
        self.noted.append((case, person, witness))

    def clock(self, day: date, *, start: float, end: float) -> datetime:
        """Return a moment of the day between two hours, to the second."""
        seconds = self.rng.randrange(int(start * 3600), int(end * 3600))
        return datetime.combine(day, time()) + timedelta(seconds=seconds)

    def roll(self) -> Iterator[Person]:
        """Yield everybody whom the prison's file holds now."""
        for person in self.inside.values():
            if not stay(person).lost_by_feed:
                yield person

    def _keep_birthdays(self, day: date) -> None:
        for person in self._born_on.get((day.month, day.day), ()):
            person.row = ""


def aware(moment: datetime) -> datetime:
    """Return a London clock time with its zone, to the second; of an hour that comes twice, the first.

    Source: feeds.md 3.
    """
    return moment.replace(microsecond=0, tzinfo=LONDON, fold=0)


def stay(person: Person) -> Custody:
    """Return the stay of somebody in custody."""
    if person.custody is None:
        raise ValueError(f"person {person.serial} is not in custody; plan only for who is")
    return person.custody
