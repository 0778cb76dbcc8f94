"""Events are added, never changed, numbered without a gap and bound to their writer."""

import os
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg2
import psycopg2.extensions
import pytest
from django.db import DatabaseError, connections

from audit.authentication import is_authentic
from audit.codes import Category, Code, Outcome
from audit.trail import SERVICE, Actor, AuditUnavailableError, acting_as, current_actor, record
from tests.audit.events import no_audit, stored_events
from vault.seal import unseal

pytestmark = pytest.mark.django_db

Superuser = psycopg2.extensions.connection
AsRole = Callable[[str], AbstractContextManager[None]]
PEOPLE = [uuid.UUID(int=2), uuid.UUID(int=1)]


def full_event() -> uuid.UUID:
    """Write an event that uses every column a caller can fill."""
    actor = Actor(
        id=uuid.UUID(int=7),
        name="Sam Hartley",
        area="00DA",
        role="area_officer",
        session_hash="a" * 64,
        ip="192.0.2.1",
        device="Testfox",
        request_id=uuid.UUID(int=8),
    )
    with acting_as(actor):
        return record(
            Code.OFFENDER_VIEW,
            outcome=Outcome.OK,
            people=PEOPLE,
            fields=["offenders.profile.surname"],
            result_count=2,
            object_type="offender",
            object_id=PEOPLE[0],
            terms="a name searched for",
            reason_code="routine",
            reason="a reason in words",
            delivery_id=uuid.UUID(int=9),
            disclosure_id=uuid.UUID(int=10),
        )


def test_event_holds_who_what_and_whom(superuser: Superuser) -> None:
    event_id = full_event()

    event = stored_events(superuser)[0]
    assert event["id"] == event_id
    assert (event["category"], event["code"], event["outcome"]) == ("consultation", "offender.view", "ok")
    assert (event["actor_name"], event["actor_area"], event["ip"]) == ("Sam Hartley", "00DA", "192.0.2.1")
    assert event["people"] == sorted(PEOPLE)
    assert event["at"] is not None
    assert int(event["xid"]) > 0


def test_words_are_sealed_for_their_event(superuser: Superuser) -> None:
    event_id = full_event()

    event = stored_events(superuser)[0]
    terms = unseal(bytes(event["terms_sealed"]), purpose="audit", label="audit.terms", row=event_id.bytes)
    assert terms == b"a name searched for"
    assert b"reason in words" not in bytes(event["reason_sealed"])


def test_actor_lasts_as_long_as_its_block() -> None:
    with acting_as(SERVICE, because="the reason of a command"):
        assert current_actor().because == "the reason of a command"

    assert current_actor().name == ""


def test_reason_of_the_actor_is_kept_with_each_event(superuser: Superuser) -> None:
    with acting_as(SERVICE, because="the reason of a command"):
        record(Code.DELIVERY_RECEIVED)

    assert stored_events(superuser)[0]["reason_sealed"]


def test_numbers_of_one_process_have_no_gap(superuser: Superuser) -> None:
    for _ in range(5):
        record(Code.HELP_VIEW)

    events = stored_events(superuser)
    assert len({event["writer"] for event in events}) == 1
    numbers = [event["writer_seq"] for event in events]
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_refused_event_raises_and_leaves_no_gap(superuser: Superuser) -> None:
    record(Code.HELP_VIEW)
    with no_audit(superuser), pytest.raises(AuditUnavailableError):
        record(Code.HELP_VIEW)
    record(Code.HELP_VIEW)

    first, second = stored_events(superuser)
    assert first["writer"] != second["writer"]
    assert second["writer_seq"] == 1


def test_forked_process_is_a_new_writer(superuser: Superuser) -> None:
    record(Code.HELP_VIEW)
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            record(Code.HELP_VIEW)
        finally:
            os._exit(0)
    os.waitpid(child, 0)

    first, second = stored_events(superuser)
    assert first["writer"] != second["writer"]
    assert second["writer_seq"] == 1


def test_stored_event_is_authentic(superuser: Superuser) -> None:
    full_event()

    assert is_authentic(stored_events(superuser)[0])


CHANGES = {
    "another person": {"people": [uuid.UUID(int=3)]},
    "another actor": {"actor_name": "Somebody Else"},
    "another outcome": {"outcome": "denied"},
    "fewer results": {"result_count": 1},
    "other fields": {"fields": []},
    "other words": {"terms_sealed": b"x"},
    "another number": {"writer_seq": 99},
    "no code": {"mac": b""},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changed_event_is_not_authentic(superuser: Superuser, change: dict[str, object]) -> None:
    full_event()

    assert not is_authentic({**stored_events(superuser)[0], **change})


CHANGING = {
    "update": "UPDATE audit_event SET actor_name = 'nobody'",
    "delete": "DELETE FROM audit_event",
    "truncate": "TRUNCATE audit_event",
}


@pytest.mark.parametrize("statement", CHANGING.values(), ids=CHANGING)
def test_even_the_superuser_is_stopped_by_the_triggers(superuser: Superuser, statement: str) -> None:
    record(Code.HELP_VIEW)

    with superuser.cursor() as cursor, pytest.raises(psycopg2.errors.RaiseException):
        cursor.execute(statement)


GATE_MAY_NOT = {
    **CHANGING,
    "read": "SELECT * FROM audit_event",
    "insert and read back": "INSERT INTO audit_event (id) VALUES (gen_random_uuid()) RETURNING at",
    "set the time": "INSERT INTO audit_event (id, at) VALUES (gen_random_uuid(), now())",
    "set the transaction": "INSERT INTO audit_event (id, xid) VALUES (gen_random_uuid(), '1')",
    "lift the trigger": "ALTER TABLE audit_event DISABLE TRIGGER no_change",
}


@pytest.mark.parametrize("statement", GATE_MAY_NOT.values(), ids=GATE_MAY_NOT)
def test_gate_may_only_add(statement: str) -> None:
    record(Code.HELP_VIEW)

    with connections["gate"].cursor() as cursor, pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        cursor.execute(statement)


@pytest.mark.parametrize("process", ["web", "worker", "migrate"])
def test_every_process_can_record(db_as: AsRole, superuser: Superuser, process: str) -> None:
    with db_as(process), acting_as(SERVICE, because="test"):
        record(Code.HELP_VIEW)

    assert len(stored_events(superuser)) == 1


def test_every_category_of_the_law_has_a_code() -> None:
    assert {code.category for code in Code} == set(Category)
