"""Dates, times and lengths are written as the style of pages says."""

from datetime import UTC, date, datetime

import pytest

from custody import wording
from custody.models import EventKind, Whereabouts

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        pytest.param(datetime(2026, 11, 22, 14, 30, tzinfo=UTC), "2:30pm", id="afternoon"),
        pytest.param(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), "9am", id="full hour"),
        pytest.param(datetime(2026, 11, 22, 0, 5, tzinfo=UTC), "12:05am", id="just after midnight"),
        pytest.param(datetime(2026, 11, 22, 0, 0, tzinfo=UTC), "midnight", id="midnight"),
        pytest.param(datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "midday", id="midday"),
        pytest.param(datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "1pm", id="summer time is an hour ahead"),
    ],
)
def test_times_are_london_times(moment: datetime, written: str) -> None:
    assert wording.clock_time(moment) == written


def test_a_summer_evening_in_universal_time_is_the_next_day_in_london() -> None:
    assert wording.full_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2026"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        pytest.param(date(2026, 11, 24), "Tue 24 Nov", id="this year"),
        pytest.param(date(2027, 1, 14), "14 Jan 2027", id="another year"),
    ],
)
def test_dense_dates_name_the_year_only_when_it_is_another(day: date, written: str) -> None:
    assert wording.dense_date(day, today=TODAY) == written


@pytest.mark.parametrize(
    ("days", "written"),
    [
        pytest.param(1, "1 day", id="one day"),
        pytest.param(89, "89 days", id="almost three months"),
        pytest.param(212, "7 months", id="months"),
        pytest.param(731, "2 years", id="two years"),
        pytest.param(2824, "7 years 9 months", id="years and months"),
    ],
)
def test_lengths_of_time_use_the_unit_that_says_enough(days: int, written: str) -> None:
    assert wording.length_of_time(days) == written


@pytest.mark.parametrize(
    ("day", "written"),
    [
        pytest.param(date(2026, 11, 22), "Today", id="today"),
        pytest.param(date(2026, 11, 23), "Tomorrow", id="tomorrow"),
        pytest.param(date(2026, 11, 21), "Yesterday", id="yesterday"),
        pytest.param(date(2026, 11, 26), "Thursday", id="within a week"),
        pytest.param(date(2026, 11, 29), "Sun 29 Nov", id="a week ahead"),
    ],
)
def test_near_days_have_names(day: date, written: str) -> None:
    assert wording.near_day(day, today=TODAY) == written


def test_lists_end_with_and() -> None:
    assert wording.joined(["Leeds", "Hull", "Moorland"]) == "Leeds, Hull and Moorland"
    assert wording.joined(["Leeds"]) == "Leeds"
    assert wording.joined([]) == ""


@pytest.mark.parametrize(
    ("kind", "reason", "words"),
    [
        pytest.param("released", "HR", "home detention curfew (HDC), on licence", id="released on curfew"),
        pytest.param("released", "CR", "conditional release on licence", id="released on licence"),
        pytest.param("released", "BL", "bailed", id="bailed"),
        pytest.param("released", "SC", "sentence completed", id="end of sentence"),
        pytest.param("released", "PD", "released again after a recall", id="a reason that the list has under no type"),
        pytest.param("recalled", "L", "licence revoked", id="recalled"),
        pytest.param("removed", "RE", "repatriated", id="removed"),
        pytest.param("to_hospital", "HP", "moved to a psychiatric hospital", id="to hospital"),
        pytest.param("at_court", "TRIAL", "trial", id="at court"),
        pytest.param("at_court", "F4", "court, unescorted", id="at court on leave"),
        pytest.param("temporary_absence", "C3", "funeral or death in the family", id="out for a funeral"),
        pytest.param("returned_from_absence", "A", "back late from leave, of their own accord", id="back late"),
        pytest.param("in_transit", "OVCROW", "overcrowding", id="on the way"),
        pytest.param("released", "", "", id="by the date alone"),
        pytest.param("released", "XX", "", id="a code on no list"),
        pytest.param("release_date_set", "CR", "", id="a kind without a reason"),
    ],
)
def test_how_something_came_about_is_said_plainly(kind: str, reason: str, words: str) -> None:
    assert wording.how_words(kind, reason) == words


def test_every_kind_and_state_is_explained_in_a_sentence() -> None:
    assert wording.KIND_MEANINGS.keys() == set(EventKind.values)
    assert wording.STATE_MEANINGS.keys() == set(Whereabouts.values)
    said = [*wording.KIND_MEANINGS.values(), *wording.STATE_MEANINGS.values()]
    assert all(words.endswith(".") for words in said)


def test_every_kind_that_a_movement_tells_has_its_reasons() -> None:
    by_movement = {kind for kind in EventKind.values if not kind.startswith("release_date")}

    assert by_movement - wording.TYPES_OF_KIND.keys() == {"missing_from_feed", "back_in_feed", "adopted_in_custody"}
