"""The next release that tables and charts show, and how sure it is."""

from datetime import date, timedelta

import pytest

from custody.models import CustodyState
from custody.pages.due import due_of

TODAY = date(2026, 11, 23)  # a Monday


def state(**stated: object) -> CustodyState:
    return CustodyState(**{"whereabouts": "in_custody", **stated})


def operative(day: date, *, date_type: str = "CRD", certainty: str = "calculated") -> dict[str, object]:
    return {"release_date": day, "release_date_type": date_type, "certainty": certainty}


def eligible(day: date) -> dict[str, object]:
    return {"eligible_date": day, "eligible_date_type": "HDCED"}


IN_TWO_WEEKS = TODAY + timedelta(days=14)
IN_A_WEEK = TODAY + timedelta(days=7)


@pytest.mark.parametrize(
    ("stated", "day", "certainty"),
    [
        pytest.param(operative(IN_TWO_WEEKS), IN_TWO_WEEKS, "calculated", id="the date that counts"),
        pytest.param(eligible(IN_A_WEEK), IN_A_WEEK, "eligible", id="eligibility only"),
        pytest.param(
            operative(IN_TWO_WEEKS) | eligible(IN_A_WEEK), IN_A_WEEK, "eligible", id="eligible before calculated"
        ),
        pytest.param(
            operative(IN_TWO_WEEKS, date_type="HDCAD", certainty="approved") | eligible(IN_A_WEEK),
            IN_TWO_WEEKS,
            "approved",
            id="approved is surer than eligible",
        ),
        pytest.param(
            operative(IN_TWO_WEEKS) | eligible(TODAY - timedelta(days=1)),
            IN_TWO_WEEKS,
            "calculated",
            id="eligibility that passed unused",
        ),
        pytest.param(operative(date(2026, 12, 5)), date(2026, 12, 4), "calculated", id="Saturday stands on the Friday"),
        pytest.param(
            operative(date(2026, 12, 5), date_type="CONFIRMED", certainty="confirmed"),
            date(2026, 12, 5),
            "confirmed",
            id="confirmed stands as confirmed",
        ),
    ],
)
def test_the_next_release_is_the_earliest_that_may_come(stated: dict[str, object], day: date, certainty: str) -> None:
    due = due_of(state(**stated), today=TODAY)

    assert due is not None
    assert (due.day, str(due.certainty)) == (day, certainty)


def test_an_eligible_day_names_the_date_behind_it() -> None:
    due = due_of(state(**operative(IN_TWO_WEEKS), **eligible(IN_A_WEEK)), today=TODAY)

    assert due is not None
    assert due.otherwise == IN_TWO_WEEKS


def test_a_day_gone_by_is_passed_and_soon() -> None:
    due = due_of(state(**operative(TODAY - timedelta(days=2))), today=TODAY)

    assert due is not None
    assert (due.is_past, due.is_soon) == (True, True)


@pytest.mark.parametrize("whereabouts", ["community", "at_large", "died"])
def test_nobody_outside_is_due_out(whereabouts: str) -> None:
    assert due_of(state(whereabouts=whereabouts, **operative(IN_A_WEEK)), today=TODAY) is None
