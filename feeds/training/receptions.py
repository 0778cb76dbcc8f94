"""Bring people into custody: fresh remands, sentences from court, recalls; and sentence those on remand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from feeds.training import date_changes, departures, movements, release_plans
from feeds.training.model import ACTIVE_IN, Custody, Movement, Person
from feeds.training.sentences import pass_sentence
from feeds.training.words import GRAVE_OFFENCES, OFFENCES, SEXUAL_OFFENCES
from feeds.training.world import World, stay

REMAND: Final = "REMAND"
SENTENCED: Final = "SENTENCED"
RECALL: Final = "RECALL"
CONVICTED: Final = "CONVICTED_UNSENTENCED"
# Legal status on reception, its share, and the admission code.
# Licence revoked, most often; recalled from a curfew; seldom from other ways out.
RECALL_REASONS: Final = ("L", "L", "L", "L", "L", "B", "B", "Y", "24", "ELR")
RECEPTIONS: Final = ((REMAND, 47, "N"), (SENTENCED, 33, "I"), (RECALL, 20, "L"))
# How a remand ends, and after how many days on average.
SENTENCED_AFTER_DAYS: Final = 85.0
FREED_AFTER_DAYS: Final = 150.0
CONVICTED_FIRST_SHARE: Final = 0.25
LATE_DATES_SHARE: Final = 0.5
BAILED_AT_ONCE_SHARE: Final = 0.006
ARRESTED_AGAIN_SHARE: Final = 0.6
APPEAL_DAYS: Final = 3000.0
ARRIVAL_HOURS: Final = (15.0, 20.5)


def receive(world: World, person: Person) -> None:
    """Take a person in under a new booking: on remand, to serve a sentence, or a licence revoked elsewhere."""
    weights = [share for _, share, _ in RECEPTIONS]
    status, _, reason = world.rng.choices(RECEPTIONS, weights)[0]
    if status == RECALL and person.is_prolific:
        # Their recalls are planned with their return, on the booking they left.
        status, reason = REMAND, "N"
    custody = new_stay(world, person, legal_status=status, reason=reason)
    if status == SENTENCED:
        sentence_now(world, person)
    elif status == RECALL:
        recall_dates(world, custody)
    _begin(world, person, custody)
    if status == REMAND and world.rng.random() < BAILED_AT_ONCE_SHARE:
        world.plan(world.now + timedelta(hours=2.5), departures.free_without_date, person)


def hold_briefly(world: World, person: Person) -> None:
    """Take somebody in and bail them the same evening: no file holds that stay."""
    custody = new_stay(world, person, legal_status=REMAND, reason="N")
    world.tell(person, "entered", destination=custody.prison)
    world.plan(world.now + timedelta(hours=2.5), _bail_for_some_days, person)


def recall(world: World, person: Person) -> None:
    """Take a released person back on the booking they left, their licence revoked.

    Source: domain.md b.3, rule 6: recalls land on the same booking.
    """
    booking = person.past_bookings[-1] if person.past_bookings else world.people.numbers.booking()
    person.past_bookings = tuple(past for past in person.past_bookings if past != booking)
    reason = world.rng.choice(RECALL_REASONS)
    custody = new_stay(world, person, legal_status=RECALL, reason=reason, booking=booking)
    recall_dates(world, custody)
    _begin(world, person, custody)


def recapture(world: World, person: Person) -> None:
    """Bring somebody at large back to the stay they are missing from."""
    left, person.at_large_from = person.at_large_from, None
    if left is None:
        return
    person.past_bookings = tuple(past for past in person.past_bookings if past != left.booking)
    place = world.prisons.pick(world.rng, sex=person.sex, region=person.area.region, purpose="reception")
    custody = replace(
        left,
        prison=place.code,
        status=ACTIVE_IN,
        moved=Movement("ADM", "RECA", world.now),
        dates=dict(left.dates),
        left_as="",
        pending_transfer="",
    )
    world.enter(person, custody)
    world.tell(person, "recaptured", destination=custody.prison)
    plan_stay(world, person)


def recall_dates(world: World, custody: Custody) -> None:
    """Give a recalled person the expiry dates; the prison confirms an end of fixed terms some days later."""
    expiry = world.today + timedelta(days=world.rng.randint(90, 700))
    custody.dates = {"SED": expiry, "LED": expiry}
    custody.licence_type = "Licence revoked"


def new_stay(
    world: World, person: Person, *, legal_status: str, reason: str, booking: str = "", admitted_on: date | None = None
) -> Custody:
    """Put the person into a reception prison and return the stay; nothing is planned for them yet."""
    place = world.prisons.pick(world.rng, sex=person.sex, region=person.area.region, purpose="reception")
    offence, others = pick_offences(world, person)
    day = admitted_on or world.today
    at = world.now if admitted_on is None else world.clock(day, start=10, end=20)
    custody = Custody(
        booking=booking or world.people.numbers.booking(),
        prison=place.code,
        legal_status=legal_status,
        first_reception=day,
        received_from=f"{person.area.name} Magistrates' Court",
        moved=Movement("ADM", reason, at),
        offence=offence,
        other_offences=others,
        first_movement=day,
    )
    world.enter(person, custody)
    return custody


def sentence_now(world: World, person: Person, *, on: date | None = None, is_stock: bool = False) -> None:
    """Pass sentence and set the dates that follow from it."""
    custody = stay(person)
    passed = on or world.today
    sentence = pass_sentence(world.rng, on=passed, is_prolific=person.is_prolific, is_stock=is_stock)
    custody.legal_status = SENTENCED
    custody.sentenced_on = passed
    custody.sentence_days = sentence.days
    custody.dates = dict(sentence.dates)
    custody.licence_type = sentence.licence_type


def plan_remand(world: World, person: Person) -> None:
    """Plan how a remand ends: by a sentence, or by bail, discontinuance or acquittal."""
    world.plan_in(SENTENCED_AFTER_DAYS, weekday(go_to_be_sentenced), person, least_days=4)
    world.plan_in(FREED_AFTER_DAYS, _bail_hearing, person, least_days=3)


def plan_stay(world: World, person: Person) -> None:
    """Plan everything that may happen to somebody inside, as their legal status has it."""
    if stay(person).legal_status in (REMAND, CONVICTED):
        plan_remand(world, person)
    else:
        date_changes.plan_sentence(world, person)
        world.plan_in(APPEAL_DAYS, _win_appeal, person, least_days=3)
    movements.plan_movements(world, person)
    departures.plan_mishap(world, person)


def go_to_be_sentenced(world: World, person: Person) -> None:
    """Send a remand prisoner to court, to come back convicted or sentenced; the dates follow within days."""
    if stay(person).legal_status not in movements.UNSENTENCED:
        return
    if not movements.send_to_court(world, person, reason="SENT"):
        world.plan_in(2, weekday(go_to_be_sentenced), person)
        return
    convicted_only = stay(person).legal_status == REMAND and world.rng.random() < CONVICTED_FIRST_SHARE
    action = _convict if convicted_only else _sentence_later
    world.plan(world.clock(world.today, start=14, end=15.5), action, person)


def weekday(action: Callable[[World, Person], None]) -> Callable[[World, Person], None]:
    """Return the action put off to the morning of the next day on which courts sit."""

    def on_weekday(world: World, person: Person) -> None:
        world.plan(movements.next_morning(world), action, person)

    return on_weekday


def pick_offences(world: World, person: Person) -> tuple[str, tuple[str, ...]]:
    """Return the main offence and up to three others."""
    weights = [offence[1] if person.is_prolific else offence[2] for offence in OFFENCES]
    chosen = world.rng.choices([offence[0] for offence in OFFENCES], weights, k=world.rng.choice((1, 1, 2, 3, 4)))
    person.is_sex_offender = person.is_sex_offender or bool(SEXUAL_OFFENCES & set(chosen))
    grave = [offence for offence in chosen if offence in GRAVE_OFFENCES]
    main = grave[0] if grave else chosen[0]
    return main, tuple(dict.fromkeys(offence for offence in chosen if offence != main))


def _begin(world: World, person: Person, custody: Custody) -> None:
    kind = "recalled" if custody.legal_status == RECALL else "entered"
    world.tell(person, kind, destination=custody.prison)
    plan_stay(world, person)


def _bail_hearing(world: World, person: Person) -> None:
    world.plan(world.clock(movements.soon(world), start=11, end=17), departures.free_without_date, person)


def _bail_for_some_days(world: World, person: Person) -> None:
    """Bail somebody who, often enough, is arrested again soon."""
    departures.free_without_date(world, person)
    # A recall that is on its way concerns the stay before this one.
    *earlier, bailed = person.past_bookings
    person.past_bookings = (bailed, *earlier)
    if world.rng.random() < ARRESTED_AGAIN_SHARE:
        day = world.today + timedelta(days=world.rng.randint(1, 3))
        world.plan(world.clock(day, start=ARRIVAL_HOURS[0], end=ARRIVAL_HOURS[1]), receive, person)


def _convict(world: World, person: Person) -> None:
    stay(person).legal_status = CONVICTED
    world.touch(person)
    world.plan_in(20, weekday(go_to_be_sentenced), person, least_days=7)


def _sentence_later(world: World, person: Person) -> None:
    """The court's word changes the status today; the calculation of dates may take a day or two."""
    custody = stay(person)
    custody.legal_status = SENTENCED
    world.touch(person)
    days_later = world.rng.choice((1, 2)) if world.rng.random() < LATE_DATES_SHARE else 0
    when = world.clock(world.today + timedelta(days=days_later), start=17.5, end=18.5)
    world.plan(when, _set_dates, person)


def _set_dates(world: World, person: Person) -> None:
    old = stay(person).operative
    sentence_now(world, person)
    release_plans.changed_dates(world, person, old=old)
    date_changes.plan_sentence(world, person)


def _win_appeal(world: World, person: Person) -> None:
    """The sentence is quashed and to be passed again: every date falls away meanwhile."""
    custody = stay(person)
    old = custody.operative
    if custody.legal_status != SENTENCED or "CONFIRMED" in custody.dates or old is None:
        return
    custody.legal_status = CONVICTED
    custody.dates = {}
    release_plans.changed_dates(world, person, old=old)
    plan_remand(world, person)
