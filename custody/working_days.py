"""Tell working days and working hours of England and Wales."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
DAY_STARTS = time(8)
DAY_ENDS = time(18)
SATURDAY = 5
ONE_DAY = timedelta(days=1)


def is_bank_holiday(day: date) -> bool:
    """Say whether a day is a bank holiday in England and Wales."""
    return day in _bank_holidays(day.year)


def is_working_day(day: date) -> bool:
    """Say whether a day is a Monday to Friday and no bank holiday."""
    return day.weekday() < SATURDAY and not is_bank_holiday(day)


def previous_working_day(day: date) -> date:
    """Return the day itself if it is a working day, else the last one before it."""
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def next_working_day(day: date) -> date:
    """Return the day itself if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def last_day_with_services(day: date) -> date:
    """Return the day itself or the last before it that is a working day with a working day after it.

    Somebody released on a Friday or before a bank holiday would find every office shut.
    Source: domain.md a.5, the policy on Fridays and days before bank holidays.
    """
    while not (is_working_day(day) and is_working_day(day + ONE_DAY)):
        day -= ONE_DAY
    return day


def working_time_between(start: datetime, end: datetime) -> timedelta:
    """Return the working time, Monday to Friday 8am to 6pm UK time, from `start` to `end` (both aware)."""
    start, end = start.astimezone(LONDON), end.astimezone(LONDON)
    total = timedelta()
    day = start.date()
    while day <= end.date():
        if is_working_day(day):
            opens, closes = _working_hours(day)
            total += max(min(end, closes) - max(start, opens), timedelta())
        day += ONE_DAY
    return total


def after_working_time(start: datetime, span: timedelta) -> datetime:
    """Return the moment at which `span` of working time has passed since `start` (aware), in UK time."""
    moment = start.astimezone(LONDON)
    day = moment.date()
    while True:
        if is_working_day(day):
            opens, closes = _working_hours(day)
            begins = max(moment, opens)
            left = max(closes - begins, timedelta())
            if span <= left:
                return begins + span
            span -= left
        day += ONE_DAY


def _working_hours(day: date) -> tuple[datetime, datetime]:
    return datetime.combine(day, DAY_STARTS, LONDON), datetime.combine(day, DAY_ENDS, LONDON)


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    """Return one year's bank holidays, made whole before anyone reads them.

    The library's calendars fill themselves on reading, which two threads at once could see half done.
    """
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
