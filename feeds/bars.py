"""What became of the rows of a delivery, as bars to scale, magnified where a part is tiny; and the time of steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from custody.drawing import Drawing, Shape, flattened, horizontal, path, rect, text, text_width, vertical

WIDTH: Final = 700
BAR: Final = 40
DROP: Final = 50
TOP: Final = 22
TINY: Final = 0.2  # what is below this share of its bar is magnified in the next
WORDS_WIDTH: Final = 270
STEP_ROW: Final = 26
STEP_TOP: Final = 30
STEP_BAR: Final = 14
MAX_LEVELS: Final = 3
WHOLE_PERCENT: Final = 10


@dataclass(frozen=True, slots=True)
class Part:
    """One fate of rows: the key of the statement, the words of table and bar, whether its words are white."""

    code: str
    words: str
    bar_words: str
    is_dark: bool = False


PARTS: Final = (
    Part("unchanged", "Unchanged since the file before", "unchanged"),
    Part("changed", "New version: the row changed", "changed"),
    Part("entered", "New version: first row of a person", "new", is_dark=True),
    Part("quarantined", "Quarantined", "quarantined", is_dark=True),
    Part("doubled", "Same row twice in the file", "twice"),
)
KEYS: Final = {
    "unchanged": "unchanged",
    "changed": "changed_people",
    "entered": "new_people",
    "quarantined": "quarantined",
    "doubled": "duplicates",
}


def counts_of(statement: Mapping[str, Any]) -> list[tuple[Part, int]]:
    """Return each fate with its number of rows, in the order of the table."""
    return [(part, int(statement[KEYS[part.code]])) for part in PARTS]


def rows_drawing(statement: Mapping[str, Any]) -> Drawing:
    """Return the bars: all rows, then what was tiny magnified, then what is tiny of that."""
    counts = [(part, count) for part, count in counts_of(statement) if count]
    total = sum(count for _, count in counts)
    levels = _levels(counts)
    height = TOP + BAR + (len(levels) - 1) * (BAR + DROP) + 30
    groups = [_level(levels, number, total) for number in range(len(levels))]
    sums = " + ".join(f"{count:,}" for _, count in counts) or "0"
    foot = [
        horizontal("l-axis", y=height - 20, left=0, right=WIDTH),
        text(f"{sums} = {total:,}", x=0, y=height - 2, css="t-strong"),
    ]
    return Drawing(
        WIDTH,
        height,
        "Rows in the file by what became of them",
        "Each bar is to scale; a tiny part is magnified in the bar below. The table beside it says the same.",
        flattened([*groups, foot]),
    )


def _levels(counts: list[tuple[Part, int]]) -> list[list[tuple[Part, int]]]:
    levels = [counts]
    while len(levels) < MAX_LEVELS:
        rest = _tail(levels[-1])
        if not rest or _all_named(levels[-1]):
            break
        levels.append(rest)
    return levels


def _tail(counts: list[tuple[Part, int]]) -> list[tuple[Part, int]]:
    """Return the parts at the end that are tiny together, beginning with the first such."""
    total = sum(count for _, count in counts)
    for start in range(1, len(counts)):
        rest = sum(count for _, count in counts[start:])
        if rest < TINY * total:
            return counts[start:]
    return []


def _all_named(counts: list[tuple[Part, int]]) -> bool:
    """Return whether every part is wide enough to be named where it stands."""
    total = sum(count for _, count in counts)
    return all(_fits(part, count, WIDTH * count / total) for part, count in counts)


def _fits(part: Part, count: int, width: float) -> bool:
    return text_width(f"{count:,} {part.bar_words}") + 18 < width


def _level(levels: list[list[tuple[Part, int]]], number: int, total: int) -> Iterator[Shape]:
    counts = levels[number]
    here = sum(count for _, count in counts)
    y = TOP + number * (BAR + DROP)
    following = sum(count for _, count in levels[number + 1]) if number + 1 < len(levels) else 0
    words = f"{here:,} of them, {_percent(here / total)}, magnified" if number else f"{here:,} rows in the file"
    if following:
        left = WIDTH * (1 - following / here)
        yield path("b-lens", f"M{left:.1f} {y + BAR}L0 {y + BAR + DROP}H{WIDTH}V{y + BAR}z")
        yield path("l-rule", f"M{left:.1f} {y + BAR}L0 {y + BAR + DROP}")
    yield text(words, x=0, y=y - 8, css="t-quiet t-halo")
    yield from _bar(counts, here, y)


def _bar(counts: list[tuple[Part, int]], total: int, y: float) -> Iterator[Shape]:
    x = 0.0
    for part, count in counts:
        width = WIDTH * count / total
        yield rect(f"f-{part.code}", x=x, y=y, width=width, height=BAR, title=f"{count:,} {part.bar_words}")
        words = f"{count:,} {part.bar_words}"
        if _fits(part, count, width):
            css = "t-strong t-on-dark" if part.is_dark else "t-strong"
            yield text(words, x=x + 9, y=y + BAR / 2 + 5, css=css)
        x += width


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f}%" if percent >= WHOLE_PERCENT else f"{percent:.2g}%"


def steps_drawing(steps: Sequence[Sequence[Any]]) -> Drawing:
    """Return how long each step took, one after the other on one scale of seconds."""
    total = sum(float(seconds) for _, seconds in steps) or 1.0
    unit = (WIDTH - WORDS_WIDTH - 50) / total
    height = STEP_TOP + len(steps) * STEP_ROW
    return Drawing(
        WIDTH,
        height,
        f"How long each step took, {total:.1f} seconds in all",
        "The table below says the same.",
        flattened([_seconds(total, unit, height), _steps(steps, unit)]),
    )


def _seconds(total: float, unit: float, height: float) -> Iterator[Shape]:
    every = next(step for step in (0.5, 1, 2, 5, 10, 20, 60, 120, 600) if total / step <= WHOLE_PERCENT)
    mark = 0.0
    while mark <= total:
        x = WORDS_WIDTH + mark * unit
        yield vertical("l-rule", x=x, top=20, bottom=height)
        yield text(f"{mark:g}" if mark else "0 s", x=x, y=13, css="t-quiet", anchor="middle")
        mark += every


def _steps(steps: Sequence[Sequence[Any]], unit: float) -> Iterator[Shape]:
    x = float(WORDS_WIDTH)
    for number, (words, seconds) in enumerate(steps):
        y = STEP_TOP + number * STEP_ROW
        width = max(float(seconds) * unit, 1.0)
        yield text(str(words), x=0, y=y + STEP_BAR - 2)
        yield rect("f-entered", x=x, y=y, width=width, height=STEP_BAR)
        yield text(f"{float(seconds):.1f}", x=x + width + 7, y=y + STEP_BAR - 2, css="t-halo")
        x += float(seconds) * unit
