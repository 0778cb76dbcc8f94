"""Shapes of a chart that a template writes as SVG, and the scale that places moments on it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

LETTER_WIDTH: Final = 7.4  # average of 14 px Helvetica, for keeping labels apart


@dataclass(frozen=True, slots=True)
class Shape:
    """One mark. ``css`` names its class; ``title`` is what hovering says.

    A rect uses x, y, width, height; a path uses ``d``; a text uses x, y, ``words`` and ``anchor``.
    """

    tag: Literal["rect", "path", "text"]
    css: str
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    d: str = ""
    words: str = ""
    anchor: Literal["start", "middle", "end"] = "start"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: its size in SVG units, its name and description, and its shapes from back to front."""

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Places moments between two ends in proportion to time."""

    starts_at: datetime
    ends_at: datetime
    low: float
    high: float

    def at(self, moment: datetime) -> float:
        """Return the position of a moment, not cut off at the ends."""
        share = (moment - self.starts_at) / (self.ends_at - self.starts_at)
        return round(self.low + share * (self.high - self.low), 1)

    def days(self, number: float) -> float:
        """Return the length of a number of days."""
        return abs(self.at(self.starts_at + timedelta(days=number)) - self.low)


def rect(css: str, *, x: float, y: float, width: float, height: float, title: str = "") -> Shape:
    """Return a rectangle; sizes are rounded to a tenth of a unit."""
    return Shape("rect", css, x=round(x, 1), y=round(y, 1), width=round(width, 1), height=round(height, 1), title=title)


def path(css: str, d: str, *, title: str = "") -> Shape:
    """Return a line or outline from SVG path data."""
    return Shape("path", css, d=d, title=title)


def horizontal(css: str, *, y: float, left: float, right: float) -> Shape:
    """Return a level line."""
    return path(css, f"M{left:.1f} {y:.1f}H{right:.1f}")


def vertical(css: str, *, x: float, top: float, bottom: float, title: str = "") -> Shape:
    """Return an upright line."""
    return path(css, f"M{x:.1f} {top:.1f}V{bottom:.1f}", title=title)


def text(
    words: str, *, x: float, y: float, css: str = "", anchor: Literal["start", "middle", "end"] = "start"
) -> Shape:
    """Return words with their baseline at ``y``."""
    return Shape("text", css, x=round(x, 1), y=round(y, 1), words=words, anchor=anchor)


def text_width(words: str) -> float:
    """Return about how wide words in 14 px are drawn."""
    return len(words) * LETTER_WIDTH


@dataclass(slots=True)
class Lane:
    """A line of labels that gives room to those asked for first and leaves out what would overlap."""

    taken: list[tuple[float, float]] = field(default_factory=list)

    def has_room(self, left: float, right: float) -> bool:
        """Return whether nothing stands between, and take the place if so."""
        if any(left < end and start < right for start, end in self.taken):
            return False
        self.taken.append((left, right))
        return True


def flattened(groups: Iterable[Iterable[Shape]]) -> tuple[Shape, ...]:
    """Return the shapes of all groups, earlier groups behind later ones."""
    return tuple(shape for group in groups for shape in group)
