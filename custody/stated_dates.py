"""The dates that a prison states beside ours, and those that follow from others: shown, never counting.

Pure. Disagreement is flagged, never settled: an override earlier than the calculation is a normal thing.
Source: domain.md a.4 and a.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from custody.release_dates import (
    ELIGIBILITY_DATES,
    Operative,
    ReleaseDateType,
    shown_date,
    working_day_adjusted,
)
from custody.working_days import ONE_DAY

STATED_TYPES: Final = (ReleaseDateType.STATED, ReleaseDateType.RELEASE)


@dataclass(frozen=True, slots=True)
class StatedBeside:
    """A date that the prison states, and how it stands to the one that counts.

    ``moved``: it is ours, moved off a day on which nobody is released. ``eligibility``: it is the day of a
    type that only makes release possible.
    """

    date_type: ReleaseDateType
    date: date
    agrees: bool
    moved: bool = False
    eligibility: ReleaseDateType | None = None

    @property
    def disagrees(self) -> bool:
        """Say whether nothing explains the difference, so that somebody should ask the prison."""
        return not (self.agrees or self.moved or self.eligibility)


def stated_beside(dates: Mapping[ReleaseDateType, date], operative: Operative | None) -> list[StatedBeside]:
    """Return each date that the prison states as its own, compared with the one that counts.

    Source: feeds.md 3 (column 31) and 4 (``releaseDate``).
    """
    return [_beside(date_type, dates, operative) for date_type in STATED_TYPES if date_type in dates]


def curfew_end(dates: Mapping[ReleaseDateType, date]) -> date | None:
    """Return when the tag comes off: the day before conditional release, if a curfew is approved.

    Source: domain.md a.4.
    """
    conditional = dates.get(ReleaseDateType.CRD)
    if conditional is None or ReleaseDateType.HDCAD not in dates:
        return None
    return conditional - ONE_DAY


def top_up_start(dates: Mapping[ReleaseDateType, date]) -> date | None:
    """Return when top-up supervision begins: the day after the licence, or at conditional release without one.

    Source: domain.md a.4.
    """
    if ReleaseDateType.TUSED not in dates:
        return None
    licence_ends = dates.get(ReleaseDateType.LED)
    return licence_ends + ONE_DAY if licence_ends else dates.get(ReleaseDateType.CRD)


def _beside(
    date_type: ReleaseDateType, dates: Mapping[ReleaseDateType, date], operative: Operative | None
) -> StatedBeside:
    day = dates[date_type]
    if operative is not None and day == operative.date:
        return StatedBeside(date_type, day, agrees=True)
    eligibility = next((kind for kind in ELIGIBILITY_DATES if dates.get(kind) == day), None)
    return StatedBeside(date_type, day, agrees=False, moved=_is_moved(day, operative), eligibility=eligibility)


def _is_moved(day: date, operative: Operative | None) -> bool:
    if operative is None:
        return False
    return day in (
        shown_date(operative.date, operative.date_type),
        working_day_adjusted(operative.date, operative.date_type),
    )
