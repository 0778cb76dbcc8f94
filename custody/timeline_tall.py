"""The custody timeline down a phone's page: newest at the top, stays named beside the bar."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from custody.drawing import Drawing, Scale, Shape, flattened, horizontal, path, rect, text
from custody.timeline import (
    UNSURE_WORDS,
    Absence,
    Due,
    Period,
    Stay,
    first_moment,
    last_moment,
    midnight,
    span_title,
)
from custody.timeline_wide import LEGAL_CSS
from custody.wording import MONTHS, day_of, full_date, length_of_time, short_date

TOP: Final = 24
BAR_LEFT: Final = 62
BAR_WIDTH: Final = 26
WORDS_LEFT: Final = 102
LINE: Final = 18
SHORTEST_HEIGHT: Final = 240
HEIGHT_PER_YEAR: Final = 106
TALLEST_HEIGHT: Final = 900
NARROWEST: Final = 2.0
MONTHS_IN_YEAR: Final = 12
MONTH_ROOM: Final = 20
LABEL_ROOM: Final = 15


def draw_tall(periods: Sequence[Period], *, now: datetime, due: Due | None, width: int = 343) -> Drawing:
    """Return the drawing to scale, time running upwards to today."""
    ordered = sorted(periods, key=lambda period: period.starts_at)
    starts_at, ends_at = first_moment(ordered), last_moment(ordered, now=now, due=due)
    years = (ends_at - starts_at).days / 365
    height = min(max(SHORTEST_HEIGHT, years * HEIGHT_PER_YEAR), TALLEST_HEIGHT)
    scale = Scale(starts_at, ends_at, TOP + height, TOP)
    labels = list(_labels(ordered, scale))
    groups = [
        _axis(scale, now),
        _bars(ordered, scale, now),
        _absences(ordered, scale, now),
        _due(scale, due, now),
        _today(scale, now),
        labels,
    ]
    lowest = max([TOP + height, *(label.y for label in labels)]) + 12
    description = "Time runs upwards. Every fact is in the list below the drawing."
    title = "Custody, drawn to scale, newest at the top"
    return Drawing(width, round(lowest, 1), title, description, flattened(groups))


def _axis(scale: Scale, now: datetime) -> Iterator[Shape]:
    """Hairlines at the starts of months or years; where the word Today stands, a tick has no label."""
    monthly, today = scale.days(30) >= MONTH_ROOM, scale.at(now) + 5
    day = day_of(scale.starts_at).replace(day=1)
    while midnight(day) <= scale.ends_at:
        if midnight(day) >= scale.starts_at and (monthly or day.month == 1):
            y = scale.at(midnight(day))
            yield horizontal("l-rule", y=y, left=0, right=BAR_LEFT + BAR_WIDTH + 6)
            if abs(y - 5 - today) >= LABEL_ROOM:
                yield text(_tick_words(day, monthly=monthly), x=0, y=y - 5, css="t-quiet")
        day = date(day.year + day.month // MONTHS_IN_YEAR, day.month % MONTHS_IN_YEAR + 1, 1)


def _tick_words(day: date, *, monthly: bool) -> str:
    return MONTHS[day.month - 1][:3] if monthly and day.month != 1 else str(day.year)


def _bars(periods: Sequence[Period], scale: Scale, now: datetime) -> Iterator[Shape]:
    middle = BAR_LEFT + BAR_WIDTH / 2
    followers = [following.starts_at for _, following in pairwise(periods)] + [now]
    for period, until in zip(periods, followers, strict=True):
        if period.ends_at is not None and period.end_kind == "released":
            yield path("l-free", f"M{middle} {scale.at(until)}V{scale.at(period.ends_at)}")
        elif period.ends_at is not None and period.end_kind in UNSURE_WORDS:
            top, height = scale.at(until), scale.at(period.ends_at) - scale.at(until)
            yield rect("f-unsure", x=BAR_LEFT, y=top, width=BAR_WIDTH, height=height)
        for span in period.spans:
            top, bottom = scale.at(span.ends_at or now), scale.at(span.starts_at)
            yield rect(
                LEGAL_CSS[span.legal],
                x=BAR_LEFT,
                y=top,
                width=BAR_WIDTH,
                height=max(bottom - top, NARROWEST),
                title=span_title(span),
            )
        for stay in period.stays[1:]:
            y = scale.at(stay.starts_at)
            yield horizontal("l-cut", y=y, left=BAR_LEFT - 3, right=BAR_LEFT + BAR_WIDTH + 3)


def _absences(periods: Sequence[Period], scale: Scale, now: datetime) -> Iterator[Shape]:
    for period in periods:
        for absence in period.absences:
            yield _absence(absence, scale, now)


def _absence(absence: Absence, scale: Scale, now: datetime) -> Shape:
    y = scale.at(absence.out_at)
    if absence.kind == "court":
        return horizontal("l-court", y=y, left=BAR_LEFT - 9, right=BAR_LEFT - 2)
    lasted = y - scale.at(absence.back_at or now) if absence.out_known else 0
    size = max(lasted, 8)
    css = "f-unsure" if absence.kind == "at_large" else "b-out"
    return rect(css, x=BAR_LEFT - 10, y=y - size, width=8, height=size)


def _due(scale: Scale, due: Due | None, now: datetime) -> Iterator[Shape]:
    if due is None or due.day < day_of(now):
        return
    y = scale.at(midnight(due.day))
    if y < TOP:
        yield text(f"↑ {_due_words(due)}", x=WORDS_LEFT, y=12, css="t-strong")
        return
    yield rect(f"c-{due.certainty}", x=BAR_LEFT + BAR_WIDTH / 2 - 5.5, y=y - 5.5, width=11, height=11)
    yield text(_due_words(due), x=WORDS_LEFT, y=min(y + 5, scale.at(now) - LINE + 5), css="t-strong t-halo")


def _due_words(due: Due) -> str:
    """Return the words at the mark, without the weekday: a phone is narrow."""
    return f"Due out {full_date(due.day)}"


def _today(scale: Scale, now: datetime) -> Iterator[Shape]:
    y = scale.at(now)
    yield horizontal("l-now", y=y, left=BAR_LEFT - 12, right=BAR_LEFT + BAR_WIDTH + 10)
    yield text("Today", x=0, y=y + 5, css="t-strong t-halo")


def _labels(periods: Sequence[Period], scale: Scale) -> Iterator[Shape]:
    """Stays newest first, each beside its middle, pushed down where it would cover the one above."""
    lowest = scale.at(scale.ends_at)
    stays = [(stay, period) for period in periods for stay in period.stays]
    for stay, period in sorted(stays, key=lambda pair: pair[0].starts_at, reverse=True):
        top = scale.at(stay.ends_at) if stay.ends_at else lowest + LINE
        y = max((top + scale.at(stay.starts_at)) / 2 + 5, lowest + LINE)
        yield text(_stay_words(stay, period), x=WORDS_LEFT, y=y, css="t-halo")
        lowest = y


def _stay_words(stay: Stay, period: Period) -> str:
    if stay.ends_at is None:
        known = period.start_known or stay is not period.stays[0]
        return f"{stay.establishment_name}, since {'' if known else 'before '}{short_date(stay.starts_at)}"
    length = length_of_time((day_of(stay.ends_at) - day_of(stay.starts_at)).days + 1)
    return f"{stay.establishment_name}, {length} from {short_date(stay.starts_at)}"
