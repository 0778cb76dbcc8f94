"""Fill the prisons as they stand on the first morning, each person with a past."""

from datetime import date, timedelta
from typing import Final

from feeds.training import movements, receptions, release_plans
from feeds.training.model import ACTIVE_OUT, Custody, Movement, Person, operative_of
from feeds.training.sentences import nearest_working_day, pass_sentence, served_already
from feeds.training.world import World, stay

# Legal status and its share: of prolific offenders, and of everybody else.
STATUSES: Final = (
    ("REMAND", 27, 16),
    ("CONVICTED_UNSENTENCED", 5, 4),
    ("SENTENCED", 51, 64),
    ("RECALL", 16, 11),
    ("INDETERMINATE_SENTENCE", 1, 4),
    ("IMMIGRATION_DETAINEE", 0, 0.6),
    ("CIVIL_PRISONER", 0, 0.4),
)
ADMISSION_REASONS: Final = {
    "REMAND": "N",
    "CONVICTED_UNSENTENCED": "V",
    "SENTENCED": "I",
    "RECALL": "L",
    "INDETERMINATE_SENTENCE": "I",
    "IMMIGRATION_DETAINEE": "E",
    "CIVIL_PRISONER": "C",
}
SENTENCED_FROM_REMAND_SHARE: Final = 0.65
IN_TRAINING_PRISON_SHARE: Final = 0.7
AT_COURT_LATELY_SHARE: Final = 0.35
IN_HOSPITAL_SHARE: Final = 0.006
CONFIRMED_SHARE: Final = 0.55
CONFIRMED_AHEAD_DAYS: Final = 14
CURFEW_SHARE: Final = 0.15
RECALL_END_SHARE: Final = 0.3


def place_inside(world: World, person: Person) -> None:
    """Put a person into custody as somebody who has been there for some time."""
    weights = [status[1] if person.is_prolific else status[2] for status in STATUSES]
    status = world.rng.choices([status[0] for status in STATUSES], weights)[0]
    on = _reception_day(world, status, person)
    custody = receptions.new_stay(world, person, legal_status=status, reason=ADMISSION_REASONS[status], admitted_on=on)
    if status == "SENTENCED":
        _serve(world, person)
    if status == "RECALL":
        receptions.recall_dates(world, custody)
        if world.rng.random() < RECALL_END_SHARE:
            custody.dates["CONFIRMED"] = _working_day_in(world, 2, 25)
            custody.release_reason = "PD"
    _move_about(world, person, custody)
    _near_release(world, person, custody)
    receptions.plan_stay(world, person)


def _reception_day(world: World, status: str, person: Person) -> date:
    """Return the day of reception; of the sentenced, as if on remand until today: `_serve` goes further back."""
    rng = world.rng
    if status == "INDETERMINATE_SENTENCE":
        return world.today - timedelta(days=rng.randint(200, min(5500, _adult_days(world, person))))
    mean_days = {"SENTENCED": 60.0, "RECALL": 50.0}.get(status, 70.0)
    return world.today - timedelta(days=1 + round(rng.expovariate(1 / mean_days)))


def _adult_days(world: World, person: Person) -> int:
    """Return for how long the person has been of an age to be in an adult prison, but at least 300 days."""
    return max(300, (world.today - person.born).days - 18 * 365)


def _serve(world: World, person: Person) -> None:
    """Give a sentence of which a part has been served; the reception lies before it or on its day."""
    custody = stay(person)
    fresh = pass_sentence(world.rng, on=world.today, is_prolific=person.is_prolific, is_stock=True)
    release = operative_of(fresh.dates)
    to_serve = min(((release or world.today) - world.today).days - 1, _adult_days(world, person))
    served = world.rng.randint(0, max(to_serve, 0))
    sentence = served_already(fresh, days=served)
    custody.sentenced_on = world.today - timedelta(days=served)
    custody.sentence_days = sentence.days
    custody.dates = dict(sentence.dates)
    custody.licence_type = sentence.licence_type
    on_remand = world.rng.random() < SENTENCED_FROM_REMAND_SHARE
    days_before = (world.today - custody.first_reception).days if on_remand else 0
    received = min(custody.sentenced_on - timedelta(days=days_before), world.today - timedelta(days=1))
    custody.first_reception = custody.first_movement = received
    custody.moved = Movement("ADM", "N" if on_remand else "I", world.clock(received, start=14, end=20))


