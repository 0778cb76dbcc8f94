"""What is typed where a user name belongs is counted, and kept nowhere in words."""

import psycopg2.extensions
import pytest
from django.test import Client

from tests.personas import PASSWORD, make_person

TYPED = "thistlewood-by-mistake"


@pytest.mark.django_db
def test_refused_attempt_keeps_neither_the_name_typed_nor_where_it_would_have_led(
    superuser: psycopg2.extensions.connection,
) -> None:
    Client().post(f"/sign-in/?next=/offenders/{TYPED}/", {"login": TYPED, "password": "not the right one"})

    with superuser.cursor() as cursor:
        cursor.execute("SELECT a::text FROM axes_accessattempt a UNION ALL SELECT f::text FROM access_failedattempt f")
        kept = [row[0] for row in cursor.fetchall()]
    assert len(kept) == 2
    assert TYPED not in "".join(kept)


@pytest.mark.django_db
def test_signing_in_forgets_the_attempts_counted_before(superuser: psycopg2.extensions.connection) -> None:
    person = make_person("ann", "assurance")
    Client().post("/sign-in/", {"login": "ann", "password": "not the right one"})

    browser = Client()
    browser.post("/sign-in/", {"login": "ann", "password": PASSWORD})
    browser.post("/sign-in/code/", {"code": person.fresh_code()})

    with superuser.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM axes_accessattempt")
        assert cursor.fetchall() == [(0,)]
