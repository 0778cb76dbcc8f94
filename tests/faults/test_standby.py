"""On a read replica row security holds as on the primary; what writes does not work there.

A web process may read from a copy as long as its gate – sessions, contexts, the audit trail – stays at the primary.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from access.row_security import context_token, set_context
from access.sessions import end_sessions
from jtrack.checks import refuse_unsafe_start
from jtrack.postgres import Cluster
from offenders.models import Profile
from tests.factories import FIRST_DAY, Desk, publish
from tests.faults.standby import Standby
from tests.figures import figure
from tests.personas import LEEDS, Person, make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.drill]
AsRole = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def copy(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, db: None) -> Iterator[Standby]:
    """A running copy, from which `default` reads; the gate stays where it is."""
    made = Standby(cluster, tmp_path_factory.mktemp("copy"))
    made.start()
    before = dict(connections.settings["default"])
    connections["default"].close()
    connections.settings["default"]["HOST"] = str(made.folder)
    yield made
    connections["default"].close()
    connections.settings["default"].update(before)
    made.stop()


@pytest.fixture
def officer(copy: Standby, db_as: AsRole) -> tuple[Person, Client]:
    """An officer of Leeds, where one person is; another is elsewhere."""
    rows = [{"ppo_reference": f"ST-{area}", "csp_code": area, "surname": f"Quil{area}"} for area in ("00DA", "00CX")]
    there = connections.settings["default"]["HOST"]
    connections["default"].close()
    connections.settings["default"]["HOST"] = connections.settings["gate"]["HOST"]
    with db_as("worker"):
        publish(Desk().ppo(FIRST_DAY, rows))
    person = make_person("leo", "area_officer", place=LEEDS)
    browser = signed_in(person)
    connections["default"].close()
    connections.settings["default"]["HOST"] = there
    return person, browser


def _seen(browser: Client) -> int:
    with transaction.atomic():
        set_context(context_token(browser.cookies[settings.SESSION_COOKIE_NAME].value))
        return Profile.objects.count()


def test_row_security_and_contexts_hold_on_the_copy(copy: Standby, officer: tuple[Person, Client]) -> None:
    began = time.monotonic()
    copy.catch_up()
    lag = time.monotonic() - began

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        assert cursor.fetchall() == [(True,)]
    refuse_unsafe_start()
    seen = _seen(officer[1])
    end_sessions(officer[0].account.pk)
    copy.catch_up()

    figure(
        "STANDBY", rows_of_own_area=seen, rows_after_the_session_ended=_seen(officer[1]), caught_up_seconds=f"{lag:.2f}"
    )
    assert (seen, _seen(officer[1])) == (1, 0)


def test_pages_answer_from_the_copy_and_are_recorded_at_the_primary(
    copy: Standby, officer: tuple[Person, Client], db_as: AsRole
) -> None:
    copy.catch_up()
    for address in ("/", "/caseload/"):
        assert officer[1].get(address).status_code == 200

    with copy.primary.superuser() as session, session.cursor() as cursor:
        cursor.execute("SELECT code FROM audit_event WHERE code LIKE '%.view' ORDER BY at")
        assert [row[0] for row in cursor.fetchall()] == ["morning.view", "caseload.view"]


def test_nothing_can_be_written_on_the_copy(copy: Standby) -> None:
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="read-only transaction"):
        cursor.execute("UPDATE access_officer SET name = name")


def test_gate_on_the_copy_answers_no_page(copy: Standby, officer: tuple[Person, Client]) -> None:
    copy.catch_up()
    before = dict(connections.settings["gate"])
    connections["gate"].close()
    connections.settings["gate"]["HOST"] = str(copy.folder)
    try:
        answer = officer[1].get("/caseload/")
    finally:
        connections["gate"].close()
        connections.settings["gate"].update(before)

    assert answer.status_code == 503
