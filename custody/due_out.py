"""Who is due out on each of the next 28 days, as blocks: one block is one person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from custody.wording import MONTHS, WEEKDAYS, counted

DAYS_AHEAD: Final = 28
ORDER_OF_CERTAINTY: Final = ("confirmed", "approved", "calculated", "stated", "eligible")
DARK: Final = frozenset({"confirmed"})
SATURDAY: Final = 5
WEEK: Final = 7

# The wide strip: one column a day, in SVG units.
GUTTER: Final = 100
COLUMN: Final = 40
BLOCK: Final = 20
STEP: Final = 24
HEADROOM: Final = 24
FEWEST_ROWS: Final = 2
FOOT: Final = 42

# The four-week grid of a phone.
CELL: Final = 49
CELL_BASE: Final = 80
CELL_STEP: Final = 17
CELL_TOP: Final = 24
CELL_BLOCKS: Final = 3


@dataclass(frozen=True, slots=True)
class Leaving:
    """A person due out, and how sure the day is."""

    day: date
    certainty: str
    initials: str


@dataclass(frozen=True, slots=True)
class Block:
    """One person's block at its place."""

    x: float
    y: float
    width: float
    height: float
    certainty: str
    initials: str

    @property
    def middle(self) -> float:
        """Return where the initials stand."""
        return self.x + self.width / 2

    @property
    def baseline(self) -> float:
        """Return the baseline of the initials."""
        return self.y + self.height / 2 + 4.5

    @property
    def is_dark(self) -> bool:
        """Return whether the initials must be white."""
        return self.certainty in DARK


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the strip: its place, its words and its blocks, the surest lowest."""

    day: date
    x: float
    y: float
    height: float
    blocks: tuple[Block, ...]
    unshown: int
    number: str
    weekday: str
    spoken: str
    is_weekend: bool
    is_today: bool

    @property
    def middle(self) -> float:
        """Return where the day's words stand in the wide strip."""
        return self.x + COLUMN / 2

    @property
    def cell_middle(self) -> float:
        """Return where the day's words stand in the grid."""
        return self.x + CELL / 2

    @property
    def label_y(self) -> float:
        """Return the baseline of the day's number in the grid."""
        return self.height + 16

    @property
    def line_left(self) -> float:
        """Return where the line under the grid's blocks begins."""
        return self.x + 4

    @property
    def line_right(self) -> float:
        """Return where it ends."""
        return self.x + CELL - 4


@dataclass(frozen=True, slots=True)
class Strip:
    """The days with their blocks. ``baseline`` is what the blocks stand on in the wide strip."""

    width: float
    height: float
    baseline: float
    days: tuple[Day, ...]
    counts: tuple[tuple[str, int], ...]
    total: int


def in_window(leaving: Sequence[Leaving], *, today: date) -> list[Leaving]:
    """Return who leaves from today on for 28 days, today included, soonest and surest first."""
    last = today + timedelta(days=DAYS_AHEAD)
    shown = [one for one in leaving if today <= one.day < last]
    return sorted(shown, key=lambda one: (one.day, _rank(one.certainty), one.initials))


def wide_strip(leaving: Sequence[Leaving], *, today: date) -> Strip:
    """Return the strip for a wide page: 28 columns, blocks stacked on one line."""
    people = in_window(leaving, today=today)
    highest = max([FEWEST_ROWS, *(_count_on(people, day) for day in _days(today))])
    baseline = HEADROOM + highest * STEP
    days = [_wide_day(day, number, people, today=today, baseline=baseline) for number, day in enumerate(_days(today))]
    return Strip(
        width=GUTTER + DAYS_AHEAD * COLUMN,
        height=baseline + FOOT,
        baseline=baseline,
        days=tuple(days),
        counts=tuple(_counts(people)),
        total=len(people),
    )


def week_grid(leaving: Sequence[Leaving], *, today: date) -> Strip:
    """Return four rows of seven days for a phone. More than three people a day become a figure."""
    people = in_window(leaving, today=today)
    rows = DAYS_AHEAD // WEEK
    height = CELL_TOP + rows * (CELL_BASE + 4)
    days = [_grid_day(day, number, people, today=today) for number, day in enumerate(_days(today))]
    return Strip(
        width=CELL * WEEK,
        height=height,
        baseline=0,
        days=tuple(days),
        counts=tuple(_counts(people)),
        total=len(people),
    )


def _days(today: date) -> list[date]:
    return [today + timedelta(days=number) for number in range(DAYS_AHEAD)]


def _rank(certainty: str) -> int:
    return ORDER_OF_CERTAINTY.index(certainty) if certainty in ORDER_OF_CERTAINTY else len(ORDER_OF_CERTAINTY)


def _count_on(people: Sequence[Leaving], day: date) -> int:
    return sum(one.day == day for one in people)


def _counts(people: Sequence[Leaving]) -> Iterator[tuple[str, int]]:
    for certainty in ORDER_OF_CERTAINTY:
        number = sum(one.certainty == certainty for one in people)
        if number:
            yield certainty, number


def _wide_day(day: date, number: int, people: Sequence[Leaving], *, today: date, baseline: float) -> Day:
    x = GUTTER + number * COLUMN
    leaving = [one for one in people if one.day == day]
    blocks = tuple(
        Block(x + 3, baseline - 2 - BLOCK - height * STEP, COLUMN - 6, BLOCK, one.certainty, one.initials)
        for height, one in enumerate(leaving)
    )
    return _placed(day, x, HEADROOM - 2, baseline, blocks, leaving, today)


def _grid_day(day: date, number: int, people: Sequence[Leaving], *, today: date) -> Day:
    x, y = number % WEEK * CELL, CELL_TOP + number // WEEK * (CELL_BASE + 4)
    leaving = [one for one in people if one.day == day]
    line = y + CELL_BASE - 22
    blocks = tuple(
        Block(x + 8, line - 2 - 16 - height * CELL_STEP, CELL - 16, 15, one.certainty, one.initials)
        for height, one in enumerate(leaving[:CELL_BLOCKS])
    )
    return _placed(day, x, y, line, blocks, leaving, today)


def _placed(
    day: date,
    x: float,
    y: float,
    height: float,
    blocks: tuple[Block, ...],
    leaving: Sequence[Leaving],
    today: date,
) -> Day:
    month = f" {MONTHS[day.month - 1][:3]}" if day.day == 1 or day == today else ""
    weekday = WEEKDAYS[day.weekday()]
    return Day(
        day=day,
        x=x,
        y=y,
        height=height,
        blocks=blocks,
        unshown=len(leaving) - len(blocks),
        number=f"{day.day}{month}",
        weekday="Today" if day == today else weekday[:3],
        spoken=f"{weekday} {day.day} {MONTHS[day.month - 1]}: {counted(len(leaving), 'person', 'people')} due out",
        is_weekend=day.weekday() >= SATURDAY,
        is_today=day == today,
    )
