"""The first page of information assurance: what was refused, what is unusual, what is missing from the trail."""

from datetime import timedelta

import psycopg2.extensions
import pytest
from django.utils import timezone

from audit.mornings import is_unusual
from tests.personas import LEEDS, make_person, signed_in

Superuser = psycopg2.extensions.connection


@pytest.mark.parametrize(
    ("times", "usual", "unusual"),
    [
        pytest.param(19, [1, 1, 1], False, id="few in all"),
        pytest.param(20, [4, 4, 30], False, id="five times the middle day"),
        pytest.param(21, [4, 4, 30], True, id="more than five times the middle day"),
        pytest.param(25, [], True, id="nobody opened before"),
        pytest.param(60, [30, 40, 20], False, id="busy as ever"),
    ],
)
def test_unusual_is_far_above_an_officers_own_median(times: int, usual: list[int], *, unusual: bool) -> None:
    assert is_unusual(times, usual) is unusual


@pytest.mark.django_db
def test_refused_officer_stands_on_the_page() -> None:
    kim = signed_in(make_person("kim", "area_officer", place=LEEDS))
    kim.get("/audit/")
    assured = signed_in(make_person("ann", "assurance"))

    page = assured.get("/").content.decode()

    assert "Kim" in page
    assert "refused once" in page


@pytest.mark.django_db
def test_event_taken_away_is_told_at_once(superuser: Superuser) -> None:
    assured = signed_in(make_person("ann", "assurance"))
    for _ in range(3):
        assured.get("/")
    assert "Numbers are missing" not in assured.get("/").content.decode()
    with superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM audit_event WHERE writer_seq = (SELECT max(writer_seq) - 1 FROM audit_event)")
        cursor.execute("SET session_replication_role = origin")

    assert "Numbers are missing from the trail" in assured.get("/").content.decode()


@pytest.mark.django_db
def test_opening_at_night_is_told(superuser: Superuser) -> None:
    make_person("kim", "area_officer", place=LEEDS)
    assured = signed_in(make_person("ann", "assurance"))
    assured.get("/")
    midnight = timezone.localtime().replace(hour=2, minute=30) - timedelta(days=1)
    with superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET code = 'offender.view', actor_name = 'Kim', at = %s", [midnight])
        cursor.execute("SET session_replication_role = origin")

    assert "between 10pm and 6am" in assured.get("/").content.decode()
