"""Build a world and advance it from roll to roll, writing down what the files show and what truly happened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from feeds.training import caseloads, hard_cases, places, prehistory, rare_days, receptions, slips
from feeds.training.chronicle import Chronicle
from feeds.training.mistakes import draw_wrong, faulty_rolls, wrong_stays
from feeds.training.model import Custody, Person
from feeds.training.people import PeopleMaker
from feeds.training.ppo_rows import in_week, is_removed
from feeds.training.standings import Holding
from feeds.training.truth import Line, Tracking, TruthEvent
from feeds.training.world import PPO_TIME, ROLL_TIME, Calendar, World, aware

NATIONAL_ROLL: Final = 88_000
DAYS_A_WEEK: Final = caseloads.DAYS_A_WEEK
SAME_DAY_RETURN_SHARE: Final = 0.03
RECAPTURED_AFTER_DAYS: Final = 7.0
SUNDAY: Final = 6


@dataclass(frozen=True)
class Moment:
    """The moment of a file: ``number`` counts the days of rolls, or the weekly PPO files, from 0.

    ``mistakes``: what a wrong roll holds instead of the truth, by serial of the person.
    """

    feed: str
    number: int
    day: date
    sequence: int
    corrects: int | None = None
    mistakes: Mapping[int, Custody | None] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """The aware time of the extract."""
        return aware(datetime.combine(self.day, ROLL_TIME if self.feed == "prison_roll" else PPO_TIME))


class Simulation:
    """One invented world, advanced file by file."""

    def __init__(self, *, scale: float, seed: int, calendar: Calendar, corrections: int = 0) -> None:
        self.scale = scale
        rng = Random(seed)  # noqa: S311 - invented people have to be the same for the same seed
        areas = places.areas()
        self.calendar = calendar
        self.forces = places.chosen_forces(scale)
        self.world = World(
            rng=rng,
            calendar=calendar,
            people=PeopleMaker(rng, areas, self.forces),
            prisons=places.prisons(),
            areas=areas,
        )
        self.world.when_freed = when_freed
        self.adopted = caseloads.adopt_everywhere(self.world, scale=scale)
        self.roll_size = max(round(NATIONAL_ROLL * scale), len(self.world.inside))
        self._fill_prisons()
        slips.misstate(self.world, self.adopted)
        slips.add_namesakes(self.world, [person for person in self.adopted if not person.needs_review])
        hard_cases.end_on_free_days(self.world, self.adopted, scale=scale)
        self._found_inside: list[TruthEvent] = []
        self.tracking = {person.serial: found for person in self.adopted if (found := self._tracking(person))}
        self.chronicle = Chronicle(self.tracking)
        self._faulty = faulty_rolls(calendar.days, corrections)

    def advance(self, observe: Callable[[Moment], None]) -> None:
        """Run the days, calling ``observe`` at the moment of each file in the order of delivery."""
        self._run_in()
        for number in range(self.calendar.days):
            day = self.calendar.day(number)
            if number % DAYS_A_WEEK == 0:
                week = self._week(number // DAYS_A_WEEK)
                self._find_inside(week)
                observe(week)
            self.world.run_until(datetime.combine(day, ROLL_TIME))
            self._file_roll(number, observe)
            self._plan_receptions()
            if number + 1 < self.calendar.days:
                hard_cases.plan_day(self.world, self.adopted, gap=number, scale=self.scale)
                rare_days.plan_day(self.world, self.adopted, gap=number, scale=self.scale)

    def truth(self) -> list[TruthEvent]:
        """Return every event of the tracked people, in order of time."""
        events = self._found_inside + self.chronicle.events()
        return sorted(events, key=lambda event: (event.occurred_at, event.prison_number, event.kind))

    def lines(self) -> list[Line]:
        """Return what stands in the truth file: events, hard cases, standings and holdings."""
        return [*self.truth(), *self.chronicle.hard_cases, *self.chronicle.standings, *self._holdings()]

    def _file_roll(self, number: int, observe: Callable[[Moment], None]) -> None:
        """Let the roll of a day be filed; on some days, after one that is wrong."""
        day, sequence = self.calendar.day(number), self._sequence(number)
        mistakes = draw_wrong(self.world, self._tracked_at(day), scale=self.scale) if number in self._faulty else []
        if mistakes:
            self.chronicle.write_mistakes(mistakes, day, sequence=sequence - 1)
            observe(Moment("prison_roll", number, day, sequence - 1, mistakes=wrong_stays(mistakes)))
        self.chronicle.write(self.world, day, sequence=sequence, is_first=number == 0)
        observe(Moment("prison_roll", number, day, sequence, corrects=sequence - 1 if mistakes else None))

    def _sequence(self, number: int) -> int:
        """Return the sequence of a day's roll, the right one where it was sent twice."""
        return number + 1 + sum(faulty <= number for faulty in self._faulty)

    def _tracked_at(self, day: date) -> list[Person]:
        moment = aware(datetime.combine(day, ROLL_TIME))
        return [
            person
            for person in self.adopted
            if (found := self.tracking.get(person.serial)) and not found.in_review and found.covers(moment)
        ]

    def _holdings(self) -> Iterator[Holding]:
        for person in self.adopted:
            found = self.tracking.get(person.serial)
            for adoption in person.adoptions if found and not found.in_review else ():
                if not is_removed(adoption, adoption.first_week):
                    until = None if adoption.removed_week is None else self._week(adoption.removed_week).at
                    since = self._week(adoption.first_week).at
                    yield Holding(person.prison_number, adoption.area.code, since, until)

    def _run_in(self) -> None:
        """Live through the days before the first file, of which only their outcome is seen."""
        while self.world.today < self.calendar.first_day - timedelta(days=1):
            self._plan_receptions()
            self.world.run_until(self.world.now + timedelta(days=1))
        self._plan_receptions()

    def _fill_prisons(self) -> None:
        while len(self.world.inside) < self.roll_size:
            prehistory.place_inside(self.world, self.world.people.make(as_of=self.world.today))

    def _plan_receptions(self) -> None:
        """Let as many come in today as have left, but on Sundays, when no court sits."""
        if self.world.today.weekday() == SUNDAY:
            return
        for _ in range(self.roll_size - len(self.world.inside)):
            person = self.world.people.make(as_of=self.world.today)
            start, end = receptions.ARRIVAL_HOURS
            self.world.plan(self.world.clock(self.world.today, start=start, end=end), receptions.receive, person)

    def _tracking(self, person: Person) -> Tracking | None:
        """Return from when to when an open adoption holds the person; None when none ever does."""
        open_ones = [adoption for adoption in person.adoptions if not is_removed(adoption, adoption.first_week)]
        if not open_ones:
            return None
        ends = [adoption.removed_week for adoption in open_ones]
        last = None if None in ends else max(end for end in ends if end is not None)
        return Tracking(
            since=self._week(min(adoption.first_week for adoption in open_ones)).at,
            until=None if last is None else self._week(last).at,
            in_review=person.needs_review,
        )

    def _week(self, week: int) -> Moment:
        return Moment("ppo", week, self.calendar.day(week * DAYS_A_WEEK), week + 1)

    def _find_inside(self, week: Moment) -> None:
        """Note who is adopted this week and stood in the last roll. Source: feeds.md 3 (adopted later)."""
        if week.number == 0:
            return
        last_roll = self._sequence(week.number * DAYS_A_WEEK - 1)
        for person in dict.fromkeys(person for person, _ in in_week(self.adopted, week.number)):
            found = self.tracking.get(person.serial)
            if found is None or found.since != week.at or person.filed is None:
                continue
            seen = TruthEvent(
                kind="adopted_in_custody",
                ppo_reference=person.adoptions[0].reference,
                prison_number=person.prison_number,
                occurred_at=week.at,
                observable=True,
                first_file=last_roll,
                to_establishment=person.filed.prison,
            )
            hidden = replace(seen, observable=False, first_file=None, why_not="in_review")
            self._found_inside.append(hidden if found.in_review else seen)


def when_freed(world: World, person: Person) -> None:
    """Plan whether somebody who left custody comes back: the prolific do, now and then on the same day."""
    if person.at_large_from is not None:
        world.plan_in(RECAPTURED_AFTER_DAYS, receptions.recapture, person, least_days=1.5)
    if person.is_gone or person.at_large_from is not None or not person.is_prolific:
        return
    if world.rng.random() < SAME_DAY_RETURN_SHARE:
        world.plan(world.clock(world.today, start=18, end=21), receptions.receive, person)
    else:
        caseloads.plan_return(world, person)