def _move_about(world: World, person: Person, custody: Custody) -> None:
    """Let the last movement be a transfer or a day at court rather than the reception, for many."""
    inside_days = (world.today - custody.first_reception).days
    is_waiting = custody.legal_status in movements.UNSENTENCED
    if not is_waiting and inside_days > 30 and world.rng.random() < IN_TRAINING_PRISON_SHARE:  # noqa: PLR2004 - days inside
        _was_transferred(world, person, custody, inside_days)
    elif is_waiting and inside_days > 3 and world.rng.random() < AT_COURT_LATELY_SHARE:  # noqa: PLR2004 - days inside
        day = world.today - timedelta(days=world.rng.randint(1, min(inside_days - 1, 25)))
        custody.moved = Movement("CRT", "CRT", world.clock(day, start=16, end=19))
    if inside_days > 5 and world.rng.random() < IN_HOSPITAL_SHARE:  # noqa: PLR2004 - days inside
        _is_in_hospital(world, person, custody)


def _was_transferred(world: World, person: Person, custody: Custody, inside_days: int) -> None:
    day = world.today - timedelta(days=world.rng.randint(2, inside_days - 20))
    release = custody.operative
    purpose = "training"
    if release and (release - world.today).days < movements.OPEN_PRISON_DAYS_BEFORE_RELEASE:
        purpose = world.rng.choice(("training", "training", "open"))
    place = world.prisons.pick(
        world.rng, sex=person.sex, region=person.area.region, purpose=purpose, other_than=custody.prison
    )
    reason = world.rng.choice(movements.TRANSFER_REASONS)
    custody.transfer_reason = movements.TRANSFER_TEXTS[reason]
    custody.received_from = world.prisons.by_code[custody.prison].name
    custody.prison = place.code
    custody.moved = Movement("ADM", "INT", world.clock(day, start=11, end=16))


def _is_in_hospital(world: World, person: Person, custody: Custody) -> None:
    yesterday = world.today - timedelta(days=1)
    custody.moved = Movement("TAP", "C6", world.clock(yesterday, start=10, end=22))
    custody.status = ACTIVE_OUT
    back = world.clock(world.today + timedelta(days=world.rng.randint(0, 4)), start=10, end=18)
    world.plan(back, _comes_back, person)


def _comes_back(world: World, person: Person) -> None:
    movements.back_after(world, person, kind="returned_from_absence")


def _near_release(world: World, person: Person, custody: Custody) -> None:
    """Confirm what is near, approve a curfew here and there."""
    curfew = custody.dates.get("HDCED")
    release = custody.operative
    if custody.legal_status != "SENTENCED" or release is None:
        return
    if curfew and abs((curfew - world.today).days) < CONFIRMED_AHEAD_DAYS and world.rng.random() < CURFEW_SHARE:
        day = max(_working_day_in(world, 3, 20), nearest_working_day(curfew))
        if day < release:
            custody.dates["HDCAD"] = day
    elif (release - world.today).days <= CONFIRMED_AHEAD_DAYS and world.rng.random() < CONFIRMED_SHARE:
        day = release_plans.release_day(world, custody)
        if day > world.today:
            custody.release_reason = release_plans.reason_of(custody)
            custody.dates["CONFIRMED"] = day
            release_plans.set_discharge_address(world, person)


def _working_day_in(world: World, least: int, most: int) -> date:
    return nearest_working_day(world.today + timedelta(days=world.rng.randint(least, most)))
