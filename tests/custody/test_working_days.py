"""Working days and hours are those of England and Wales."""

from datetime import date, datetime, timedelta

import pytest

from custody.working_days import (
    LONDON,
    after_working_time,
    is_bank_holiday,
    is_working_day,
    last_day_with_services,
    next_working_day,
    previous_working_day,
    working_time_between,
)


@pytest.mark.parametrize(
    ("day", "is_holiday"),
    [
        pytest.param(date(2026, 4, 3), True, id="Good Friday"),
        pytest.param(date(2026, 4, 6), True, id="Easter Monday"),
        pytest.param(date(2026, 8, 31), True, id="late summer holiday, not the Scottish one"),
        pytest.param(date(2026, 8, 3), False, id="summer holiday of Scotland"),
        pytest.param(date(2026, 3, 17), False, id="St Patrick's Day"),
        pytest.param(date(2026, 1, 2), False, id="second of January, a holiday in Scotland"),
        pytest.param(date(2026, 12, 28), True, id="Boxing Day moved from a Saturday"),
        pytest.param(date(2022, 9, 19), True, id="a funeral of state"),
        pytest.param(date(2028, 1, 3), True, id="New Year's Day moved from a Saturday"),
        pytest.param(date(2026, 11, 23), False, id="an ordinary Monday"),
    ],
)
def test_bank_holidays_are_those_of_england_and_wales(day: date, *, is_holiday: bool) -> None:
    assert is_bank_holiday(day) is is_holiday


@pytest.mark.parametrize(
    ("day", "works"),
    [
        pytest.param(date(2026, 11, 20), True, id="Friday"),
        pytest.param(date(2026, 11, 21), False, id="Saturday"),
        pytest.param(date(2026, 11, 22), False, id="Sunday"),
        pytest.param(date(2026, 11, 23), True, id="Monday"),
        pytest.param(date(2026, 5, 25), False, id="Monday that is a holiday"),
    ],
)
def test_working_days_are_monday_to_friday_without_holidays(day: date, *, works: bool) -> None:
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("day", "previous", "following", "with_services"),
    [
        pytest.param(
            date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24), id="Tuesday stays"
        ),
        pytest.param(date(2026, 11, 27), date(2026, 11, 27), date(2026, 11, 27), date(2026, 11, 26), id="Friday"),
        pytest.param(date(2026, 11, 28), date(2026, 11, 27), date(2026, 11, 30), date(2026, 11, 26), id="Saturday"),
        pytest.param(date(2026, 11, 29), date(2026, 11, 27), date(2026, 11, 30), date(2026, 11, 26), id="Sunday"),
        pytest.param(
            date(2026, 4, 2), date(2026, 4, 2), date(2026, 4, 2), date(2026, 4, 1), id="day before Good Friday"
        ),
        pytest.param(date(2026, 4, 6), date(2026, 4, 2), date(2026, 4, 7), date(2026, 4, 1), id="Easter Monday"),
        pytest.param(date(2026, 12, 28), date(2026, 12, 24), date(2026, 12, 29), date(2026, 12, 23), id="Christmas"),
    ],
)
def test_days_move_off_weekends_and_holidays(day: date, previous: date, following: date, with_services: date) -> None:
    moved = (previous_working_day(day), next_working_day(day), last_day_with_services(day))

    assert moved == (previous, following, with_services)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=LONDON)


HOURS = [
    pytest.param(at(23, 9), timedelta(hours=2), at(23, 11), id="inside one day"),
    pytest.param(at(23, 6), timedelta(hours=2), at(23, 10), id="before the day starts"),
    pytest.param(at(23, 17), timedelta(hours=2), at(24, 9), id="over a night"),
    pytest.param(at(20, 17), timedelta(hours=2), at(23, 9), id="over a weekend"),
    pytest.param(at(21, 12), timedelta(hours=2), at(23, 10), id="from a Saturday"),
    pytest.param(at(24, 17, month=12), timedelta(hours=2), at(29, 9, month=12), id="over Christmas"),
    pytest.param(at(23, 8), timedelta(hours=20), at(24, 18), id="two whole days"),
]


@pytest.mark.parametrize(("start", "span", "end"), HOURS)
def test_working_time_passes_in_working_hours_only(start: datetime, span: timedelta, end: datetime) -> None:
    assert after_working_time(start, span) == end
    assert working_time_between(start, end) == span


def test_working_hours_follow_the_clock_on_the_wall_in_summer() -> None:
    eight_thirty_in_london = datetime.fromisoformat("2026-07-01T07:30:00+00:00")

    end = after_working_time(eight_thirty_in_london, timedelta(hours=10))

    assert end == datetime.fromisoformat("2026-07-02T07:30:00+00:00")


def test_no_working_time_lies_between_two_moments_of_one_night() -> None:
    assert working_time_between(at(23, 19), at(24, 7)) == timedelta()
    assert working_time_between(at(24, 9), at(23, 9)) == timedelta()
