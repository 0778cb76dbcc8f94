"""Coming in by password and code, and going out."""

import pytest
from django.test import Client

from access.models import Session
from audit.models import Event
from tests.access.people import PASSWORD, make_person, sign_in

pytestmark = pytest.mark.django_db


def test_assurance_signs_in_and_reads_the_trail() -> None:
    person = make_person("ann", "assurance")

    browser = sign_in(person)
    answer = browser.get("/audit/")

    assert answer.status_code == 200
    assert "Audit trail" in answer.content.decode()
