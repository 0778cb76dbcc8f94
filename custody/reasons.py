"""Say what the reason code of a movement means for somebody's state, and its plain words: both are data.

A new reason is a line of the table; no code knows a code by its name.
Source: custody/reference/movement_reasons.csv; domain.md b.1.
"""

import csv
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

TABLE: Final = Path(__file__).parent / "reference" / "movement_reasons.csv"


class Meaning(StrEnum):
    """What a movement with the reason does to somebody's state. ``administrative`` does nothing to it."""

    RECEPTION = "reception"
    TRANSFER_IN = "transfer_in"
    RECALL = "recall"
    RECAPTURE = "recapture"
    LATE_RETURN = "late_return"
    RELEASE = "release"
    ESCAPE = "escape"
    ABSCOND = "abscond"
    AT_LARGE = "at_large"
    HOSPITAL = "hospital"
    REMOVED = "removed"
    DIED = "died"
    TRANSFER = "transfer"
    COURT = "court"
    ABSENCE = "absence"
    STAYS = "stays"
    ADMINISTRATIVE = "administrative"


MEANINGS: Final = frozenset(meaning.value for meaning in Meaning)


class Reason(NamedTuple):
    """One line of the table: what it means and how pages say it."""

    meaning: Meaning
    words: str


# What a movement means whose reason is on no list: the type alone says it.
BY_TYPE: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "ADM": Meaning.RECEPTION,
        "REL": Meaning.RELEASE,
        "TRN": Meaning.TRANSFER,
        "CRT": Meaning.COURT,
        "TAP": Meaning.ABSENCE,
    }
)


def meaning_of(movement_type: str, reason_code: str) -> Meaning:
    """Return what a movement of the type (ADM, REL, TRN, CRT, TAP) with the reason means for the state."""
    reason = _reason(movement_type, reason_code)
    return reason.meaning if reason else BY_TYPE.get(movement_type, Meaning.ADMINISTRATIVE)


def reason_words(movement_type: str, reason_code: str) -> str:
    """Return the reason in plain words that fit inside a sentence; empty when it is on no list."""
    reason = _reason(movement_type, reason_code)
    return reason.words if reason else ""


def read_reasons(path: Path) -> Mapping[tuple[str, str], Reason]:
    """Return the table by movement type and code; a few reasons belong to no type.

    Raises: ValueError for a meaning that is none of the list, naming line and code.
    """
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            code = (row["movement_type"], row["reason_code"])
            if row["meaning"] not in MEANINGS:
                raise ValueError(f"{path.name} line {line}: reason {'/'.join(code)} has a meaning that is on no list")
            found[code] = Reason(Meaning(row["meaning"]), row["words"])
    return MappingProxyType(found)


REASONS: Final = read_reasons(TABLE)


def _reason(movement_type: str, reason_code: str) -> Reason | None:
    return REASONS.get((movement_type, reason_code)) or REASONS.get(("", reason_code))
