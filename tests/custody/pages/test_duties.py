"""The first pages of a prison's liaison and of drug intervention."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from access.grants import Place
from tests.custody.pages.people import publish_people
from tests.personas import LEEDS, make_person, signed_in

pytestmark = pytest.mark.django_db
AsRole = Callable[[str], AbstractContextManager[None]]


def test_liaison_sees_nobody_who_is_not_shown_to_the_establishment(db_as: AsRole) -> None:
    publish_people(db_as, 2, prison="LEI")
    browser = signed_in(make_person("lia", "prison_liaison", place=Place(establishment="LEI")))

    page = browser.get("/").content.decode()

    assert "No tracked person is shown to your establishment." in page
    assert "/offenders/" not in page


def test_drug_intervention_worker_is_told_that_no_list_comes() -> None:
    browser = signed_in(make_person("dee", "dip_worker", place=LEEDS))

    assert "takes in no list of the programme" in browser.get("/").content.decode()


def test_prosecutor_reads_the_areas_morning_without_alerts_to_answer(db_as: AsRole) -> None:
    publish_people(db_as, 2)
    browser = signed_in(make_person("cam", "cps", place=LEEDS))

    page = browser.get("/").content.decode()

    assert "New since you last looked" in page
    assert "/alerts/" not in page
