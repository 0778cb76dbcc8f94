"""How well each column of a feed is filled and kept, from counts taken while its rows are read."""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from feeds.sources import roll_layout
from feeds.sources.ppo_values import COLUMNS as PPO_COLUMNS
from feeds.sources.rows import RowFault
from feeds.words import column_words

PER: Final = 10_000
BAR_WIDTH: Final = 160
WHOLE_ROW: Final = "whole row"
# What a reader kept as stated though it is not right, and whose column it is.
NOTED: Final = MappingProxyType({"bad_pnc": "pnc", "bad_cro": "cro"})
DERIVED_KEYS: Final = frozenset({"unstated"})


@dataclass(slots=True)
class FieldCounts:
    """Counts of one delivery: rows that could be read, values filled in them, faults by column."""

    patterns: Counter[frozenset[str]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def add_row(self, keys: Set[str]) -> None:
        """Count the values of a good row by their keys: whole patterns, of which a feed has some hundreds."""
        self.patterns[frozenset(keys)] += 1

    @property
    def read(self) -> int:
        """Return how many rows could be read."""
        return self.patterns.total()

    @property
    def filled(self) -> Counter[str]:
        """Return in how many rows each key was filled."""
        found: Counter[str] = Counter()
        for keys, count in self.patterns.items():
            found.update(dict.fromkeys(keys, count))
        return found

    def add_fault(self, fault: RowFault) -> None:
        """Count a faulty row under the column that is at fault."""
        self.faults[fault.field] += 1

    def as_told(self) -> dict[str, Any]:
        """Return the counts as the statement keeps them."""
        return {"read": self.read, "filled": dict(self.filled), "faults": dict(self.faults)}


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One column over some deliveries: the share of rows that fill it, and faults in ten thousand rows."""

    words: str
    filled: float
    faults: float

    @property
    def width(self) -> float:
        """Return the length of the bar of what is filled."""
        return round(self.filled * BAR_WIDTH, 1)

    @property
    def filled_words(self) -> str:
        """Return the share filled: ``99.8%``, and ``100%`` only when nothing is empty."""
        percent = 100 * self.filled
        return f"{percent:.0f}%" if percent in (0, 100) else f"{min(max(percent, 0.1), 99.9):.1f}%"

    @property
    def faults_words(self) -> str:
        """Return the faults in ten thousand rows: ``4.2``, and ``0`` only when there is none."""
        return f"{max(self.faults, 0.1):,.1f}" if self.faults else "0"


def scores(feed: str, statements: Iterable[Mapping[str, Any]]) -> list[FieldScore]:
    """Return the score of each column, in the order of the layout, and of rows that were faulty as a whole.

    Statements made before the counts were taken are passed over. Pure.
    """
    told = [statement for statement in statements if statement.get("fields")]
    rows = sum(statement["rows"] for statement in told)
    read = sum(statement["fields"]["read"] for statement in told)
    if not read:
        return []
    filled, faults = _totals(feed, told)
    found = [
        FieldScore(column_words(key, feed=feed), filled[key] / read, PER * faults[key] / rows)
        for key in columns_of(feed)
        if key not in DERIVED_KEYS
    ]
    return [*found, FieldScore("The row as a whole", read / rows, PER * faults[WHOLE_ROW] / rows)]


def _totals(feed: str, told: Iterable[Mapping[str, Any]]) -> tuple[Counter[str], Counter[str]]:
    labels = LABELS[feed]
    filled: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for statement in told:
        filled.update(statement["fields"]["filled"])
        for label, count in statement["fields"]["faults"].items():
            faults[labels.get(label, WHOLE_ROW)] += count
        for code, count in statement["noted"].items():
            faults[NOTED.get(code, WHOLE_ROW)] += count
    return filled, faults


def columns_of(feed: str) -> list[str]:
    """Return the keys of a feed's stored columns, each once, in the order of its layout."""
    return list(dict.fromkeys(LABELS[feed].values()))


# The names that faults give to columns, as the sender knows them, with the key under which each is stored.
LABELS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "ppo": dict(PPO_COLUMNS),
        "prison_roll": {
            roll_layout.label(index): key
            for index, key in sorted(
                {**roll_layout.KEY_OF, **dict.fromkeys(roll_layout.MOVEMENT_TIME, "moved")}.items()
            )
        },
    }
)
