"""Plan the day on which somebody is let out, confirm it beforehand, and change it late."""

from datetime import date, timedelta
from typing import Final

from feeds.training.departures import LINGERING_SHARE, let_go, stands_in_the_file
from feeds.training.model import Custody, Person, operative_type_of
from feeds.training.sentences import day_with_services, nearest_working_day, working_day_before
from feeds.training.world import Action, World, stay

CONFIRMED_SHARE: Final = 0.72
CONFIRMED_DAYS_BEFORE: Final = (14, 14, 12, 10, 7, 2)
WHOLE_POLICY_SHARE: Final = 0.4
LATE_SHARE: Final = 0.012
LATE_CHANGE_SHARE: Final = 0.2
LATE_CHANGE_DAYS: Final = (-3, -2, -1, 1, 2, 4, 7)
WITHDRAWN_SHARE: Final = 0.2
HAS_DISCHARGE_ADDRESS_SHARE: Final = 0.85
BACK_HOME_SHARE: Final = 0.7
# Addresses that lack their postcode, or have it in one of the other lines.
NO_POSTCODE_SHARE: Final = 0.06
POSTCODE_IN_A_LINE_SHARE: Final = 0.05
RELEASE_HOURS: Final = (8.75, 11.0)
OFFICE_HOURS: Final = (9.0, 17.0)
REASON_BY_TYPE: Final = {"HDCAD": "HR", "CRD": "CR", "NPD": "NP", "SED": "SC"}


def plan_release(world: World, person: Person, *, may_confirm: bool = True) -> None:
    """Plan the release that the dates now give, and perhaps its confirmation; older plans fall away."""
    custody = stay(person)
    custody.plan += 1
    if custody.operative is None:
        return
    day = max(release_day(world, custody), world.today + timedelta(days=1))
    if world.rng.random() < LATE_SHARE:
        day = nearest_working_day(day + timedelta(days=4))
    world.plan(world.clock(day, start=RELEASE_HOURS[0], end=RELEASE_HOURS[1]), _release(custody.plan), person)
    if may_confirm and "CONFIRMED" not in custody.dates and world.rng.random() < CONFIRMED_SHARE:
        days_before = world.rng.choice(CONFIRMED_DAYS_BEFORE)
        at = world.clock(day - timedelta(days=days_before), start=OFFICE_HOURS[0], end=OFFICE_HOURS[1])
        world.plan(at, _confirm(custody.plan, day), person)


def release_day(world: World, custody: Custody) -> date:
    """Return the day on which the prison opens the gate for the date that counts.

    Weekends and bank holidays move conditional releases back to a working day, or by the whole policy to
    the last day on which offices are open the day after.
    Source: domain.md a.5.
    """
    due = custody.operative
    if due is None:
        raise ValueError("no date counts; plan a release only where one does")
    if operative_type_of(custody.dates) in ("CONFIRMED", "HDCAD"):
        return due
    if operative_type_of(custody.dates) == "CRD" and world.rng.random() < WHOLE_POLICY_SHARE:
        return day_with_services(due)
    return working_day_before(due)


def changed_dates(world: World, person: Person, *, old: date | None, was_confirmed_now: bool = False) -> None:
    """Tell of the change if another day counts now, or the same one for certain, and plan the release anew."""
    new = stay(person).operative
    if old == new and was_confirmed_now:
        world.tell(person, "release_date_confirmed", old_date=old, new_date=new)
    elif old != new:
        kind = "set" if old is None else "changed" if new is not None else "withdrawn"
        world.tell(person, f"release_date_{kind}", old_date=old, new_date=new)
    world.touch(person)
    plan_release(world, person)


def confirm(world: World, person: Person, day: date) -> None:
    """Write down a confirmed release date, the reason and where the person will live."""
    custody = stay(person)
    custody.release_reason = reason_of(custody)
    old, was_confirmed = custody.operative, "CONFIRMED" in custody.dates
    custody.dates["CONFIRMED"] = day
    set_discharge_address(world, person)
    changed_dates(world, person, old=old, was_confirmed_now=not was_confirmed)


def reason_of(custody: Custody) -> str:
    """Return the release code that the stay will end with."""
    if custody.legal_status == "RECALL":
        return "PD"
    if custody.legal_status == "INDETERMINATE_SENTENCE":
        return "PX"
    others = {kind: day for kind, day in custody.dates.items() if kind != "CONFIRMED"}
    return REASON_BY_TYPE[operative_type_of(others)]


def set_discharge_address(world: World, person: Person) -> None:
    """Say where the person will live: at home, or in another area."""
    custody = stay(person)
    if world.rng.random() >= HAS_DISCHARGE_ADDRESS_SHARE:
        return
    if world.rng.random() < BACK_HOME_SHARE:
        custody.discharge_lines, custody.discharge_postcode = person.address, person.postcode
    else:
        area = world.rng.choice(world.people.home_areas)
        custody.discharge_lines, custody.discharge_postcode = world.people.address(area)
    chance = world.rng.random()
    if chance < NO_POSTCODE_SHARE:
        custody.discharge_postcode = ""
    elif chance < NO_POSTCODE_SHARE + POSTCODE_IN_A_LINE_SHARE:
        custody.discharge_lines = (*custody.discharge_lines, custody.discharge_postcode)


def _release(plan: int) -> Action:
    def release(world: World, person: Person) -> None:
        custody = stay(person)
        if custody.plan != plan:
            return
        # Who goes before the day that counts must be gone from the next file: it would still tell of the date.
        is_due = custody.operative is not None and custody.operative <= world.today
        lingers = is_due and stands_in_the_file(person) and world.rng.random() < LINGERING_SHARE
        let_go(world, person, reason=reason_of(custody), lingers=lingers)

    return release


def _confirm(plan: int, day: date) -> Action:
    def confirm_planned(world: World, person: Person) -> None:
        if stay(person).plan != plan:
            return
        confirm(world, person, day)
        if world.rng.random() < LATE_CHANGE_SHARE and (day - world.today).days > 1:
            wait = world.rng.uniform(0.1, (day - world.today).days - 1)
            world.plan(world.now + timedelta(days=wait), _change_late, person)

    return confirm_planned


def _change_late(world: World, person: Person) -> None:
    custody = stay(person)
    old = custody.dates.get("CONFIRMED")
    if old is None or old <= world.today + timedelta(days=1):
        return
    if world.rng.random() < WITHDRAWN_SHARE:
        del custody.dates["CONFIRMED"]
        custody.release_reason = ""
    else:
        moved = old + timedelta(days=world.rng.choice(LATE_CHANGE_DAYS))
        custody.dates["CONFIRMED"] = nearest_working_day(moved, not_before=world.today + timedelta(days=2))
    changed_dates(world, person, old=old)


def put_back_at_the_last(world: World, person: Person) -> None:
    """Put a confirmed release back when it is a day or two away: the check before release found something.

    Source: domain.md a.5 (PSO 6650).
    """
    custody = stay(person)
    old = custody.dates.get("CONFIRMED")
    if old is None or old <= world.today:
        return
    custody.dates["CONFIRMED"] = nearest_working_day(
        old + timedelta(days=world.rng.choice((1, 2, 4, 7))), not_before=old + timedelta(days=1)
    )
    changed_dates(world, person, old=old)
