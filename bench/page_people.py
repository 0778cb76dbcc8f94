"""People with a believable history in custody, made from facts and derived like imported ones."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from custody.projection import Case, RecordHistory, project
from custody.recording import record_custody_facts
from custody.snapshots import CustodyFact, MovementFact, RecordFacts, ReleaseDateFact
from feeds.training.names import BRITISH_SURNAMES
from offenders.models import Address, Identifier, Offender, PersonalDetails, RecordLink, SchemeMembership
from offenders.profiles import save_profiles
from offenders.schemes import Tracking

PRISONS: Final = ("LEI", "MDI", "HLI", "NHI", "WDI", "DNI", "LII", "RSI")
FORENAMES: Final = ("DECLAN", "JOSEPH", "AARON", "LEE", "MARCUS", "STEVEN", "KYLE", "TYRONE", "DEAN", "CRAIG", "ADAM")
STRANDS: Final = tuple(SchemeMembership.Strand)
EXTRACTS: Final = 12
HELD_SHARE: Final = 0.7
LAST_WEEK: Final = 7


@dataclass(frozen=True)
class Plan:
    """Where people are made: whose they are, when it is, and which deliveries told of them."""

    area: str
    keys: list[int]
    now: datetime
    roll: UUID
    ppo: UUID
    random: Random


@dataclass
class _Made:
    """The rows of people not stored yet."""

    offenders: list[Offender] = field(default_factory=list)
    links: list[RecordLink] = field(default_factory=list)
    details: list[PersonalDetails] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    memberships: list[SchemeMembership] = field(default_factory=list)
    custody: dict[UUID, RecordFacts] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)


def add_people(plan: Plan, count: int) -> list[UUID]:
    """Store so many people of one area with everything that their pages show, and return their ids."""
    made = _Made()
    for number in range(count):
        _add_person(plan, made, number)
    Offender.objects.bulk_create(made.offenders)
    RecordLink.objects.bulk_create(made.links)
    PersonalDetails.objects.bulk_create(made.details)
    Identifier.objects.bulk_create(made.identifiers)
    Address.objects.bulk_create(made.addresses)
    SchemeMembership.objects.bulk_create(made.memberships)
    long_ago = plan.now - timedelta(days=4000)
    record_custody_facts(made.custody, since=long_ago, delivery_id=plan.roll, because="stated")
    project(made.cases, delivery_id=plan.roll)
    ids = [offender.pk for offender in made.offenders]
    save_profiles(ids, absences={})
    return ids


def _add_person(plan: Plan, made: _Made, number: int) -> None:
    offender, own, roll = Offender(visible_to=plan.keys), uuid.uuid4(), uuid.uuid4()
    adopted = plan.now - timedelta(days=plan.random.randrange(100, 900))
    made.offenders.append(offender)
    made.links += [
        RecordLink(record_id=own, feed="ppo", offender=offender, rule="own", delivery_id=plan.ppo),
        RecordLink(record_id=roll, feed="prison_roll", offender=offender, rule="identifier", delivery_id=plan.roll),
    ]
    _add_who(plan, made, (own, roll), number, adopted)
    facts = _custody(plan)
    made.custody[roll] = facts
    history = RecordHistory(roll, facts, baseline_at=plan.now - timedelta(days=1000))
    made.cases.append(Case(offender.pk, Tracking(adopted, None, plan.ppo), (history,)))


def _add_who(plan: Plan, made: _Made, records: tuple[UUID, UUID], number: int, adopted: datetime) -> None:
    born = date(1970, 1, 1) + timedelta(days=plan.random.randrange(12_000))
    surname = plan.random.choice(BRITISH_SURNAMES).upper()
    forenames = f"{plan.random.choice(FORENAMES)} {plan.random.choice(FORENAMES)}"
    numbers = {"prison_number": f"A{number:04d}{plan.area[-2:]}", "pnc": f"2011/{number:07d}H"}
    for record, delivery in zip(records, (plan.ppo, plan.roll), strict=True):
        told = {"record_id": record, "delivery_id": delivery, "valid_at": adopted}
        who = {"surname": surname, "forenames": forenames, "date_of_birth": born, "sex": "Male"}
        made.details.append(PersonalDetails(**told, **who, aliases=["DEX SMITH"]))
        made.identifiers += [
            Identifier(**told, kind=kind, value=value, index=uuid.uuid4().bytes) for kind, value in numbers.items()
        ]
    told = {"record_id": records[0], "delivery_id": plan.ppo, "valid_at": adopted}
    made.addresses.append(Address(**told, kind="scheme", lines=["14 Invented Row", "Leeds"], postcode="LS11 8PN"))
    made.memberships.append(
        SchemeMembership(
            **told,
            strand=plan.random.choice(STRANDS),
            area_code=plan.area,
            reference=f"{plan.area}-{number:04d}",
            adopted_on=adopted.date(),
            removed_on=None,
            removal_reason="",
            lead_officer="PC A Whitlock",
            mappa_level=plan.random.choice(("", "", "", "1", "2")),
            sex_offender="N",
        )
    )


def _custody(plan: Plan) -> RecordFacts:
    """One to three stays in prison, the last one lasting for seven of ten; dates that change under way."""
    random, now = plan.random, plan.now
    starts = sorted(random.sample(range(3, 900, 20), k=random.randrange(1, 4)), reverse=True)
    custody: list[CustodyFact] = []
    moves: list[MovementFact] = []
    dates: list[ReleaseDateFact] = []
    for place, days in enumerate(starts):
        until = starts[place + 1] + 1 if place + 1 < len(starts) else 0
        is_last = not until
        _stay(plan, custody, moves, days=days, until=until)
        if is_last:
            dates = _dates(plan, began=now - timedelta(days=days))
            if random.random() > HELD_SHARE:
                last = custody[-1].valid_at
                gone = last + (now - last) * random.random()
                custody.append(CustodyFact(gone, plan.roll, "ABSENT", last_seen_at=last))
    return RecordFacts(tuple(custody), tuple(moves), tuple(dates))


def _stay(plan: Plan, custody: list[CustodyFact], moves: list[MovementFact], *, days: int, until: int) -> None:
    began = plan.now - timedelta(days=days)
    first, second = plan.random.sample(PRISONS, k=2)
    booking = f"B{plan.random.randrange(10_000, 99_999)}"
    legal = plan.random.choice(("SENTENCED", "SENTENCED", "REMAND", "RECALL"))
    inside = CustodyFact(began, plan.roll, "ACTIVE IN", first, legal, booking, began.date())
    custody.append(inside)
    moves.append(MovementFact(began, "second", "ADM", "IN", "N", first, began, plan.roll))
    length = days - until
    if length > LAST_WEEK:
        moved = began + timedelta(days=plan.random.randrange(1, length))
        custody.append(replace(inside, valid_at=moved, establishment_code=second))
        moves.append(MovementFact(moved, "second", "ADM", "IN", "INT", second, moved, plan.roll))
    if until:
        out = plan.now - timedelta(days=until)
        custody.append(
            CustodyFact(out, plan.roll, "ABSENT", last_seen_at=max(out - timedelta(days=1), custody[-1].valid_at))
        )


def _dates(plan: Plan, *, began: datetime) -> list[ReleaseDateFact]:
    day = plan.now.date() + timedelta(days=plan.random.choice((3, 9, 15, 24, 60, 200, 400)))
    stated = [ReleaseDateFact(began, "SED", day + timedelta(days=300), plan.roll)]
    changes: Sequence[int] = [plan.random.randrange(-20, 20) for _ in range(plan.random.randrange(1, 4))]
    span = (plan.now - began) / (len(changes) + 1)
    for number, shift in enumerate(changes):
        stated.append(ReleaseDateFact(began + span * number, "CRD", day + timedelta(days=shift), plan.roll))
    return sorted(stated, key=lambda fact: fact.valid_at)
