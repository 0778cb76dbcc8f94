"""The last deliveries of a feed as upright bars: rows accepted, below them rows in quarantine on their own scale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from custody.drawing import Drawing, Shape, flattened, horizontal, path, rect, text
from custody.wording import short_date
from feeds.models import Delivery

WIDTH: Final = 1200
LEFT: Final = 150
COLUMNS: Final = 30
STEP: Final = (WIDTH - LEFT) / COLUMNS
BAR: Final = 22
TOP: Final = 12
ROWS_HEIGHT: Final = 130
BETWEEN: Final = 34
FAULTS_HEIGHT: Final = 56
ROWS_FOOT: Final = TOP + ROWS_HEIGHT
FAULTS_FOOT: Final = ROWS_FOOT + BETWEEN + FAULTS_HEIGHT
HEIGHT: Final = FAULTS_FOOT + 24
CROSS: Final = 7


@dataclass(frozen=True, slots=True)
class Fate:
    """One delivery: the rows its sender states, and what became of them."""

    id: UUID
    words: str
    extract_at: datetime
    sequence: int
    state: str
    state_words: str
    stated: int
    accepted: int
    quarantined: int
    fault: str

    @property
    def was_turned_away(self) -> bool:
        """Return whether nothing of it was loaded."""
        return self.state in (Delivery.State.REFUSED, Delivery.State.WAITING)


def fates_drawing(feed: str, fates: Sequence[Fate]) -> Drawing:
    """Return the bars, oldest on the left. Pure."""
    # What was turned away may state any number of rows; it is cut off at what usually comes.
    most = max((fate.accepted for fate in fates), default=0) or max(1, *(fate.stated for fate in fates))
    most_faults = max(1, *(fate.quarantined for fate in fates))
    columns = [_column(number, fate, most, most_faults) for number, fate in enumerate(fates)]
    return Drawing(
        WIDTH,
        HEIGHT,
        f"{feed}: what became of the rows of the last {len(fates)} deliveries",
        "Above rows accepted, below rows in quarantine on a scale of their own. The table below says the same.",
        flattened([_frame(most, most_faults, fates), *columns]),
    )


def _frame(most: int, most_faults: int, fates: Sequence[Fate]) -> Iterator[Shape]:
    yield from _scale("rows accepted", most, top=TOP, foot=ROWS_FOOT)
    yield from _scale("in quarantine", most_faults, top=ROWS_FOOT + BETWEEN, foot=FAULTS_FOOT)
    yield text(short_date(fates[0].extract_at), x=LEFT, y=HEIGHT - 4, css="t-quiet")
    if len(fates) > COLUMNS // 3:
        last = LEFT + (len(fates) - 1) * STEP + BAR
        yield text(short_date(fates[-1].extract_at), x=last, y=HEIGHT - 4, css="t-quiet", anchor="end")


def _scale(words: str, most: int, *, top: float, foot: float) -> Iterator[Shape]:
    yield horizontal("l-rule", y=top, left=LEFT, right=WIDTH)
    yield horizontal("l-axis", y=foot, left=LEFT, right=WIDTH)
    yield text(f"{most:,}", x=LEFT - 10, y=top + 5, css="t-quiet", anchor="end")
    yield text(words, x=LEFT - 10, y=(top + foot) / 2 + 5, anchor="end")
    yield text("0", x=LEFT - 10, y=foot + 5, css="t-quiet", anchor="end")


def _column(number: int, fate: Fate, most: int, most_faults: int) -> Iterator[Shape]:
    x = LEFT + number * STEP
    told = f"{fate.words}, number {fate.sequence:,}"
    if fate.was_turned_away:
        height = min(max(ROWS_HEIGHT * fate.stated / most, 1), ROWS_HEIGHT)
        title = f"{told}: {fate.state_words.lower()}, {fate.fault}; {fate.stated:,} rows stated, none loaded"
        yield rect("b-turned-away", x=x, y=ROWS_FOOT - height, width=BAR, height=height, title=title)
        yield _cross(x + BAR / 2, ROWS_FOOT - 14)
        return
    if fate.accepted:
        height = max(ROWS_HEIGHT * fate.accepted / most, 1)
        title = f"{told}: {fate.accepted:,} rows accepted"
        yield rect("f-changed", x=x, y=ROWS_FOOT - height, width=BAR, height=height, title=title)
    if fate.quarantined:
        height = max(FAULTS_HEIGHT * fate.quarantined / most_faults, 1)
        title = f"{told}: {fate.quarantined:,} rows in quarantine"
        yield rect("f-quarantined", x=x, y=FAULTS_FOOT - height, width=BAR, height=height, title=title)


def _cross(x: float, y: float) -> Shape:
    left, right, low, high = (round(at, 1) for at in (x - CROSS, x + CROSS, y - CROSS, y + CROSS))
    return path("l-turned-away", f"M{left} {low}L{right} {high}M{right} {low}L{left} {high}")
