"""What each role's context opens, and what the web role cannot do to widen it."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import psycopg2.extensions
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from access.grants import NOWHERE, Place, end_grant
from access.keys import key_ids, load_keys
from access.models import Account, BreakGlass, Grant, Session, VisibilityKey
from access.roles import ROLES
from access.row_security import context_token, set_context
from tests.personas import BRADFORD, LEEDS, WEST_YORKSHIRE, Person, make_person, signed_in

pytestmark = pytest.mark.django_db

AsRole = Callable[[str], AbstractContextManager[None]]
Superuser = psycopg2.extensions.connection


def token_of(browser: Client) -> str:
    return context_token(browser.cookies["session"].value)


@contextmanager
def within(token: str) -> Iterator[None]:
    with transaction.atomic():
        set_context(token)
        yield


def ask(question: str, *values: Any) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())


def keys_in_context(token: str) -> set[str]:
    """Return the keys that the context holds, written as kind:code."""
    with within(token):
        held = ask("SELECT sec.keys()")[0][0]
    assert isinstance(held, list)
    return {str(key) for key in VisibilityKey.objects.filter(pk__in=held)}


def keys_of(person: Person) -> set[str]:
    return keys_in_context(token_of(signed_in(person)))


ROLE_KEYS = {
    "area officer": ("area_officer", LEEDS, {"area:00DA", "releasing:00DA", "officer:self"}),
    "supervisor": (
        "area_supervisor",
        LEEDS,
        {"area:00DA", "releasing:00DA", "candidate:00DA", "officer:self"},
    ),
    "prison liaison": ("prison_liaison", Place(establishment="LEI"), {"establishment:LEI", "officer:self"}),
    "prosecutor": ("cps", BRADFORD, {"area:00CX", "officer:self"}),
    "drug intervention worker": ("dip_worker", LEEDS, {"dip:00DA"}),
    "match reviewer": ("match_reviewer", NOWHERE, {"review:desk"}),
    "feed operator": ("feed_operator", NOWHERE, set()),
    "access administrator": ("access_admin", NOWHERE, set()),
    "assurance": ("assurance", NOWHERE, set()),
    "national programme": ("national", NOWHERE, set()),
}


@pytest.mark.parametrize(("role", "place", "expected"), ROLE_KEYS.values(), ids=ROLE_KEYS)
def test_role_holds_its_keys_and_no_other(db_as: AsRole, role: str, place: Place, expected: set[str]) -> None:
    person = make_person("kim", role, place=place)
    with db_as("worker"):
        load_keys("officer", [str(person.officer.pk)])
        load_keys("establishment", ["LEI"])

    found = {key.replace(str(person.officer.pk), "self") for key in keys_of(person)}

    assert found == expected
    assert {key.split(":")[0] for key in found} == set(ROLES[role].key_kinds)


def test_every_role_is_in_the_table_of_keys() -> None:
    assert {role for role, _, _ in ROLE_KEYS.values()} == set(ROLES)


def test_force_grant_opens_each_of_its_areas_and_no_other() -> None:
    held = keys_of(make_person("kim", "cps", place=WEST_YORKSHIRE))

    assert held == {"area:00CX", "area:00CY", "area:00CZ", "area:00DA", "area:00DB"}


@pytest.mark.parametrize("token", ["", "guessed", "0" * 64])
def test_unknown_context_opens_nothing(token: str) -> None:
    make_person("kim", "area_officer", place=LEEDS)

    assert keys_in_context(token) == set()


def test_context_opens_nothing_without_second_factor() -> None:
    kim = make_person("kim", "area_officer", place=LEEDS, enrolled=False)

    assert keys_in_context(token_of(signed_in(kim, both_factors=False))) == set()


ENDINGS: dict[str, Callable[[Person], object]] = {
    "grant ended": lambda kim: end_grant(Grant.objects.get(officer=kim.officer)),
    "session revoked": lambda _: Session.objects.update(revoked_at=timezone.now()),
    "session too old": lambda _: Session.objects.update(expires_at=timezone.now()),
    "session idle": lambda _: Session.objects.update(seen_at=timezone.now() - timedelta(minutes=15)),
    "account disabled": lambda _: Account.objects.update(is_active=False),
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_ending_acts_on_the_next_statement(end: Callable[[Person], object]) -> None:
    kim = make_person("kim", "area_officer", place=LEEDS)
    token = token_of(signed_in(kim))
    with within(token):
        before = ask("SELECT sec.keys()")[0][0]
        end(kim)
        after = ask("SELECT sec.keys()")[0][0]

    assert before
    assert not after


def test_grant_of_tomorrow_opens_nothing_today() -> None:
    kim = make_person("kim", "area_officer", place=LEEDS)
    Grant.objects.using("gate").update(starts_at=timezone.now() + timedelta(days=1))

    assert keys_of(kim) == set()


def test_context_is_refused_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        set_context("token")


def test_break_glass_opens_one_person_until_it_ends() -> None:
    kim = make_person("kim", "area_officer", place=LEEDS)
    token = token_of(signed_in(kim))
    person = uuid.uuid4()
    now = timezone.now()
    glass = BreakGlass.objects.create(
        officer=kim.officer,
        offender_id=person,
        reason_code="urgent",
        opened_at=now,
        expires_at=now + timedelta(hours=1),
    )

    with within(token):
        opened = ask("SELECT sec.glass_ids()")[0][0]
        BreakGlass.objects.filter(pk=glass.pk).update(closed_at=now)
        closed = ask("SELECT sec.glass_ids()")[0][0]

    assert (opened, closed) == ([person], [])


@pytest.fixture
def people_tables(superuser: Superuser, db_as: AsRole) -> Iterator[None]:
    """Three protected tables that stand for those of people: a fact of a person, a case, and raw rows."""
    with superuser.cursor() as cursor:
        cursor.execute("""
            SET ROLE jt_owner;
            CREATE TABLE public.t_fact (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), offender_id uuid NOT NULL,
                                        visible_to int[] NOT NULL DEFAULT '{}', note text);
            CREATE TABLE public.t_case (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                                        visible_to int[] NOT NULL DEFAULT '{}');
            CREATE TABLE public.t_raw (id uuid PRIMARY KEY DEFAULT gen_random_uuid());
            SELECT sec.protect('t_fact', 'offender'); SELECT sec.protect('t_case', 'keys');
            SELECT sec.protect('t_raw', 'worker', true);
            RESET ROLE""")
        yield
        connection.close()
        cursor.execute("DROP TABLE public.t_fact, public.t_case, public.t_raw")


def insert_offender(superuser: Superuser, *, keys: list[int]) -> uuid.UUID:
    """Store a bare person, filling whatever else the table insists on is the table's own defaults."""
    person = uuid.uuid4()
    with superuser.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'offenders_offender'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attname NOT IN ('id', 'visible_to')"
        )
        others = [row[0] for row in cursor.fetchall()]
        columns = ", ".join(["id", "visible_to", *others])
        values = ", ".join(["%s", "%s", *("now()" for _ in others)])
        cursor.execute(f"INSERT INTO offenders_offender ({columns}) VALUES ({values})", [str(person), keys])
    return person


