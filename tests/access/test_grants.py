"""Officers and grants are made by the rules, and every act is recorded."""

import psycopg2.extensions
import pytest
from django.core.exceptions import ValidationError

from access.grants import create_officer, end_grant, grant_role
from access.models import Account, Grant
from access.roles import ForbiddenRolesError
from tests.audit.events import no_audit, stored_events
from tests.personas import LEEDS, make_person

pytestmark = pytest.mark.django_db

Superuser = psycopg2.extensions.connection

WEAK = {
    "too short": "fourteen-chars",
    "common": "yfdbufnjh10305070",
    "own words": "jtrackpolicewest1",
    "the user name": "amanda.thistlewood",
}


@pytest.mark.parametrize("password", WEAK.values(), ids=WEAK)
def test_weak_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        create_officer(username="amanda.thistlewood", password=password, name="Amanda")

    assert not Account.objects.exists()


@pytest.mark.parametrize("password", ["correct horse battery staple", "þýðing á löngu orði", "x9" * 64])
def test_long_password_of_any_characters_is_taken(password: str) -> None:
    officer = create_officer(username="amanda", password=password, name="Amanda")

    assert officer.account.check_password(password)
    assert officer.account.password.startswith("argon2$argon2id$")


def test_role_that_must_be_apart_is_not_granted() -> None:
    kim = make_person("kim", "area_officer", place=LEEDS)

    with pytest.raises(ForbiddenRolesError):
        grant_role(kim.officer, role="feed_operator")
    assert Grant.objects.filter(officer=kim.officer).count() == 1


def test_role_may_be_granted_after_the_one_apart_from_it_ended() -> None:
    kim = make_person("kim", "area_officer", place=LEEDS)
    end_grant(Grant.objects.get(officer=kim.officer))

    assert grant_role(kim.officer, role="feed_operator").role == "feed_operator"


def test_standing_grant_is_not_doubled() -> None:
    kim = make_person("kim", "area_officer", place=LEEDS)

    grant_role(kim.officer, role="area_officer", place=LEEDS)

    assert Grant.objects.filter(officer=kim.officer).count() == 1


def test_nobody_grants_to_themselves() -> None:
    admin = make_person("adm", "access_admin")

    with pytest.raises(KeyError):
        grant_role(admin.officer, role="area_officer", place=LEEDS, granted_by=admin.officer)


def test_making_and_ending_are_recorded(superuser: Superuser) -> None:
    kim = make_person("kim", "area_officer", place=LEEDS)
    end_grant(Grant.objects.get(officer=kim.officer))

    admin = stored_events(superuser, category="admin")
    assert [event["code"] for event in admin] == ["account.create", "grant.make", "grant.end"]
    assert {event["object_id"] for event in admin} == {str(kim.officer.pk)}


def test_grant_that_cannot_be_recorded_does_not_stand(superuser: Superuser) -> None:
    kim = make_person("kim")

    with no_audit(superuser), pytest.raises(Exception, match="audit trail"):
        grant_role(kim.officer, role="area_officer", place=LEEDS)
    assert not Grant.objects.filter(officer=kim.officer).exists()
