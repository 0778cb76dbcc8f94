"""The reconciliation statement in words and bars, as the page of a delivery shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from custody.drawing import Drawing
from custody.models import EventKind
from custody.wording import joined
from feeds.bars import Part, counts_of, rows_drawing, steps_drawing
from feeds.words import FEED_WORDS, column_words, mended_words

BAR_WIDTH: Final = 160
LINES_SHOWN: Final = 8
FIELDS_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Counted:
    """A thing, its count, and the length of its bar."""

    words: str
    count: int
    width: float = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows in quarantine for one reason."""

    code: str
    message: str
    rows: int
    lines: str
    cure: str


@dataclass(frozen=True, slots=True)
class Region:
    """People whom exactly these feeds know: how many stood in this feed before, and how many are new to it."""

    words: str
    known: int
    new: int

    @property
    def people(self) -> int:
        """Return how many they are together."""
        return self.known + self.new


@dataclass(frozen=True, slots=True)
class Statement:
    """The reconciliation statement as the page shows it."""

    rows: int
    control_total: int
    difference: int
    parts: tuple[tuple[Part, int], ...]
    drawing: Drawing
    followed: tuple[Counted, ...]
    accepted: int
    turnover: tuple[Counted, ...]
    people: int
    regions: tuple[Region, ...]
    faults: tuple[Fault, ...]
    quarantined: int
    mended: str
    events: tuple[Counted, ...]
    event_count: int
    fields: tuple[Counted, ...]
    more_fields: tuple[Counted, ...]
    links: tuple[Counted, ...]
    steps: tuple[tuple[str, float, float], ...]
    steps_drawing: Drawing
    seconds: float


def shown_statement(statement: Mapping[str, Any], *, feed: str = "") -> Statement:
    """Return a stored statement of a feed's delivery in words, with its drawings."""
    steps = statement["steps"]
    events = {str(EventKind(kind).label).capitalize(): n for kind, n in statement["events"].items()}
    fields = {column_words(name, feed=feed): count for name, count in statement["changed_fields"].items()}
    return Statement(
        rows=statement["rows"],
        control_total=statement["control_total"],
        difference=statement["rows"] - statement["control_total"],
        parts=tuple(counts_of(statement)),
        drawing=rows_drawing(statement),
        followed=_plain(statement, FOLLOWED),
        accepted=statement["accepted"],
        turnover=_plain(statement, TURNOVER),
        people=statement["people"],
        regions=tuple(_regions(statement.get("overlap", ()))),
        faults=tuple(_fault(fault) for fault in statement["quarantine"]),
        quarantined=statement["quarantined"],
        mended=_mended(statement),
        events=_with_bars(events),
        event_count=sum(events.values()),
        fields=_with_bars(fields)[:FIELDS_SHOWN],
        more_fields=_with_bars(fields)[FIELDS_SHOWN:],
        links=_plain(statement, LINKS),
        steps=tuple(_timed(steps)),
        steps_drawing=steps_drawing(steps),
        seconds=sum(float(seconds) for _, seconds in steps),
    )


FOLLOWED: Final = (
    ("tracked", "Tracked: known as a person whom a scheme adopted"),
    ("in_review", "Waiting at the match desk"),
    ("untracked", "Not tracked: sealed and shown to nobody"),
)
TURNOVER: Final = (
    ("came", "Came since the file before"),
    ("vanished", "Gone since the file before"),
)
LINKS: Final = (
    ("linked", "Records newly linked to a person"),
    ("people_created", "People newly tracked"),
    ("sent_to_review", "Sent to the match desk"),
    ("facts", "Facts learnt"),
    ("facts_superseded", "Facts corrected"),
    ("events_withdrawn", "Events withdrawn"),
    ("rerouted", "People shown to other areas than before"),
)


def _plain(statement: Mapping[str, Any], named: Iterable[tuple[str, str]]) -> tuple[Counted, ...]:
    return tuple(Counted(words, int(statement[key])) for key, words in named)


def _with_bars(counts: Mapping[str, int]) -> tuple[Counted, ...]:
    most = max(counts.values(), default=1)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Counted(words, count, round(BAR_WIDTH * count / most, 1)) for words, count in ordered)


def _fault(fault: Mapping[str, Any]) -> Fault:
    lines: Sequence[int] = fault["lines"]
    shown = ", ".join(f"{line:,}" for line in lines[:LINES_SHOWN])
    more = fault["rows"] - min(len(lines), LINES_SHOWN)
    return Fault(
        fault["code"], fault["message"], fault["rows"], f"{shown} and {more:,} more" if more else shown, fault["cure"]
    )


def _regions(overlap: Iterable[Sequence[Any]]) -> list[Region]:
    """Return the ledger by combination of feeds; those that most feeds know come first."""
    counts: dict[tuple[str, ...], list[int]] = {}
    for feeds, known_before, people in overlap:
        counts.setdefault(tuple(feeds), [0, 0])[bool(known_before)] += int(people)
    ordered = sorted(counts.items(), key=lambda pair: (-len(pair[0]), pair[0]))
    return [Region(_combination(feeds), known, new) for feeds, (new, known) in ordered]


def _combination(feeds: Sequence[str]) -> str:
    names = [FEED_WORDS.get(feed, feed) for feed in feeds]
    return f"{names[0]} alone" if len(names) == 1 else joined(names)


def _mended(statement: Mapping[str, Any]) -> str:
    counts = {**statement["mended"], **statement["noted"]}
    said = [f"{n:,} {mended_words(code)}" for code, n in counts.items() if n]
    return f"Mended or noted, and counted: {', '.join(said)}. No row was lost by it." if said else ""


def _timed(steps: Iterable[Sequence[Any]]) -> Iterable[tuple[str, float, float]]:
    begun = 0.0
    for words, seconds in steps:
        yield str(words), round(begun, 1), round(float(seconds), 1)
        begun += float(seconds)
