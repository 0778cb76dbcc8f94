"""The door checks, restricts, renders inside its transaction and records before it answers."""

import re
from uuid import uuid4

import psycopg2.extensions
import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import path

from access.gate import StreamingRefusedError, door
from access.permissions import Permission
from audit.codes import Code
from jtrack.checks import every_address_is_a_door
from tests.access import doors
from tests.audit.events import no_audit, stored_events
from tests.personas import make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.doors")]

Superuser = psycopg2.extensions.connection


@pytest.fixture
def operator() -> Client:
    """A signed-in feed operator, whose permission the test doors ask for."""
    return signed_in(make_person("fay", "feed_operator"))


@pytest.fixture
def stranger() -> Client:
    """A signed-in reader of the trail, whose role opens none of the test doors."""
    return signed_in(make_person("ann", "assurance"))


def test_officer_with_the_permission_gets_the_page(operator: Client) -> None:
    assert operator.get("/test/secret_page/").content == b"the canary sings"


def test_page_is_recorded_with_who_what_and_how(operator: Client, superuser: Superuser) -> None:
    operator.get("/test/notes/", headers={"user-agent": "Testfox"})

    event = stored_events(superuser, code="help.view")[0]
    assert (event["actor_name"], event["actor_role"], event["outcome"]) == ("Fay", "feed_operator", "ok")
    assert (event["ip"], event["device"], event["result_count"]) == ("127.0.0.1", "Testfox", 7)
    assert event["session_hash"]
    assert event["request_id"]
    assert b"the words" not in bytes(event["terms_sealed"])


def test_failed_audit_insert_answers_503_without_data(operator: Client, superuser: Superuser) -> None:
    with no_audit(superuser):
        answer = operator.get("/test/secret_page/")

    assert answer.status_code == 503
    assert b"canary" not in answer.content


def test_failed_audit_of_a_denial_answers_503(stranger: Client, superuser: Superuser) -> None:
    with no_audit(superuser):
        assert stranger.get("/test/secret_page/").status_code == 503


def test_forbidden_absent_and_unknown_answer_the_same(stranger: Client) -> None:
    absent = stranger.get(f"/audit/people/{uuid4()}/")
    forbidden = stranger.get("/test/secret_page/")
    unknown = stranger.get("/no/such/address/")

    assert absent.status_code == forbidden.status_code == unknown.status_code == 404
    assert page_of(absent.content) == page_of(forbidden.content) == page_of(unknown.content)
    assert "Ann" in page_of(forbidden.content)


def page_of(content: bytes) -> str:
    """Return the page without what differs at every request."""
    page = content.decode()
    return re.sub(r'(name="csrfmiddlewaretoken" value="|Opened by \w+, )[^<"]*', "", page)


@pytest.mark.parametrize("address", ["/test/missing/", "/test/secret_page/"])
def test_denial_is_recorded(stranger: Client, superuser: Superuser, address: str) -> None:
    stranger.get(address)

    assert [event["outcome"] for event in stored_events(superuser, code="help.view")] == ["denied"]


def test_stranger_without_session_is_sent_to_signed_in() -> None:
    answer = Client().get("/test/secret_page/")

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/test/secret_page/"


def test_fault_is_recorded_and_raised(operator: Client, superuser: Superuser) -> None:
    with pytest.raises(RuntimeError):
        operator.get("/test/broken/")

    assert [event["outcome"] for event in stored_events(superuser, code="help.view")] == ["error"]


def test_streaming_answer_is_refused(operator: Client) -> None:
    with pytest.raises(StreamingRefusedError):
        operator.get("/test/streams/")


def test_answer_of_500_rolls_back_and_is_recorded(operator: Client, superuser: Superuser) -> None:
    assert operator.get("/test/answers_500/").status_code == 500
    assert [event["outcome"] for event in stored_events(superuser, code="help.view")] == ["error"]


def test_template_is_rendered_inside_the_context(operator: Client) -> None:
    assert len(operator.get("/test/lazy/").content) == 64


def test_context_ends_with_the_request(operator: Client) -> None:
    operator.get("/test/context/")

    with connection.cursor() as cursor:
        cursor.execute(doors.CONTEXT)
        row = cursor.fetchone()
    assert row
    assert not row[0]


METHODS = {
    "get where get is taken": ("get", "/test/secret_page/", 200),
    "head where get is taken": ("head", "/test/secret_page/", 200),
    "post where get is taken": ("post", "/test/secret_page/", 405),
    "options where get is taken": ("options", "/test/secret_page/", 405),
    "post where post is taken": ("post", "/test/posts/", 200),
    "get where post is taken": ("get", "/test/posts/", 405),
    "head where post is taken": ("head", "/test/posts/", 405),
}


@pytest.mark.parametrize(("method", "address", "status"), METHODS.values(), ids=METHODS)
def test_only_named_methods_are_answered(operator: Client, method: str, address: str, status: int) -> None:
    assert getattr(operator, method)(address).status_code == status


def test_head_is_recorded_like_a_get(operator: Client, superuser: Superuser) -> None:
    operator.head("/test/secret_page/")

    assert len(stored_events(superuser, code="help.view")) == 1


def test_view_behind_a_door_is_not_blessed_elsewhere() -> None:
    made = door("x/", doors.secret_page, may=Permission.VIEW_AUDIT, logs=Code.HELP_VIEW)

    assert hasattr(made.callback, "door")
    assert not hasattr(doors.secret_page, "door")


def test_new_address_that_is_no_door_stops_the_start() -> None:
    doors.urlpatterns.append(path("side-entrance/", doors.secret_page))
    try:
        with override_settings(ROOT_URLCONF="tests.access.doors"):
            faults = every_address_is_a_door(None)
    finally:
        doors.urlpatterns.pop()

    assert [fault.msg for fault in faults] == ["The address side-entrance/ is no door."]
