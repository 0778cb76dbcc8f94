"""Move people who are inside: between prisons, to court and back, out on temporary absence and back."""

from datetime import date, datetime, time, timedelta
from typing import Final

from feeds.training.model import ACTIVE_IN, ACTIVE_OUT, IN_TRANSIT, Person
from feeds.training.sentences import is_working_day
from feeds.training.world import Action, World, stay

# Days between two of a kind, on average, for one person.
COURT_REMAND_DAYS: Final = 28.0
COURT_SENTENCED_DAYS: Final = 650.0
TRANSFER_REMAND_DAYS: Final = 220.0
TRANSFER_SENTENCED_DAYS: Final = 170.0
ABSENCE_OPEN_DAYS: Final = 12.0
ABSENCE_CLOSED_DAYS: Final = 260.0
# Nobody leaves again within these days of coming in: the first file must show where they came in.
SETTLED_AFTER_DAYS: Final = 3.0
UNSENTENCED: Final = frozenset({"REMAND", "CONVICTED_UNSENTENCED"})
OVERNIGHT_COURT_SHARE: Final = 0.06
BEFORE_THE_FILE_SHARE: Final = 0.04
BY_COURT_SHARE: Final = 0.02
SECOND_LEG_SHARE: Final = 0.05
IN_TRANSIT_OVERNIGHT_SHARE: Final = 0.06
HOSPITAL_AFTER_MOVE_SHARE: Final = 0.01
PENDING_SHARE: Final = 0.4
# A van that leaves later than this stays somewhere overnight: its passengers are between prisons at 05:30.
LATE_DEPARTURE_HOUR: Final = 15
OPEN_PRISON_DAYS_BEFORE_RELEASE: Final = 400
OPEN_PRISON_SHARE: Final = 0.35
TRANSFER_REASONS: Final = ("NOTR", "NOTR", "NOTR", "OVCROW", "OVCROW", "SEC", "MED", "PROAT")
TRANSFER_TEXTS: Final = {
    "NOTR": "Normal Transfer",
    "OVCROW": "Overcrowding Draft",
    "SEC": "Security Reasons",
    "MED": "Medical",
    "PROAT": "Programme Attendance",
}
# Reason, and the hours that such an absence lasts, least and most.
OPEN_ABSENCES: Final = (("R2", 8, 10), ("YRDR", 7, 9), ("RO", 30, 75), ("R3", 26, 50))
CLOSED_ABSENCES: Final = (("C5", 3, 7), ("C5", 3, 7), ("C6", 26, 120), ("C3", 4, 8), ("PC", 6, 34))


def plan_movements(world: World, person: Person) -> None:
    """Plan the next court day, transfer and absence of somebody inside."""
    plan_court(world, person, least_days=SETTLED_AFTER_DAYS)
    plan_transfer(world, person)
    plan_absence(world, person)


def plan_court(world: World, person: Person, *, least_days: float = 1.5) -> None:
    """Plan the next day at court."""
    is_unsentenced = stay(person).legal_status in UNSENTENCED
    mean = COURT_REMAND_DAYS if is_unsentenced else COURT_SENTENCED_DAYS
    world.plan_in(mean, _court_morning, person, least_days=least_days)


def plan_transfer(world: World, person: Person) -> None:
    """Plan the next move to another prison."""
    is_unsentenced = stay(person).legal_status in UNSENTENCED
    mean = TRANSFER_REMAND_DAYS if is_unsentenced else TRANSFER_SENTENCED_DAYS
    world.plan_in(mean, _announce_transfer, person, least_days=SETTLED_AFTER_DAYS)


def plan_absence(world: World, person: Person) -> None:
    """Plan the next temporary absence; open prisons grant them often."""
    place = world.prisons.by_code[stay(person).prison]
    mean = ABSENCE_OPEN_DAYS if place.is_open else ABSENCE_CLOSED_DAYS
    world.plan_in(mean, _absence_morning, person, least_days=SETTLED_AFTER_DAYS)


