"""Plan the hard cases that chance brings too seldom, and tell which hard cases the files hold."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from feeds.training import movements, receptions, release_plans
from feeds.training.judging import Gap, Verdict
from feeds.training.model import ACTIVE_IN, Person, operative_type_of
from feeds.training.sentences import FRIDAY, day_with_services, is_bank_holiday, is_working_day, working_day_before
from feeds.training.truth import HardCase
from feeds.training.world import World, stay

# How many of each kind are planned in a national world: some come to nothing.
NATIONAL_PLANS: Final = 200
FEWEST_PLANS: Final = 2
EARLY_SHARE: Final = 0.7
# Nobody whose release is near is sent about for the sake of a hard case.
FAR_FROM_RELEASE_DAYS: Final = 20
# How far ahead a bank holiday may lie whose releases come before it, and still fall among the files.
HOLIDAY_AHEAD_DAYS: Final = 4
CASES: Final = (
    "two_moves_in_a_day",
    "in_and_out_between_files",
    "typing_errors_to_review",
    "early_weekend_releases",
    "early_bank_holiday_releases",
    "twins",
    "fathers_and_sons",
    "dummy_identifiers",
    "pnc_of_somebody_else",
)


def plans(scale: float) -> int:
    """Return how many of a kind a world of this scale plans."""
    return max(FEWEST_PLANS, round(NATIONAL_PLANS * scale))


def plan_day(world: World, people: Sequence[Person], *, gap: int, scale: float) -> None:
    """Plan for the day after a roll what its gap, counted from 0, owes: double moves and stays of an evening."""
    due = due_in_gap(plans(scale), gap=gap, gaps=world.calendar.days - 1)
    movers = [person for person in people if _may_move(world, person)]
    for person in world.rng.sample(movers, min(due, len(movers))):
        world.plan(world.clock(world.today, start=7.3, end=8.5), movements.move_twice, person)
    free = [person for person in people if _is_free(person)]
    for person in world.rng.sample(free, min(due, len(free))):
        world.plan(world.clock(world.today, start=11, end=19), receptions.hold_briefly, person)


def due_in_gap(whole: int, *, gap: int, gaps: int) -> int:
    """Return how many of a whole fall into one of the gaps, counted from 0; a single one comes in the first third."""
    first, second = ((whole * number + EARLY_SHARE * gaps) // gaps for number in (gap, gap + 1))
    return int(second - first)


def end_on_free_days(world: World, people: Sequence[Person], *, scale: float) -> None:
    """Let the sentences of some end on a weekend or bank holiday of these days, so that they are let out before it."""
    weekends, holidays = _free_days(world)
    waiting = [person for person in people if _serves_a_long_sentence(world, person)]
    world.rng.shuffle(waiting)
    for days in filter(None, (holidays, weekends)):
        for number in range(min(plans(scale), len(waiting))):
            person = waiting.pop()
            custody = stay(person)
            custody.dates = _ending(custody.dates, days[number % len(days)])
            release_plans.plan_release(world, person, may_confirm=False)


def _free_days(world: World) -> tuple[list[date], list[date]]:
    """Return the weekend days, and the bank holidays, whose releases come between the first roll and the last."""
    first, last = world.calendar.first_day, world.calendar.end
    ahead = (first + timedelta(days=days) for days in range((last - first).days + HOLIDAY_AHEAD_DAYS))
    days = [
        day
        for day in ahead
        if not is_working_day(day) and day_with_services(day) >= first and working_day_before(day) < last
    ]
    return [day for day in days if not is_bank_holiday(day)], [day for day in days if is_bank_holiday(day)]


def made_on_purpose(world: World) -> Iterator[HardCase]:
    """Yield what was put into the world before the first roll and stands in it: call when that roll was filed."""
    for case, person, witness in world.noted:
        if witness is None or witness.filed is not None:
            other = "" if witness in (None, person) else witness.prison_number
            yield HardCase(case, person.adoptions[0].reference, person.prison_number, other)


def seen_between(gap: Gap, person: Person, verdicts: Sequence[Verdict], *, file: int) -> Iterator[HardCase]:
    """Yield the hard cases among what happened to somebody between two rolls. ``file``: the later one's sequence."""
    reference = person.adoptions[0].reference
    moves = [verdict for verdict in verdicts if verdict.happening.kind == "transferred"]
    if len(moves) > 1 and any(verdict.observable for verdict in moves):
        yield HardCase("two_moves_in_a_day", reference, person.prison_number, file=file)
    for verdict in verdicts:
        if verdict.why_not == "left_before_the_file" and gap.before is None:
            booking = verdict.happening.booking
            yield HardCase("in_and_out_between_files", reference, person.prison_number, booking=booking, file=file)
        elif verdict.happening.kind == "released" and verdict.observable and gap.before is not None:
            case = _early(gap.before.operative, verdict.happening.at.date())
            if case:
                yield HardCase(case, reference, person.prison_number, file=file)


def _early(due: date | None, left: date) -> str:
    """Return the case of a release before its day; empty when it was on the day, or late."""
    if due is None or left >= due:
        return ""
    return "early_bank_holiday_releases" if _is_moved_by_holiday(due) else "early_weekend_releases"


def _is_moved_by_holiday(due: date) -> bool:
    """Say whether a bank holiday moves the date: on the day, or on the day after one that is no Friday."""
    is_eve = due.weekday() < FRIDAY and is_bank_holiday(due + timedelta(days=1))
    return is_bank_holiday(due) or is_eve


def _is_free(person: Person) -> bool:
    return person.custody is None and not person.is_gone and person.at_large_from is None


def _may_move(world: World, person: Person) -> bool:
    custody = person.custody
    if custody is None or custody.status != ACTIVE_IN or custody.lost_by_feed:
        return False
    release = custody.operative
    return release is None or (release - world.today).days > FAR_FROM_RELEASE_DAYS


def _serves_a_long_sentence(world: World, person: Person) -> bool:
    """Say whether a sentence runs whose date the law sets, so far off that nothing about it is settled."""
    custody = person.custody
    if custody is None or custody.legal_status != "SENTENCED" or operative_type_of(custody.dates) != "CRD":
        return False
    return (custody.dates["CRD"] - world.calendar.end).days > FAR_FROM_RELEASE_DAYS


def _ending(dates: dict[str, date], day: date) -> dict[str, date]:
    """Return the dates of a sentence of which so much more has been served that it ends on the day."""
    earlier = dates["CRD"] - day
    kept = {kind: stated - earlier for kind, stated in dates.items() if kind in ("CRD", "TUSED")}
    return {kind: day for kind, day in dates.items() if kind in ("SED", "LED")} | kept


def counted(cases: Sequence[HardCase]) -> dict[str, int]:
    """Return how many of each kind there are, also of those that are not met."""
    return {kind: sum(case.case == kind for case in cases) for kind in CASES}
