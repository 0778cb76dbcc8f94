"""Template filters for dates, times and figures, as the style of pages says."""

from datetime import date, datetime

from django import template

from custody import wording

register = template.Library()


@register.filter
def full_date(value: date | datetime | None) -> str:
    """Return ``22 November 2026``; nothing for nothing."""
    return wording.full_date(value) if value else ""


@register.filter
def weekday_date(value: date | datetime | None) -> str:
    """Return ``Sunday 22 November 2026``."""
    return wording.weekday_date(value) if value else ""


@register.filter
def weekday_and_month(value: date | datetime | None) -> str:
    """Return ``Sunday 22 November``."""
    return wording.weekday_and_month(value) if value else ""


@register.filter
def short_date(value: date | datetime | None) -> str:
    """Return ``22 Nov 2026``."""
    return wording.short_date(value) if value else ""


@register.filter
def dense_date(value: date | datetime | None, today: date) -> str:
    """Return ``Tue 24 Nov``, with the year instead when it is not today's."""
    return wording.dense_date(value, today=today) if value else ""


@register.filter
def clock_time(value: datetime | None) -> str:
    """Return ``2:30pm``."""
    return wording.clock_time(value) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Return ``22 November 2026 at 8:04am``."""
    return wording.moment(value) if value else ""


@register.filter
def short_moment(value: datetime | None) -> str:
    """Return ``21 Nov 2026, 6:13am``."""
    return wording.short_moment(value) if value else ""


@register.filter
def figure(value: int | None) -> str:
    """Return a whole number with commas, ``88,214``; nothing for nothing."""
    return "" if value is None else f"{value:,}"
