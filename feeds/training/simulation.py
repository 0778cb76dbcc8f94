"""Build a world and advance it from roll to roll, writing down what the files show and what truly happened."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from feeds.training import caseloads, places, prehistory, receptions, slips
from feeds.training.judging import Gap, Verdict, filed, judge
from feeds.training.model import Person
from feeds.training.people import PeopleMaker
from feeds.training.ppo_rows import in_week, is_removed
from feeds.training.truth import Tracking, TruthEvent
from feeds.training.world import PPO_TIME, ROLL_TIME, Calendar, World

LONDON: Final = ZoneInfo("Europe/London")
NATIONAL_ROLL: Final = 88_000
DAYS_A_WEEK: Final = caseloads.DAYS_A_WEEK
SAME_DAY_RETURN_SHARE: Final = 0.03
SUNDAY: Final = 6


@dataclass(frozen=True)
class Moment:
    """The moment of a file: ``number`` counts the rolls, or the weekly PPO files, from 0."""

    feed: str
    number: int
    day: date

    @property
    def at(self) -> datetime:
        """The aware time of the extract."""
        return aware(datetime.combine(self.day, ROLL_TIME if self.feed == "prison_roll" else PPO_TIME))


class Simulation:
    """One invented world, advanced file by file."""

    def __init__(self, *, scale: float, seed: int, calendar: Calendar) -> None:
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
        self._verdicts: list[tuple[Person, Verdict, int]] = []
        self._found_inside: list[TruthEvent] = []
        self.tracking = {person.serial: found for person in self.adopted if (found := self._tracking(person))}

    def advance(self, observe: Callable[[Moment], None]) -> None:
        """Run the days, calling ``observe`` at the moment of each file in the order of delivery."""
        self._run_in()
        for number in range(self.calendar.days):
            day = self.calendar.day(number)
            if number % DAYS_A_WEEK == 0:
                week = Moment("ppo", number // DAYS_A_WEEK, day)
                self._find_inside(week)
                observe(week)
            self.world.run_until(datetime.combine(day, ROLL_TIME))
            self._judge(number)
            observe(Moment("prison_roll", number, day))
            self._plan_receptions()

    def truth(self) -> list[TruthEvent]:
        """Return every event of the tracked people, in order of time."""
        file_at = {number + 1: Moment("prison_roll", number, self.calendar.day(number)).at for number in self._rolls()}
        events = self._found_inside + [
            self.tracking[person.serial].mark(_event(person, verdict, number), file_at=file_at)
            for person, verdict, number in self._verdicts
        ]
        return sorted(events, key=lambda event: (event.occurred_at, event.prison_number, event.kind))

    def _run_in(self) -> None:
        """Live through the days before the first file, of which only their outcome is seen."""
        while self.world.today < self.calendar.first_day - timedelta(days=1):
            self._plan_receptions()
            self.world.run_until(self.world.now + timedelta(days=1))
        self._plan_receptions()

    def _rolls(self) -> range:
        return range(self.calendar.days)

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

    def _judge(self, number: int) -> None:
        day = self.calendar.day(number)
        for person in self.world.touched.values():
            before, after = person.filed, filed(person.custody, before=person.filed)
            if number and person.serial in self.tracking:
                gap = Gap(before, after, day - timedelta(days=1), day, datetime.combine(day, ROLL_TIME))
                self._verdicts += [(person, verdict, number) for verdict in judge(gap, person.happenings)]
            person.filed = after
            person.happenings.clear()
        self.world.touched.clear()

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
        return Moment("ppo", week, self.calendar.day(week * DAYS_A_WEEK))

    def _find_inside(self, week: Moment) -> None:
        """Note who is adopted this week and stood in the last roll. Source: feeds.md 3 (adopted later)."""
        if week.number == 0:
            return
        last_roll = week.number * DAYS_A_WEEK  # the roll of the day before, counted from 1
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
    if person.is_gone or not person.is_prolific:
        return
    if world.rng.random() < SAME_DAY_RETURN_SHARE:
        world.plan(world.clock(world.today, start=18, end=21), receptions.receive, person)
    else:
        caseloads.plan_return(world, person)


def aware(moment: datetime) -> datetime:
    """Return a London clock time with its zone, to the second; of an hour that comes twice, the first.

    Source: feeds.md 3.
    """
    return moment.replace(microsecond=0, tzinfo=LONDON, fold=0)


def _event(person: Person, verdict: Verdict, number: int) -> TruthEvent:
    happening = verdict.happening
    return TruthEvent(
        kind=happening.kind,
        ppo_reference=person.adoptions[0].reference,
        prison_number=person.prison_number,
        occurred_at=aware(happening.at),
        observable=verdict.observable,
        first_file=number + 1 if verdict.observable else None,
        from_establishment=happening.origin,
        to_establishment=happening.destination,
        old_date=happening.old_date,
        new_date=happening.new_date,
        why_not=verdict.why_not,
    )
