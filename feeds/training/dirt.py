"""Add the dirt seen in real prison files, all of it mendable, so that the mended rows say what the clean ones do.

Source: feeds.md 3, "dirt seen in the wild"; feeds.md 10, ruling 1.
"""

from collections.abc import Callable
from random import Random
from typing import Final

EMPTY_LAST: Final = '|""'


def line_feed_inside(rng: Random, line: str) -> str:
    """Break the line at one of its blanks."""
    return _replaced_somewhere(rng, line, " ", "\n")


def doubled_space(rng: Random, line: str) -> str:
    """Write one blank twice."""
    return _replaced_somewhere(rng, line, " ", "  ")


def lone_bar(rng: Random, line: str) -> str:
    """Write a bar where a value is empty."""
    return _replaced_somewhere(rng, line, '|""|', '|"|"|')


def missing_last_column(_: Random, line: str) -> str:
    """Leave out column 152 where it is empty: the older form of the file has no such column."""
    return line.removesuffix(EMPTY_LAST)


def unquoted_last_column(_: Random, line: str) -> str:
    """Write the last value without its quotes."""
    start, bar, last = line.rpartition("|")
    return start + bar + last.strip('"')


KINDS: Final[tuple[Callable[[Random, str], str], ...]] = (
    line_feed_inside,
    doubled_space,
    lone_bar,
    missing_last_column,
    unquoted_last_column,
)


def soil(rng: Random, line: str) -> str:
    """Return the line with one kind of dirt."""
    return rng.choice(KINDS)(rng, line)


def _replaced_somewhere(rng: Random, line: str, old: str, new: str) -> str:
    places = line.count(old)
    if places == 0:
        return line
    start = -1
    for _ in range(rng.randint(1, places)):
        start = line.find(old, start + 1)
        if start < 0:
            return line
    return line[:start] + new + line[start + len(old) :]
