"""The days that the release calendar shows: a month in whole weeks, or one week, and what each day is called."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays

from custody.wording import MONTHS, WEEKDAYS
from custody.working_days import is_bank_holiday, is_working_day

WEEK: Final = 7
ONE_DAY: Final = timedelta(days=1)
# Farther away than this no date is worth a page, and the calendar's arithmetic stays in range.
FARTHEST_YEARS: Final = 40


@dataclass(frozen=True, slots=True)
class Span:
    """The first and last day shown, whole weeks from Monday; ``day`` lies in the month or week that is meant."""

    view: str
    day: date
    first: date
    last: date

    @property
    def is_month(self) -> bool:
        """Whether a month is shown, not a week."""
        return self.view == "month"

    @property
    def days(self) -> list[date]:
        """Return every day shown."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def title(self) -> str:
        """Return ``December 2026``, or ``Week of 7 December 2026``."""
        if self.is_month:
            return f"{MONTHS[self.day.month - 1]} {self.day.year}"
        return f"Week of {self.first.day} {MONTHS[self.first.month - 1]} {self.first.year}"

    def holds(self, day: date) -> bool:
        """Say whether a day is shown."""
        return self.first <= day <= self.last

    def is_beside(self, day: date) -> bool:
        """Say whether a day is shown only to fill the first or last week of the month."""
        return self.is_month and day.month != self.day.month


def span_of(view: str, day: date | None, *, today: date) -> Span:
    """Return the month or week that holds a day; that of today where none, or one out of reach, is asked for."""
    wanted = day if day and abs(day.year - today.year) <= FARTHEST_YEARS else today
    if view == "week":
        first = _monday(wanted)
        return Span("week", wanted, first, first + timedelta(days=WEEK - 1))
    begins = wanted.replace(day=1)
    ends = _next_month(begins) - ONE_DAY
    return Span("month", wanted, _monday(begins), _monday(ends) + timedelta(days=WEEK - 1))


def before(span: Span) -> date:
    """Return a day in the month or week before."""
    return (span.day.replace(day=1) - ONE_DAY).replace(day=1) if span.is_month else span.first - timedelta(days=WEEK)


def after(span: Span) -> date:
    """Return a day in the month or week after."""
    return _next_month(span.day.replace(day=1)) if span.is_month else span.last + ONE_DAY


def day_note(day: date) -> str:
    """Return what a day without services, or the day before one, says of releases; nothing for other days."""
    if is_bank_holiday(day):
        return f"{holiday_name(day)}: no releases"
    following = day + ONE_DAY
    if is_working_day(day) and is_bank_holiday(following):
        return "Prisons avoid releases the day before a bank holiday"
    return ""


def holiday_name(day: date) -> str:
    """Return the name of a bank holiday of England and Wales, or nothing."""
    return _names(day.year).get(day, "").replace("(observed)", "(substitute day)")


def why_moved(stated: date) -> str:
    """Return why nobody is released on the stated day: its holiday's name, or the weekday."""
    return holiday_name(stated) or f"a {WEEKDAYS[stated.weekday()]}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


@cache
def _names(year: int) -> dict[date, str]:
    return {day: str(name) for day, name in holidays.country_holidays("GB", subdiv="ENG", years=year).items()}
