"""The first pages of feed operators, match reviewers and the national programme."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.utils import timezone

from feeds.mornings import national_morning, operator_morning, reviewer_morning
from tests.custody.pages.people import publish_people
from tests.factories import Desk, publish
from tests.personas import make_person, signed_in

pytestmark = pytest.mark.django_db
AsRole = Callable[[str], AbstractContextManager[None]]


def test_operator_without_deliveries_is_told_that_none_has_come() -> None:
    page = operator_morning(now=timezone.now())

    assert page.headline == "Nothing waits."
    assert "file has come yet" in page.sentence


def test_refused_file_waits_for_the_operator(db_as: AsRole) -> None:
    with db_as("worker"):
        publish(Desk().roll(timezone.localdate() - timedelta(days=1), []))

    page = operator_morning(now=timezone.now())

    assert any("was refused" in task.head for task in page.tasks)


def test_published_files_stand_in_the_operators_table(db_as: AsRole) -> None:
    publish_people(db_as, 2)

    page = operator_morning(now=timezone.now())

    assert page.table is not None
    assert {row[1] for row in page.table.rows} == {2}


def test_reviewer_without_cases_is_told_so_plainly() -> None:
    browser = signed_in(make_person("mat", "match_reviewer"))

    assert "No doubtful match waits." in browser.get("/").content.decode()


def test_reviewers_morning_opens_nobody() -> None:
    assert reviewer_morning(now=timezone.now()).figures[0].number == 0


def test_national_programme_sees_counts_and_nobody(db_as: AsRole) -> None:
    publish_people(db_as, 3)
    browser = signed_in(make_person("nat", "national"))

    answer = browser.get("/").content.decode()

    assert national_morning(now=timezone.now()).headline.startswith("3 tracked people")
    assert "AA" not in answer
    assert "/offenders/" not in answer