@pytest.fixture
def two_people(superuser: Superuser, people_tables: None, db_as: AsRole) -> dict[str, uuid.UUID]:
    """A person of Leeds and one of Bradford with a fact each, as the worker stores them."""
    areas = key_ids("area", ["00DA", "00CX"])
    leeds = insert_offender(superuser, keys=[areas["00DA"]])
    bradford = insert_offender(superuser, keys=[areas["00CX"]])
    with db_as("worker"):
        for person in (leeds, bradford):
            ask("INSERT INTO t_fact (offender_id, visible_to) VALUES (%s, '{999999}') RETURNING 1", person)
        ask("INSERT INTO t_case (visible_to) VALUES (%s) RETURNING 1", [areas["00DA"]])
        ask("INSERT INTO t_raw DEFAULT VALUES RETURNING 1")
    return {"leeds": leeds, "bradford": bradford}


def test_fact_takes_its_persons_keys_whatever_was_given(two_people: dict[str, uuid.UUID], db_as: AsRole) -> None:
    with db_as("worker"):
        rows = ask("SELECT f.visible_to = o.visible_to FROM t_fact f JOIN offenders_offender o ON o.id = f.offender_id")

    assert rows == [(True,), (True,)]


def test_officer_sees_own_area_with_no_filter_in_the_query(two_people: dict[str, uuid.UUID]) -> None:
    token = token_of(signed_in(make_person("kim", "area_officer", place=LEEDS)))

    with within(token):
        people = ask("SELECT id FROM offenders_offender")
        facts = ask("SELECT offender_id FROM t_fact")
        cases = ask("SELECT 1 FROM t_case")

    assert people == facts == [(two_people["leeds"],)]
    assert cases == [(1,)]


def test_no_context_sees_no_row(two_people: dict[str, uuid.UUID]) -> None:
    assert ask("SELECT id FROM offenders_offender") == ask("SELECT 1 FROM t_fact") == ask("SELECT 1 FROM t_case") == []


def test_owner_of_the_tables_sees_no_row(two_people: dict[str, uuid.UUID], db_as: AsRole) -> None:
    with db_as("migrate"):
        assert ask("SELECT 1 FROM t_fact") == []


