"""The custody timeline across a wide page: all periods to scale, and the current one magnified."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from custody.drawing import (
    Drawing,
    Lane,
    Scale,
    Shape,
    flattened,
    horizontal,
    path,
    rect,
    text,
    text_width,
    vertical,
)
from custody.timeline import (
    ABSENCE_WORDS,
    UNSURE_WORDS,
    Absence,
    AbsenceKind,
    Due,
    Period,
    Stay,
    absence_words,
    current_period,
    due_label,
    first_moment,
    last_moment,
    midnight,
    period_label,
    span_title,
    stay_title,
)
from custody.wording import MONTHS, day_of, full_date

GUTTER: Final = 148  # room for the names of rows, left of the scale
EDGE: Final = 8
TOP: Final = 22
BAR_TOP: Final = 46
BAR_HEIGHT: Final = 30
ROWS_TOP: Final = 104
ROW_STEP: Final = 25
ROW_BAR: Final = 12
BOX: Final = 16
GROUP_GAP: Final = 12
LENS_DROP: Final = 30
LENS_BAR: Final = 34
LENS_HEIGHT: Final = 154
NARROWEST: Final = 2.0  # a shorter stay is still drawn this wide, so that it can be seen
MONTH_LABEL: Final = 46.0
TODAY_LABEL: Final = 48.0
TODAY_GAP: Final = 6.0
FIRST_LABEL: Final = 70.0
LENS_PAYS_BELOW: Final = 0.6  # magnify only what is less than this share of the scale
LEGAL_CSS: Final = {
    "sentenced": "f-sentenced",
    "remand": "f-remand",
    "recalled": "f-recalled",
    "unknown": "f-unknown",
}
DARK: Final = frozenset({"sentenced", "recalled"})


def draw_wide(periods: Sequence[Period], *, now: datetime, due: Due | None, width: int = 1240) -> Drawing:
    """Return the drawing: in or out, establishments, absences, and the lens on the current period.

    Lengths are in proportion to time; only what would be thinner than two units is widened to be seen.
    """
    ordered = sorted(periods, key=lambda period: period.starts_at)
    scale = Scale(first_moment(ordered), last_moment(ordered, now=now, due=due), GUTTER, width - EDGE)
    rows = _row_places(ordered)
    bottom = max(rows.values()) + ROW_STEP / 2 + 3
    groups = [
        _axis(scale, top=TOP, bottom=bottom, label_y=16, today=now),
        _in_or_out(ordered, scale, now),
        _due_mark(scale, due, now, top=BAR_TOP, height=BAR_HEIGHT),
        _length_labels(ordered, scale, now),
        _stays(ordered, scale, rows, now),
        _absences(ordered, scale, rows, now),
        _today(scale, now, top=TOP, bottom=bottom, label_y=16),
    ]
    current = current_period(ordered)
    height = bottom + 4
    if current is not None and _is_tiny(current, scale, now):
        groups.append(_lens(current, scale, now, due, top=bottom, width=width))
        height = bottom + LENS_DROP + LENS_HEIGHT
    else:
        groups.append(_due_words(scale, due, now, y=BAR_TOP + BAR_HEIGHT + 15))
    description = "Time runs from left to right. Every fact is in the list below the drawing."
    return Drawing(width, round(height, 1), "Custody, drawn to scale", description, flattened(groups))


def _row_places(periods: Sequence[Period]) -> dict[str, float]:
    """Return the middle of each row: one for each establishment, then the absences there were."""
    names = list(dict.fromkeys(stay.establishment_name for period in periods for stay in period.stays))
    places = {name: float(ROWS_TOP + number * ROW_STEP) for number, name in enumerate(names)}
    kinds: set[AbsenceKind] = {absence.kind for period in periods for absence in period.absences}
    after = ROWS_TOP + len(names) * ROW_STEP + GROUP_GAP
    present = [ABSENCE_WORDS[kind] for kind in ABSENCE_WORDS if kind in kinds]
    places |= {words: float(after + number * ROW_STEP) for number, words in enumerate(present)}
    return places or {"": float(ROWS_TOP)}


def _axis(scale: Scale, *, top: float, bottom: float, label_y: float, today: datetime | None = None) -> Iterator[Shape]:
    """Upright hairlines at the starts of months, or of years where months would crowd.

    ``today`` is where the word Today stands in the same line; no label is written into it.
    """
    taken = Lane()
    if today is not None:
        taken.has_room(scale.at(today) - TODAY_LABEL, scale.at(today))
    monthly = scale.days(30) >= MONTH_LABEL
    days = [day for day in _month_starts(scale) if monthly or day.month == 1]
    if not days or scale.at(midnight(days[0])) - scale.low > FIRST_LABEL:
        yield text(_first_words(scale), x=scale.low, y=label_y, css="t-strong")
    for day in days:
        x = scale.at(midnight(day))
        yield vertical("l-rule", x=x, top=top, bottom=bottom)
        words, css = _tick_words(day, monthly=monthly)
        right = x + 5 + text_width(words)
        if right <= scale.high and taken.has_room(x + 5, right):
            yield text(words, x=x + 5, y=label_y, css=css)


def _first_words(scale: Scale) -> str:
    day = day_of(scale.starts_at)
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def _month_starts(scale: Scale) -> Iterator[date]:
    day = day_of(scale.starts_at).replace(day=1)
    while midnight(day) <= scale.ends_at:
        if midnight(day) >= scale.starts_at:
            yield day
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _tick_words(day: date, *, monthly: bool) -> tuple[str, str]:
    if not monthly:
        return str(day.year), "t-strong"
    name = MONTHS[day.month - 1][:3]
    return (f"{name} {day.year}", "t-strong") if day.month == 1 else (name, "t-quiet")


def _in_or_out(periods: Sequence[Period], scale: Scale, now: datetime) -> Iterator[Shape]:
    middle = BAR_TOP + BAR_HEIGHT / 2
    yield text("In or out", x=0, y=middle + 5, css="t-strong")
    yield horizontal("l-rule", y=middle, left=scale.low, right=scale.at(now))
    yield from _time_outside(periods, scale, now, middle)
    for period in periods:
        yield from _spans(period, scale, now, top=BAR_TOP, height=BAR_HEIGHT)


def _time_outside(periods: Sequence[Period], scale: Scale, now: datetime, middle: float) -> Iterator[Shape]:
    """A line where the person was known to be free, a dashed box while missing or at large, else nothing."""
    followers = [following.starts_at for _, following in pairwise(periods)] + [now]
    for period, until in zip(periods, followers, strict=True):
        if period.ends_at is None:
            continue
        left, right = scale.at(period.ends_at), scale.at(until)
        if period.end_kind == "released":
            yield horizontal("l-free", y=middle, left=left, right=right)
        elif period.end_kind in UNSURE_WORDS:
            title = f"{UNSURE_WORDS[period.end_kind]} since {full_date(period.ends_at)}"
            top = middle - BAR_HEIGHT / 2
            yield rect("f-unsure", x=left, y=top, width=right - left, height=BAR_HEIGHT, title=title)


def _spans(period: Period, scale: Scale, now: datetime, *, top: float, height: float) -> Iterator[Shape]:
    for span in period.spans:
        left, right = scale.at(span.starts_at), scale.at(span.ends_at or now)
        yield rect(
            LEGAL_CSS[span.legal],
            x=left,
            y=top,
            width=max(right - left, NARROWEST),
            height=height,
            title=span_title(span),
        )
    if not period.start_known:
        yield vertical("l-cut-dotted", x=scale.at(period.starts_at) + 3, top=top, bottom=top + height)


def _length_labels(periods: Sequence[Period], scale: Scale, now: datetime) -> Iterator[Shape]:
    lane = Lane()
    for period in sorted(periods, key=lambda p: p.starts_at - (p.ends_at or now)):
        middle = (scale.at(period.starts_at) + scale.at(period.ends_at or now)) / 2
        words = period_label(period, now=now)
        half = text_width(words) / 2
        middle = max(scale.low + half, min(middle, scale.high - half))
        if lane.has_room(middle - half, middle + half):
            yield text(words, x=middle, y=BAR_TOP - 7, css="t-halo", anchor="middle")


def _stays(periods: Sequence[Period], scale: Scale, rows: dict[str, float], now: datetime) -> Iterator[Shape]:
    for name, y in rows.items():
        yield text(name, x=0, y=y + 4.5)
        yield horizontal("l-rule", y=y, left=scale.low, right=scale.high)
    for period in periods:
        yield from (_transfer_line(a, b, scale, rows) for a, b in pairwise(period.stays))
        yield from (_stay_bar(stay, scale, rows, now) for stay in period.stays)


def _stay_bar(stay: Stay, scale: Scale, rows: dict[str, float], now: datetime) -> Shape:
    left, right = scale.at(stay.starts_at), scale.at(stay.ends_at or now)
    return rect(
        "f-sentenced",
        x=left,
        y=rows[stay.establishment_name] - ROW_BAR / 2,
        width=max(right - left, NARROWEST),
        height=ROW_BAR,
        title=stay_title(stay, now=now),
    )


def _transfer_line(before: Stay, after: Stay, scale: Scale, rows: dict[str, float]) -> Shape:
    top, bottom = rows[before.establishment_name], rows[after.establishment_name]
    return vertical("l-move", x=scale.at(after.starts_at), top=top, bottom=bottom)


def _absences(periods: Sequence[Period], scale: Scale, rows: dict[str, float], now: datetime) -> Iterator[Shape]:
    for period in periods:
        for absence in period.absences:
            middle = rows[ABSENCE_WORDS[absence.kind]]
            yield absence_mark(absence, scale, middle=middle, now=now, half=7)


def absence_mark(absence: Absence, scale: Scale, *, middle: float, now: datetime, half: float) -> Shape:
    """Return a stroke for a day at court, a hollow box to scale for what lasted, at least 9 wide."""
    left = scale.at(absence.out_at)
    lasted = scale.at(absence.back_at or now) - left if absence.out_known else 0
    words = absence_words(absence)
    title = words[:1].upper() + words[1:]
    if absence.kind == "court" and lasted < 2 * half:
        return vertical("l-court", x=left, top=middle - half, bottom=middle + half, title=title)
    size = min(2 * half - 5, BOX)
    css = "f-unsure" if absence.kind == "at_large" else "b-out"
    return rect(css, x=left, y=middle - size / 2, width=max(lasted, size), height=size, title=title)


def _today(scale: Scale, now: datetime, *, top: float, bottom: float, label_y: float) -> Iterator[Shape]:
    x = scale.at(now)
    yield vertical("l-now", x=x, top=top, bottom=bottom)
    yield text("Today", x=x - 5, y=label_y, css="t-strong t-halo", anchor="end")


def _due_mark(scale: Scale, due: Due | None, now: datetime, *, top: float, height: float) -> Iterator[Shape]:
    """The due day as a flag in the shade of its certainty; free time is dotted after it."""
    if due is None or due.day < day_of(now):
        return
    x = scale.at(midnight(due.day))
    if x > scale.high:
        return
    yield vertical("l-move", x=x, top=top - 4, bottom=top + height)
    yield rect(f"c-{due.certainty}", x=x - 5.5, y=top - 8, width=11, height=11, title=due_label(due))
    yield horizontal("l-free-ahead", y=top + height / 2, left=x + 2, right=scale.high)


def _is_tiny(period: Period, scale: Scale, now: datetime) -> bool:
    drawn = scale.at(now) - scale.at(period.starts_at)
    return drawn < LENS_PAYS_BELOW * (scale.high - scale.low)


def _lens(period: Period, wide: Scale, now: datetime, due: Due | None, *, top: float, width: int) -> Iterator[Shape]:
    """The current period over the whole width, under a wedge that shows what was magnified."""
    scale = Scale(period.starts_at, last_moment([period], now=now, due=due), GUTTER, width - EDGE)
    left, right, low = wide.at(period.starts_at), wide.high, top + LENS_DROP
    yield path("b-lens", f"M{left} {top}L{scale.low} {low}H{scale.high}L{right} {top}z")
    yield path("l-rule", f"M{left} {top}L{scale.low} {low}M{scale.high} {low}L{right} {top}")
    yield from _axis(scale, top=low, bottom=low + LENS_HEIGHT - 18, label_y=low + 16)
    bar = low + 64
    yield text("This period", x=0, y=bar + LENS_BAR / 2 + 5, css="t-strong")
    yield from _spans(period, scale, now, top=bar, height=LENS_BAR)
    yield from _lens_stays(period, scale, now, bar)
    yield from _lens_absences(period, scale, now, bar)
    yield from _due_mark(scale, due, now, top=bar, height=LENS_BAR)
    yield from _due_words(scale, due, now, y=bar - 26)
    yield vertical("l-now", x=scale.at(now), top=low + 24, bottom=low + LENS_HEIGHT - 18)
    yield text("Today", x=scale.at(now) - 6, y=low + LENS_HEIGHT - 22, css="t-halo", anchor="end")


def _lens_stays(period: Period, scale: Scale, now: datetime, bar: float) -> Iterator[Shape]:
    for stay in period.stays[1:]:
        yield vertical("l-cut", x=scale.at(stay.starts_at), top=bar, bottom=bar + LENS_BAR)
    below = Lane()
    for stay in reversed(period.stays):
        left, right = scale.at(stay.starts_at), scale.at(stay.ends_at or now)
        words = stay.establishment_name
        if text_width(words) + 20 < right - left:
            dark = _legal_at(period, stay.starts_at) in DARK
            css = "t-strong t-on-dark" if dark else "t-strong"
            yield text(words, x=left + 10, y=bar + LENS_BAR / 2 + 5, css=css)
        elif below.has_room(right - text_width(words) - 8, right):
            yield text(words, x=right - 8, y=bar + LENS_BAR + 18, css="t-strong t-halo", anchor="end")


def _legal_at(period: Period, moment: datetime) -> str:
    begun = [span.legal for span in period.spans if span.starts_at <= moment]
    return begun[-1] if begun else "unknown"


def _lens_absences(period: Period, scale: Scale, now: datetime, bar: float) -> Iterator[Shape]:
    lane = Lane()
    for absence in period.absences:
        yield absence_mark(absence, scale, middle=bar + LENS_BAR / 2, now=now, half=LENS_BAR / 2 + 4)
        words = f"{day_of(absence.out_at).day} {MONTHS[day_of(absence.out_at).month - 1][:3]}"
        x = scale.at(absence.out_at)
        if lane.has_room(x - 2, x + text_width(words) + 6):
            yield text(words, x=x - 1, y=bar - 8, css="t-halo")


def _due_words(scale: Scale, due: Due | None, now: datetime, *, y: float) -> Iterator[Shape]:
    """Left of the mark, or left of today with an arrow where they would cross today's line."""
    if due is None or due.day < day_of(now):
        return
    mark, today = scale.at(midnight(due.day)), scale.at(now)
    words = due_label(due)
    if mark <= scale.high and mark - text_width(words) > today:
        yield text(words, x=mark, y=y, css="t-strong t-halo", anchor="end")
    else:
        yield text(f"{words} →", x=today - TODAY_GAP, y=y, css="t-strong t-halo", anchor="end")
