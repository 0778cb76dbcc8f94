"""The first page of an access administrator: accounts that sleep, lack a role or a factor, roles about to end."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.models import Account, Grant
from tests.personas import LEEDS, Person, make_person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    return signed_in(make_person("ada", "access_admin"))


def idle(person: Person, *, days: int) -> None:
    Account.objects.filter(pk=person.account.pk).update(last_login=timezone.now() - timedelta(days=days, hours=1))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        pytest.param(22, "", id="not yet"),
        pytest.param(23, "to be disabled on", id="warned at 23 days"),
        pytest.param(30, "to be disabled now", id="due at 30 days"),
    ],
)
def test_account_that_nobody_uses_is_told_in_time(admin: Client, days: int, words: str) -> None:
    idle(make_person("kim", "area_officer", place=LEEDS), days=days)

    page = admin.get("/").content.decode()

    assert (words in page) if words else ("to be disabled" not in page)


def test_account_without_a_role_and_one_without_a_factor_are_told(admin: Client) -> None:
    make_person("kim")
    make_person("leo", "area_officer", place=LEEDS, enrolled=False)

    page = admin.get("/").content.decode()

    assert "has no role" in page
    assert "has no second factor yet" in page


def test_role_that_ends_soon_is_told(admin: Client) -> None:
    kim = make_person("kim", "area_officer", place=LEEDS)
    Grant.objects.filter(officer=kim.officer).using("gate").update(ends_at=timezone.now() + timedelta(days=3))

    assert "loses the role Area officer then" in admin.get("/").content.decode()


def test_nothing_to_do_is_said_as_plainly(admin: Client) -> None:
    assert "Nothing waits." in admin.get("/").content.decode()