WIDENINGS = {
    "read raw rows": "SELECT * FROM t_raw",
    "set keys": "UPDATE t_fact SET visible_to = '{1}'",
    "insert a fact": "INSERT INTO t_fact (offender_id) VALUES (gen_random_uuid())",
    "insert a person": "INSERT INTO offenders_offender (id, visible_to) VALUES (gen_random_uuid(), '{1}')",
    "delete a fact": "DELETE FROM t_fact",
    "truncate": "TRUNCATE t_fact",
    "become the worker": "SET ROLE jt_worker",
    "become the owner": "SET ROLE jt_owner",
    "become the gate": "SET ROLE jt_gate",
    "become the superuser": "SET ROLE postgres",
    "read sessions": "SELECT * FROM access_session",
    "read accounts": "SELECT * FROM access_account",
    "read factors": "SELECT * FROM mfa_authenticator",
    "grant itself a role": "INSERT INTO access_grant (id, officer_id, role, establishment, starts_at)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'area_officer', '', now())",
    "break glass": "INSERT INTO access_breakglass SELECT",
    "make a key": "INSERT INTO access_visibilitykey (kind, code) VALUES ('area', 'X')",
    "drop a policy": "DROP POLICY visible ON t_fact",
    "lift row security": "ALTER TABLE t_fact NO FORCE ROW LEVEL SECURITY",
    "replace the keys": "CREATE OR REPLACE FUNCTION sec.keys() RETURNS int[] LANGUAGE sql AS 'SELECT ''{1}''::int[]'",
    "shadow the keys": "CREATE FUNCTION public.keys() RETURNS int[] LANGUAGE sql AS 'SELECT ''{1}''::int[]'",
    "make a temporary table": "CREATE TEMP TABLE stash AS SELECT 1",
    "read files": "SELECT pg_read_file('/etc/hostname')",
    "run a program": "COPY t_fact TO PROGRAM 'cat'",
    "import a large object": "SELECT lo_import('/etc/hostname')",
    "run with row security off": "SET row_security = off; SELECT * FROM t_fact",
    "hide from others' sight no more": "SET track_activities = on",
    "forge an event": "INSERT INTO audit_event (id) VALUES (gen_random_uuid())",
    "unprotect": "SELECT sec.unprotect('t_fact')",
}


@pytest.mark.parametrize("statement", WIDENINGS.values(), ids=WIDENINGS)
def test_web_role_cannot(two_people: dict[str, uuid.UUID], statement: str) -> None:
    token = token_of(signed_in(make_person("kim", "area_officer", place=LEEDS)))

    with within(token), pytest.raises(DatabaseError), transaction.atomic():
        ask(statement)


PEEPHOLES = {
    "another context by guess": "SELECT set_config('jt.ctx', 'guess', true)",
    "statistics": "SELECT * FROM pg_stats WHERE tablename = 't_fact'",
    "other sessions' SQL": "SELECT query FROM pg_stat_activity WHERE query LIKE '%%jt.ctx%%'",
}


@pytest.mark.parametrize("statement", PEEPHOLES.values(), ids=PEEPHOLES)
def test_peephole_shows_no_row_of_another_area(two_people: dict[str, uuid.UUID], statement: str) -> None:
    token = token_of(signed_in(make_person("kim", "area_officer", place=LEEDS)))

    with within(token):
        answer = ask(statement)
        seen = ask("SELECT offender_id FROM t_fact")

    assert str(two_people["bradford"]) not in str(answer)
    assert token not in str(answer)
    assert (two_people["bradford"],) not in seen


def test_worker_enters_an_officers_context_as_the_web_role(two_people: dict[str, uuid.UUID], db_as: AsRole) -> None:
    token = token_of(signed_in(make_person("kim", "area_officer", place=LEEDS)))

    with db_as("worker"), within(token):
        ask("SET LOCAL ROLE jt_web; SELECT 1")
        seen = ask("SELECT offender_id FROM t_fact")

    assert seen == [(two_people["leeds"],)]


def test_unprotect_takes_back_what_protect_gave(two_people: dict[str, uuid.UUID], superuser: Superuser) -> None:
    with superuser.cursor() as cursor:
        cursor.execute("SET ROLE jt_owner; SELECT sec.unprotect('t_fact'); RESET ROLE")
        cursor.execute("SELECT count(*) FROM pg_policy WHERE polrelid = 't_fact'::regclass")
        policies = cursor.fetchone()
        cursor.execute("SELECT has_table_privilege('jt_web', 't_fact', 'SELECT')")
        readable = cursor.fetchone()

    assert (policies, readable) == ((0,), (False,))
