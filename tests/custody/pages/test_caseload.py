"""The caseload's filters, groups and words."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from custody.models import CustodyState
from custody.pages.caseload_controls import is_due
from custody.pages.caseload_rows import GROUPS, group_of, where_now
from custody.pages.due import due_of
from custody.pages.people import Person
from custody.pages.signs import state_of
from offenders.models import Profile
from tests.custody.pages.people import publish_people
from tests.personas import BRADFORD, LEEDS, make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def somebody(whereabouts: str = "in_custody", *, due_in: int | None = None, ours: bool = True, out: int = 0) -> Person:
    dated: dict[str, object] = {}
    if due_in is not None:
        day = TODAY + timedelta(days=due_in)
        dated = {"release_date": day, "release_date_type": "CONFIRMED", "certainty": "confirmed"}
    state = CustodyState(
        whereabouts=whereabouts, establishment_code="LEI", since=NOW - timedelta(days=out, hours=1), **dated
    )
    return Person(
        profile=Profile(offender_id=uuid4(), strand="CATCH_AND_CONVICT"),
        state=state,
        where=state_of(state, {"LEI": "Leeds"}),
        due=due_of(state, today=TODAY),
        is_ours=ours,
    )


@pytest.mark.parametrize(
    ("person", "windows"),
    [
        pytest.param(somebody(due_in=2), {"2", "7", "14", "28"}, id="within 2 days"),
        pytest.param(somebody(due_in=3), {"7", "14", "28"}, id="within 7 days"),
        pytest.param(somebody(due_in=28), {"28"}, id="on the last day"),
        pytest.param(somebody(due_in=29), set(), id="later"),
        pytest.param(somebody(due_in=-1), {"2", "7", "14", "28", "passed"}, id="day has passed"),
        pytest.param(somebody(), {"none"}, id="held without a date"),
        pytest.param(somebody("community"), set(), id="in the community"),
    ],
)
def test_release_window(person: Person, windows: set[str]) -> None:
    assert {window for window in ("2", "7", "14", "28", "passed", "none") if is_due(person, window)} == windows


@pytest.mark.parametrize(
    ("person", "heading"),
    [
        pytest.param(somebody("at_large"), "Unlawfully at large or missing from feed", id="at large"),
        pytest.param(somebody(due_in=7), "Due out within 7 days", id="soon"),
        pytest.param(somebody(), "In custody, no release date", id="no date"),
        pytest.param(somebody("community"), "In the community", id="out"),
        pytest.param(somebody("hospital"), "In hospital or removed", id="hospital"),
        pytest.param(somebody("removed"), "In hospital or removed", id="removed"),
        pytest.param(somebody(ours=False), "Managed elsewhere, releasing to your area", id="elsewhere"),
        pytest.param(somebody("died"), "Died", id="died"),
    ],
)
def test_everybody_stands_in_one_group(person: Person, heading: str) -> None:
    assert GROUPS[group_of(person)] == heading


def test_overdue_absence_is_said() -> None:
    overdue, in_time = somebody("temporary_absence", out=5), somebody("temporary_absence", out=2)

    assert where_now(overdue, NOW).words == "Out, Leeds, overdue"
    assert where_now(in_time, NOW).words == "Out, Leeds"


@pytest.mark.django_db
def test_officer_of_another_area_sees_nobody_of_this(db_as: AsRole) -> None:
    publish_people(db_as, 2)
    ours = signed_in(make_person("ann", "area_officer", place=LEEDS))
    theirs = signed_in(make_person("bea", "area_officer", place=BRADFORD))

    assert ours.get("/caseload/").content.decode().count("/offenders/") == 2
    assert "/offenders/" not in theirs.get("/caseload/").content.decode()


@pytest.mark.django_db
def test_role_without_a_caseload_finds_no_page() -> None:
    assert signed_in(make_person("olive", "feed_operator")).get("/caseload/").status_code == 404
