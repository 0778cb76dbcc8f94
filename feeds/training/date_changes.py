"""Change the dates of those who serve a sentence: recalculation, curfew, parole, the end of a recall."""

from datetime import date, timedelta
from typing import Final

from feeds.training.model import Custody, Person
from feeds.training.release_plans import OFFICE_HOURS, changed_dates, confirm, plan_release
from feeds.training.sentences import nearest_working_day
from feeds.training.world import Action, World, stay

RECALCULATION_DAYS: Final = 190.0
# The court's papers are queried this seldom; the dates are taken out until it has answered.
QUERY_DAYS: Final = 900.0
QUERY_DAYS_BEFORE_RELEASE: Final = 20
SECOND_LOOK_SHARE: Final = 0.06
BROUGHT_FORWARD_SHARE: Final = 0.55
CURFEW_SHARE: Final = 0.35
CURFEW_WITHDRAWN_DAYS: Final = 120.0
PAROLE_DAYS: Final = 500.0
PAROLE_WITHDRAWN_SHARE: Final = 0.15
FIXED_TERM_SHARE: Final = 0.6
FIXED_TERM_DAYS: Final = 28
# A change never brings a release nearer than this: prisons check two days before.
NEAREST_DAYS: Final = 3
MOVES_TOGETHER: Final = ("CRD", "NPD", "HDCED", "TUSED")


def plan_sentence(world: World, person: Person) -> None:
    """Plan the release of somebody serving, and the changes of date that may come before it."""
    custody = stay(person)
    if custody.legal_status == "INDETERMINATE_SENTENCE":
        world.plan_in(PAROLE_DAYS, _grant_parole, person, least_days=2)
        return
    plan_release(world, person)
    if custody.legal_status == "RECALL":
        if "CONFIRMED" not in custody.dates:
            _plan_end_of_recall(world, person)
        return
    world.plan_in(RECALCULATION_DAYS, _recalculate, person, least_days=1)
    world.plan_in(QUERY_DAYS, _query_sentence, person, least_days=1)
    if "HDCED" in custody.dates and not person.is_sex_offender and world.rng.random() < CURFEW_SHARE:
        asked = custody.dates["HDCED"] - timedelta(days=world.rng.randint(8, 25))
        world.plan(world.clock(asked, start=OFFICE_HOURS[0], end=OFFICE_HOURS[1]), _approve_curfew, person)


def _plan_end_of_recall(world: World, person: Person) -> None:
    days_served = (world.today - stay(person).first_reception).days
    if days_served < FIXED_TERM_DAYS and world.rng.random() < FIXED_TERM_SHARE:
        world.plan_in(3, _end_fixed_term, person, least_days=2)
    else:
        world.plan_in(PAROLE_DAYS / 3, _grant_parole, person, least_days=5)


def _recalculate(world: World, person: Person) -> None:
    """Credit remand time or restore days, or add days for bad behaviour; sometimes twice in a day."""
    custody = stay(person)
    world.plan_in(RECALCULATION_DAYS, _recalculate, person, least_days=1)
    if custody.legal_status != "SENTENCED" or "HDCAD" in custody.dates:
        return
    _shift_once(world, person)
    if world.rng.random() < SECOND_LOOK_SHARE:
        world.plan(world.now + timedelta(hours=2), _shift_once, person)


def _shift_once(world: World, person: Person) -> None:
    custody = stay(person)
    old = custody.operative
    if world.rng.random() < BROUGHT_FORWARD_SHARE:
        _shift(world, custody, days=-world.rng.randint(3, 60))
    else:
        _shift(world, custody, days=world.rng.randint(7, 42))
    changed_dates(world, person, old=old)


def _shift(world: World, custody: Custody, *, days: int) -> None:
    nearest = world.today + timedelta(days=NEAREST_DAYS)
    for kind in MOVES_TOGETHER:
        if kind in custody.dates:
            custody.dates[kind] += timedelta(days=days)
    for kind in ("CRD", "NPD"):
        if kind in custody.dates and custody.dates[kind] < nearest:
            custody.dates[kind] = nearest
    if "NPD" in custody.dates:
        custody.dates["NPD"] = nearest_working_day(custody.dates["NPD"])


def _query_sentence(world: World, person: Person) -> None:
    custody = stay(person)
    old = custody.operative
    if custody.legal_status != "SENTENCED" or old is None or {"CONFIRMED", "HDCAD"} & custody.dates.keys():
        return
    if (old - world.today).days < QUERY_DAYS_BEFORE_RELEASE:
        return
    kept, custody.dates = custody.dates, {}
    changed_dates(world, person, old=old)
    world.plan_in(3, _put_back(kept), person, least_days=0.2)


def _put_back(kept: dict[str, date]) -> Action:
    def put_back(world: World, person: Person) -> None:
        custody = stay(person)
        if custody.legal_status == "SENTENCED" and not custody.dates:
            custody.dates = kept
            _shift(world, custody, days=0)
            changed_dates(world, person, old=None)

    return put_back


def _approve_curfew(world: World, person: Person) -> None:
    custody = stay(person)
    old = custody.operative
    if old is None or "CONFIRMED" in custody.dates or "HDCED" not in custody.dates:
        return
    earliest = max(custody.dates["HDCED"], world.today + timedelta(days=5))
    day = nearest_working_day(earliest, not_before=earliest)
    if day >= old:
        return
    custody.dates["HDCAD"] = day
    changed_dates(world, person, old=old)
    world.plan_in(CURFEW_WITHDRAWN_DAYS, _withdraw_curfew, person, least_days=1)


def _withdraw_curfew(world: World, person: Person) -> None:
    custody = stay(person)
    if "HDCAD" in custody.dates and "CONFIRMED" not in custody.dates:
        old = custody.dates.pop("HDCAD")
        changed_dates(world, person, old=old)


def _grant_parole(world: World, person: Person) -> None:
    custody = stay(person)
    if "CONFIRMED" in custody.dates:
        return
    confirm(world, person, nearest_working_day(world.today + timedelta(days=world.rng.randint(14, 35))))
    if world.rng.random() < PAROLE_WITHDRAWN_SHARE:
        world.plan_in(4, _withdraw_parole, person, least_days=1)


def _withdraw_parole(world: World, person: Person) -> None:
    custody = stay(person)
    old = custody.operative
    if custody.dates.pop("CONFIRMED", None) is None:
        return
    custody.release_reason = ""
    changed_dates(world, person, old=old)
    world.plan_in(PAROLE_DAYS, _grant_parole, person, least_days=20)


def _end_fixed_term(world: World, person: Person) -> None:
    custody = stay(person)
    nearest = world.today + timedelta(days=NEAREST_DAYS)
    day = custody.first_reception + timedelta(days=FIXED_TERM_DAYS)
    if "CONFIRMED" not in custody.dates:
        confirm(world, person, nearest_working_day(day, not_before=nearest))
