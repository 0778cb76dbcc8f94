"""How many are due out on each day, as bars shaded by certainty, and the same as figures."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from custody.drawing import Drawing, Shape, flattened, horizontal, rect, text
from custody.pages.calendar_entries import DUE, Entry
from custody.wording import MONTHS, WEEKDAYS, counted
from custody.working_days import is_working_day

CERTAINTIES: Final = ("confirmed", "approved", "calculated", "stated", "eligible")
WIDTH: Final = 1240
LEFT: Final = 40
HEIGHT: Final = 110
TOP: Final = 18
FOOT: Final = 40
FEWEST: Final = 4  # the scale's least top, so that one person does not fill the height
GAP: Final = 0.24
STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
MOST_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class BarRow:
    """One day's figures, in the order of the certainties."""

    day: date
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Bars:
    """The drawing and its table: the certainties that occur, days with releases, the sums."""

    drawing: Drawing
    certainties: tuple[str, ...]
    rows: tuple[BarRow, ...]
    totals: tuple[int, ...]
    total: int


def bars_of(entries: Sequence[Entry], days: Sequence[date], *, today: date) -> Bars | None:
    """Return the bars of the days shown, true to scale from zero, or None where nobody is due out."""
    by_day = _counts(entries)
    if not by_day:
        return None
    found = Counter[str]()
    for counts in by_day.values():
        found.update(counts)
    shown = tuple(code for code in CERTAINTIES if found[code])
    rows = tuple(
        BarRow(day, tuple(counts[code] for code in shown), counts.total()) for day, counts in sorted(by_day.items())
    )
    return Bars(
        drawing=_drawing(by_day, days, today=today),
        certainties=shown,
        rows=rows,
        totals=tuple(found[code] for code in shown),
        total=found.total(),
    )


def _counts(entries: Sequence[Entry]) -> dict[date, Counter[str]]:
    by_day: dict[date, Counter[str]] = {}
    for entry in entries:
        if entry.kind == DUE:
            by_day.setdefault(entry.day, Counter())[entry.certainty] += 1
    return by_day


def _drawing(by_day: dict[date, Counter[str]], days: Sequence[date], *, today: date) -> Drawing:
    highest = max(FEWEST, *(counts.total() for counts in by_day.values()))
    column = (WIDTH - LEFT) / len(days)
    unit = HEIGHT / highest
    shapes = flattened(
        [
            _free_days(days, column),
            _lines(highest, unit),
            *(_bar(counts, LEFT + days.index(day) * column, column, unit) for day, counts in by_day.items()),
            [horizontal("l-axis", y=TOP + HEIGHT, left=LEFT, right=WIDTH)],
            _labels(days, column, today),
        ]
    )
    busiest = max(by_day, key=lambda day: by_day[day].total())
    busiest_words = f"{WEEKDAYS[busiest.weekday()]} {busiest.day} {MONTHS[busiest.month - 1]}"
    return Drawing(
        width=WIDTH,
        height=TOP + HEIGHT + FOOT,
        title="People due out on each day, by how sure the day is",
        description=(
            f"The fullest day is {busiest_words} with {counted(by_day[busiest].total(), 'person', 'people')}. "
            "The table below says the same."
        ),
        shapes=shapes,
    )


def _free_days(days: Sequence[date], column: float) -> Iterator[Shape]:
    for number, day in enumerate(days):
        if not is_working_day(day):
            yield rect("b-weekend", x=LEFT + number * column, y=TOP, width=column, height=HEIGHT)


def _lines(highest: int, unit: float) -> Iterator[Shape]:
    step = next((step for step in STEPS if highest / step <= MOST_LINES), STEPS[-1])
    for count in range(0, highest + 1, step):
        y = TOP + HEIGHT - count * unit
        yield horizontal("l-rule", y=y, left=LEFT, right=WIDTH)
        yield text(str(count), x=LEFT - 8, y=y + 5, css="t-quiet", anchor="end")


def _bar(counts: Counter[str], left: float, column: float, unit: float) -> Iterator[Shape]:
    """The surest stands lowest, as everywhere."""
    y: float = TOP + HEIGHT
    for code in CERTAINTIES:
        if counts[code]:
            y -= counts[code] * unit
            yield rect(
                f"c-{code}",
                x=left + column * GAP / 2,
                y=y,
                width=column * (1 - GAP),
                height=counts[code] * unit,
                title=f"{counts[code]} {code}",
            )
    yield text(str(counts.total()), x=left + column / 2, y=y - 5, css="t-strong", anchor="middle")


def _labels(days: Sequence[date], column: float, today: date) -> Iterator[Shape]:
    for number, day in enumerate(days):
        middle = LEFT + (number + 0.5) * column
        css = "t-strong" if day == today else "t-quiet"
        yield text(str(day.day), x=middle, y=TOP + HEIGHT + 17, css=css, anchor="middle")
        below = MONTHS[day.month - 1][:3] if day.day == 1 or number == 0 else WEEKDAYS[day.weekday()][:1]
        yield text(below, x=middle, y=TOP + HEIGHT + 34, css=f"t-small {css}", anchor="middle")
