"""Every change of the date that counts, drawn on one scale beside its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from custody.date_changes import FIRST_CHECK_DAYS, LAST_CHECK_DAYS, is_inside
from custody.drawing import Shape, horizontal, path, rect, text, vertical
from custody.models import CustodyEvent, EventKind
from custody.pages.news import change_words
from custody.wording import MONTHS, day_of, short_date

DATE_KINDS: Final = (
    EventKind.RELEASE_DATE_SET,
    EventKind.RELEASE_DATE_CHANGED,
    EventKind.RELEASE_DATE_WITHDRAWN,
    EventKind.RELEASE_DATE_CONFIRMED,
)
WIDTH: Final = 300
HEIGHT: Final = 24
MIDDLE: Final = 12
LEFT: Final = 12
RIGHT: Final = 288
BOX: Final = 9
HEAD: Final = 6
TICKS: Final = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when we learnt it, in words, old and new, days of notice left then, and its drawing."""

    learned_at: datetime
    words: str
    old: date | None
    new: date | None
    notice_days: int | None
    source: str
    inside_days: int | None
    shapes: tuple[Shape, ...]

    @property
    def is_short_notice(self) -> bool:
        """Whether one of the prisons' own checks before release had passed already."""
        return self.inside_days is not None


@dataclass(frozen=True, slots=True)
class Drift:
    """The changes newest first and the heading's scale."""

    changes: tuple[Change, ...]
    axis: tuple[Shape, ...]


def drift_of(events: Sequence[CustodyEvent], *, certainty: str) -> Drift:
    """Return the changes of the operative date among live events, newest first.

    ``certainty`` shades the newest date; older ones were superseded and are drawn hollow.
    """
    changed = [event for event in events if event.kind in DATE_KINDS]
    changed.sort(key=lambda event: (event.learned_at, event.occurred_at), reverse=True)
    days = [day for event in changed for day in (event.old_date, event.new_date) if day]
    if not days:
        return Drift((), ())
    scale = _Scale(min(days), max(days))
    changes = [
        _change(event, scale, css=f"c-{certainty}" if certainty and not number else "c-calculated")
        for number, event in enumerate(changed)
    ]
    return Drift(tuple(changes), tuple(_axis(scale)))


class _Scale:
    """Places days between the earliest and the latest, a margin at both ends."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.last = max(last, first + timedelta(days=7))

    def at(self, day: date) -> float:
        share = (day - self.first) / (self.last - self.first)
        return round(LEFT + share * (RIGHT - LEFT), 1)

    def ticks(self) -> list[date]:
        """Return a few days evenly spread."""
        step = (self.last - self.first) / (TICKS - 1)
        return [self.first + step * number for number in range(TICKS)]


def _change(event: CustodyEvent, scale: _Scale, *, css: str) -> Change:
    notice = (event.new_date - day_of(event.learned_at)).days if event.new_date else None
    return Change(
        learned_at=event.learned_at,
        words=change_words(event.old_date, event.new_date).capitalize(),
        old=event.old_date,
        new=event.new_date,
        notice_days=notice,
        source=f"Prison file of {short_date(event.learned_at)}",
        inside_days=_inside(event),
        shapes=tuple(_shapes(event.old_date, event.new_date, scale, css)),
    )


def _inside(event: CustodyEvent) -> int | None:
    """Return 2 or 14 when the change came after that check of the prisons, else None. Source: domain.md a.5."""
    checks = (LAST_CHECK_DAYS, FIRST_CHECK_DAYS)
    return next(
        (days for days in checks if is_inside(days, event.old_date, event.new_date, learned_at=event.learned_at)), None
    )


def _shapes(old: date | None, new: date | None, scale: _Scale, css: str) -> list[Shape]:
    shapes = [vertical("l-rule", x=scale.at(day), top=0, bottom=HEIGHT) for day in scale.ticks()]
    shapes.append(horizontal("l-rule", y=MIDDLE, left=4, right=WIDTH - 4))
    if old and new and old != new:
        shapes += _arrow(scale.at(old), scale.at(new))
    if old:
        shapes.append(_box("b-was", scale.at(old)))
    if new:
        shapes.append(_box(css, scale.at(new)))
    return shapes


def _arrow(start: float, end: float) -> list[Shape]:
    """Left for brought forward, right for put back: time runs from left to right everywhere."""
    back = 1 if end < start else -1
    tip = end + back * BOX / 2
    return [
        horizontal("l-drift", y=MIDDLE, left=start, right=tip),
        path("l-drift", f"M{tip + back * HEAD:.1f} 7.5L{tip:.1f} 12L{tip + back * HEAD:.1f} 16.5"),
    ]


def _box(css: str, x: float) -> Shape:
    return rect(css, x=x - BOX / 2, y=MIDDLE - BOX / 2, width=BOX, height=BOX)


def _axis(scale: _Scale) -> list[Shape]:
    anchors = ("start", "middle", "end")
    return [
        text(
            f"{day.day} {MONTHS[day.month - 1][:3]}",
            x=scale.at(day) + (-8, 0, 8)[number],
            y=13,
            css="t-small t-quiet",
            anchor=anchors[number],  # type: ignore[arg-type]  # one of the three by the tuple above
        )
        for number, day in enumerate(scale.ticks())
    ]
