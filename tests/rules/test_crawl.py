"""Every door × persona × person of another area, with row security on (nothing leaks) and off (it does)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg2.extensions
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from access.grants import NOWHERE, Place, end_grant
from access.models import Account, Grant, Session
from access.roles import ROLES
from feeds.models import Delivery
from offenders.models import Profile
from tests.factories import FIRST_DAY, Desk, publish
from tests.figures import figure
from tests.personas import BRADFORD, LEEDS, WEST_YORKSHIRE, make_person, signed_in
from tests.rules.test_doors import DOORS, patterns

pytestmark = pytest.mark.django_db

AsRole = Callable[[str], AbstractContextManager[None]]
Superuser = psycopg2.extensions.connection
CRAWLED = ("GET", "HEAD", "POST", "OPTIONS")
SALFORD = Place(area="00BR")
AREAS = {"00DA": "LEI", "00CX": "LEI", "00BR": "MDI"}
PEOPLE_AN_AREA = 3
OWN_PEOPLE = {
    ("leeds", "00DA"),
    ("bradford", "00CX"),
    ("salford", "00BR"),
    ("force", "00DA"),
    ("force", "00CX"),
    ("supervisor", "00DA"),
    ("cps", "00CX"),
}
SYLLABLES = ("bram", "cott", "dray")


@dataclass
class Tracked:
    """A person of the crawl with words that nothing else on the site holds."""

    area: str
    surname: str
    prison_number: str
    reference: str
    offender_id: UUID = field(default_factory=uuid4)

    @property
    def canaries(self) -> tuple[str, ...]:
        return (self.surname.lower(), self.prison_number.lower(), self.reference.lower(), str(self.offender_id))


@dataclass
class Persona:
    """A browser and the areas whose people it may see; None stands for somebody without a session."""

    name: str
    browser: Client
    sees: frozenset[str] = frozenset()
    opens_people: bool = False


def invented_people() -> list[Tracked]:
    return [
        Tracked(
            area=code,
            surname=f"Quil{SYLLABLES[number]}{suffix}",
            prison_number=f"A{place}{number}7{number}ZQ",
            reference=f"QX{place}{number}-{suffix}",
        )
        for place, (code, suffix) in enumerate(zip(AREAS, ("ansel", "orpet", "umbry"), strict=True), start=1)
        for number in range(PEOPLE_AN_AREA)
    ]


@pytest.fixture
def people(db_as: AsRole) -> list[Tracked]:
    """Nine people of three areas, in custody, from sealed files."""
    found = invented_people()
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(FIRST_DAY, [_ppo_row(person) for person in found]))
        publish(desk.roll(FIRST_DAY, [_roll_row(person) for person in found]))
        for profile in Profile.objects.all():
            number = profile.scheme["numbers"]["prison_number"]
            next(p for p in found if p.prison_number == number).offender_id = profile.pk
    return found


def _ppo_row(person: Tracked) -> dict[str, str]:
    return {
        "ppo_reference": person.reference,
        "csp_code": person.area,
        "surname": person.surname,
        "noms_number": person.prison_number,
    }


def _roll_row(person: Tracked) -> dict[int, str]:
    return {2: AREAS[person.area], 3: person.prison_number, 6: person.surname.upper()}


def make_personas() -> list[Persona]:
    """Return one persona for each role and place, and those whose right has ended."""
    wide = frozenset({"00DA", "00CX"})
    plan: list[tuple[str, str, Place, frozenset[str]]] = [
        ("leeds", "area_officer", LEEDS, frozenset({"00DA"})),
        ("bradford", "area_officer", BRADFORD, frozenset({"00CX"})),
        ("salford", "area_officer", SALFORD, frozenset({"00BR"})),
        ("force", "area_officer", WEST_YORKSHIRE, wide),
        ("supervisor", "area_supervisor", LEEDS, frozenset({"00DA"})),
        ("cps", "cps", BRADFORD, frozenset({"00CX"})),
        ("liaison", "prison_liaison", Place(establishment="LEI"), wide),
        ("dip", "dip_worker", LEEDS, frozenset()),
        *((role, role, NOWHERE, frozenset()) for role in ROLES if not ROLES[role].opens_people),
    ]
    personas = [
        Persona(name, signed_in(make_person(name, role, place=place)), sees, ROLES[role].opens_people)
        for name, role, place, sees in plan
    ]
    return [*personas, *_ended_personas(), Persona("nobody", Client())]


def _ended_personas() -> list[Persona]:
    ended = make_person("ended", "area_officer", place=LEEDS)
    end_grant(Grant.objects.get(officer=ended.officer))
    idle, disabled, halfway = (
        make_person(name, "area_officer", place=LEEDS) for name in ("idle", "disabled", "halfway")
    )
    personas = [
        Persona("no role", signed_in(make_person("roleless"))),
        Persona("grant ended", signed_in(ended)),
        Persona("idle", signed_in(idle)),
        Persona("disabled", signed_in(disabled)),
        Persona("password only", signed_in(halfway, both_factors=False)),
    ]
    Session.objects.filter(account=idle.account).update(seen_at=timezone.now() - timedelta(minutes=16))
    Account.objects.filter(username="disabled").update(is_active=False)
    return personas


@dataclass
class Crawl:
    """What a crawl asked and found wrong."""

    requests: int = 0
    leaks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)


def crawl(people: list[Tracked], personas: list[Persona]) -> Crawl:
    """Ask every door for every object as every persona, and search every answer for what it must not hold."""
    done = Crawl()
    addresses = list(_addresses(people))
    for persona in personas:
        for name, address, about in addresses:
            for method in CRAWLED:
                answer = persona.browser.generic(method, address)
                done.requests += 1
                _judge(
                    done,
                    persona,
                    f"{persona.name} {method} {name}",
                    (answer.status_code, answer.content),
                    people,
                    about,
                )
    return done


def _addresses(people: list[Tracked]) -> Iterator[tuple[str, str, Tracked | None]]:
    deliveries = list(Delivery.objects.values_list("pk", flat=True))
    for name in DOORS:
        parts = list(patterns()[name].pattern.converters)
        if not parts:
            yield name, reverse(name), None
        elif parts == ["delivery_id"]:
            yield from ((name, reverse(name, args=[delivery]), None) for delivery in deliveries)
        else:
            yield from ((name, reverse(name, args=[person.offender_id]), person) for person in people)


def _judge(
    done: Crawl,
    persona: Persona,
    asked: str,
    answer: tuple[int, bytes],
    people: list[Tracked],
    about: Tracked | None,
) -> None:
    status, body = answer[0], answer[1].decode().lower()
    for person in people:
        if not any(canary in body for canary in person.canaries):
            continue
        done.seen.add((persona.name, person.area))
        # Assurance reads people's numbers in the trail, and nothing else of them.
        known = {str(person.offender_id)} if persona.name == "assurance" else set()
        shown = any(canary in body for canary in set(person.canaries) - known)
        if person.area not in persona.sees and shown:
            done.leaks.append(asked)
    if about and " GET person" in asked:
        allowed = persona.opens_people and about.area in persona.sees
        if status == 200 and not allowed:
            done.wrong.append(f"{asked} {status}")


def test_crawl_leaks_nothing_of_another_area(people: list[Tracked]) -> None:
    done = crawl(people, make_personas())

    figure("T-XAREA", requests=done.requests, leaked=len(done.leaks), wrong_status=len(done.wrong))
    assert done.leaks == []
    assert done.wrong == []
    # It looked at pages that do show people: every officer's own.
    assert done.seen >= OWN_PEOPLE


def test_crawl_without_row_security_leaks(people: list[Tracked], superuser: Superuser) -> None:
    personas = [persona for persona in make_personas() if persona.name in {"leeds", "cps"}]
    with row_security_off(superuser):
        done = crawl(people, personas)

    figure("T-NOWHERE", requests=done.requests, rls_off_leaked=len(done.leaks))
    assert done.leaks
    assert done.wrong


@contextmanager
def row_security_off(superuser: Superuser) -> Iterator[None]:
    """Switch row security off for every table of people, as if every policy had been forgotten."""
    with superuser.cursor() as cursor:
        cursor.execute(
            "SELECT relname::text FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE public.{table} DISABLE ROW LEVEL SECURITY")
        try:
            yield
        finally:
            for table in tables:
                cursor.execute(f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY")