def next_morning(world: World) -> datetime:
    """Return when the vans leave on a working day soon after today."""
    return world.clock(soon(world), start=7.25, end=9.25)


def soon(world: World) -> date:
    """Return tomorrow if courts sit then, else a day of the week that follows: not everything falls on a Monday."""
    day = world.today + timedelta(days=1)
    return day if is_working_day(day) else next_working_day(day + timedelta(days=world.rng.randrange(5)))


def next_working_day(day: date) -> date:
    """Return the day itself or the next one on which courts sit."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def send_to_court(world: World, person: Person, *, reason: str, overnight: bool = False) -> bool:
    """Send somebody to court if they stand in their prison; they come back that day, or the next."""
    if stay(person).status != ACTIVE_IN:
        return False
    custody = world.move(person, "CRT", reason)
    custody.status = ACTIVE_OUT
    world.tell(person, "at_court", origin=custody.prison, destination=custody.prison)
    nights = 1 if overnight or world.rng.random() < OVERNIGHT_COURT_SHARE else 0
    back = world.clock(next_working_day(world.today + timedelta(days=nights)), start=16, end=19)
    by_transfer = reason != "SENT" and world.rng.random() < BY_COURT_SHARE
    world.plan(back, _arrive_from_court if by_transfer else _back_from_court, person)
    return True


def send_overnight(world: World, person: Person) -> None:
    """Send somebody to court who is kept there until the next working day."""
    send_to_court(world, person, reason="TRIAL", overnight=True)


def back_after(world: World, person: Person, *, kind: str) -> None:
    """Bring somebody back from court or absence to the prison they left."""
    custody = stay(person)
    custody.status = ACTIVE_IN
    world.move(person, "CRT" if kind == "returned_from_court" else "TAP", custody.moved.reason)
    world.tell(person, kind, origin=custody.prison, destination=custody.prison)


def _court_morning(world: World, person: Person) -> None:
    day = soon(world)
    leaves = world.clock(day, start=7.25, end=9.25)
    if world.rng.random() < BEFORE_THE_FILE_SHARE:
        leaves = world.clock(day, start=5.0, end=5.45)
    world.plan(leaves, _leave_for_court, person)


def _leave_for_court(world: World, person: Person) -> None:
    send_to_court(world, person, reason=world.rng.choice(("CRT", "CRT", "PDH", "TRIAL", "BAIL")))
    plan_court(world, person)


def _back_from_court(world: World, person: Person) -> None:
    back_after(world, person, kind="returned_from_court")


def _arrive_from_court(world: World, person: Person) -> None:
    _arrive(world, person, reason="TRNCRT", purpose="reception")


def _absence_morning(world: World, person: Person) -> None:
    world.plan(world.clock(world.today + timedelta(days=1), start=8, end=11), _go_out, person)


def _go_out(world: World, person: Person) -> None:
    place = world.prisons.by_code[stay(person).prison]
    if stay(person).status == ACTIVE_IN:
        reason, least, most = world.rng.choice(OPEN_ABSENCES if place.is_open else CLOSED_ABSENCES)
        _start_absence(world, person, reason=reason, hours=world.rng.uniform(least, most))
    plan_absence(world, person)


def _start_absence(world: World, person: Person, *, reason: str, hours: float) -> None:
    custody = world.move(person, "TAP", reason)
    custody.status = ACTIVE_OUT
    world.tell(person, "temporary_absence", origin=custody.prison, destination=custody.prison)
    back = (world.now + timedelta(hours=hours)).replace(microsecond=0)
    if back.time() < time(6):  # nobody comes back in the small hours
        back = back.replace(hour=9)
    world.plan(back, _back_from_absence, person)


def _back_from_absence(world: World, person: Person) -> None:
    back_after(world, person, kind="returned_from_absence")


def _announce_transfer(world: World, person: Person) -> None:
    days_ahead = world.rng.choice((1, 1, 2, 3))
    place = _next_prison(world, person)
    if world.rng.random() < PENDING_SHARE:
        stay(person).pending_transfer = world.prisons.by_code[place].name
        world.touch(person)
    day = next_working_day(soon(world) + timedelta(days=days_ahead - 1))
    late = world.rng.random() < IN_TRANSIT_OVERNIGHT_SHARE
    leaves = world.clock(day, start=17, end=19) if late else world.clock(day, start=8.5, end=10.5)
    world.plan(leaves, _depart_for(place), person)


def _next_prison(world: World, person: Person) -> str:
    custody = stay(person)
    purpose = "reception" if custody.legal_status in UNSENTENCED else "training"
    release = custody.operative
    near_release = release and (release - world.today).days < OPEN_PRISON_DAYS_BEFORE_RELEASE
    if near_release and world.rng.random() < OPEN_PRISON_SHARE:
        purpose = "open"
    return world.prisons.pick(
        world.rng, sex=person.sex, region=person.area.region, purpose=purpose, other_than=custody.prison
    ).code


def move_twice(world: World, person: Person) -> None:
    """Move somebody on to a second prison on the day on which they come to the first."""
    _depart_for(_next_prison(world, person), onward=True)(world, person)


def move(world: World, person: Person) -> None:
    """Move somebody to another prison, who stays on the road overnight if the van leaves late in the day."""
    _depart_for(_next_prison(world, person))(world, person)


def stay_out_too_long(world: World, person: Person) -> None:
    """Let somebody out for some days who does not come back within four. Source: feeds.md 10, ruling 13."""
    if stay(person).status == ACTIVE_IN:
        _start_absence(world, person, reason=world.rng.choice(("RO", "C6")), hours=world.rng.uniform(100, 230))


def _depart_for(place: str, *, onward: bool = False) -> Action:
    def depart(world: World, person: Person) -> None:
        custody = stay(person)
        if custody.status == ACTIVE_IN and place != custody.prison:
            reason = world.rng.choice(TRANSFER_REASONS)
            world.move(person, "TRN", reason)
            custody.status = IN_TRANSIT
            custody.transfer_reason = TRANSFER_TEXTS[reason]
            world.tell(person, "in_transit", origin=custody.prison, destination=place)
            world.plan(_arrival_time(world), _arrive_at(place, onward=onward), person)
        else:
            custody.pending_transfer = ""
            world.touch(person)
        plan_transfer(world, person)

    return depart


def _arrival_time(world: World) -> datetime:
    if world.now.hour < LATE_DEPARTURE_HOUR:
        return world.now + timedelta(minutes=world.rng.randint(70, 240))
    return world.clock(world.today + timedelta(days=1), start=9, end=12)


def _arrive_at(place: str, *, onward: bool) -> Action:
    def arrive(world: World, person: Person) -> None:
        settle(world, person, place=place, reason="INT")
        chance = 0.0 if onward else world.rng.random()
        if chance < SECOND_LEG_SHARE:
            world.plan(world.now + timedelta(minutes=95), _depart_for(_next_prison(world, person)), person)
        elif chance < SECOND_LEG_SHARE + HOSPITAL_AFTER_MOVE_SHARE:
            world.plan(world.clock(world.today, start=19, end=23), _to_hospital, person)

    return arrive


def _to_hospital(world: World, person: Person) -> None:
    if stay(person).status == ACTIVE_IN:
        _start_absence(world, person, reason="C6", hours=world.rng.uniform(14, 60))


def _arrive(world: World, person: Person, *, reason: str, purpose: str) -> None:
    place = world.prisons.pick(
        world.rng,
        sex=person.sex,
        region=person.area.region,
        purpose=purpose,
        other_than=stay(person).prison,
    )
    settle(world, person, place=place.code, reason=reason)


def settle(world: World, person: Person, *, place: str, reason: str) -> None:
    """Receive somebody from another prison."""
    custody = stay(person)
    origin = custody.prison
    world.move(person, "ADM", reason)
    custody.status = ACTIVE_IN
    custody.prison = place
    custody.received_from = world.prisons.by_code[origin].name
    custody.pending_transfer = ""
    world.tell(person, "transferred", origin=origin, destination=place)
