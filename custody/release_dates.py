"""Say which of a person's release dates counts, why, and when somebody's absence is a release.

Source: domain.md a.4 and a.5; feeds.md 3 and 10, rulings 10 to 12.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from custody.working_days import (
    ONE_DAY,
    last_day_with_services,
    next_working_day,
    previous_working_day,
)


class ReleaseDateType(StrEnum):
    """The date types of the prison system, and two of the flat prison form: CONFIRMED and STATED."""

    CONFIRMED = "CONFIRMED"
    APD = "APD"
    HDCAD = "HDCAD"
    ARD = "ARD"
    CRD = "CRD"
    NPD = "NPD"
    PRRD = "PRRD"
    MTD = "MTD"
    SED = "SED"
    HDCED = "HDCED"
    PED = "PED"
    LED = "LED"
    TUSED = "TUSED"
    ETD = "ETD"
    LTD = "LTD"
    DPRRD = "DPRRD"
    TARIFF = "TARIFF"
    STATED = "STATED"

    @property
    def label(self) -> str:
        """Return the words that pages show."""
        return LABELS[self]


class Certainty(StrEnum):
    """How sure a date is; the value names its shade on every chart."""

    CONFIRMED = "confirmed"
    APPROVED = "approved"
    CALCULATED = "calculated"
    STATED = "stated"
    ELIGIBLE = "eligible"

    @property
    def label(self) -> str:
        """Return the word that pages show beside the shade."""
        return "Eligible only" if self is Certainty.ELIGIBLE else self.value.capitalize()


@dataclass(frozen=True)
class Operative:
    """The date that counts, the type it comes from, how sure it is and, as a short code, why it counts."""

    date: date
    date_type: ReleaseDateType
    certainty: Certainty
    reason: str


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder that the person page shows: the first that is set is the date that counts."""

    rank: int
    label: str
    date_type: ReleaseDateType | None
    date: date | None
    counts: bool
    agrees: bool


class ReleaseWindow(NamedTuple):
    """The first and last day on which a file without the person means that they were released."""

    earliest: date
    latest: date


class _Step(NamedTuple):
    """One step of the operative rule: its latest date counts when no step before it holds any."""

    types: tuple[ReleaseDateType, ...]
    certainty: Certainty
    reason: str
    label: str


LABELS: Mapping[ReleaseDateType, str] = MappingProxyType(
    {
        ReleaseDateType.CONFIRMED: "Confirmed release",
        ReleaseDateType.APD: "Approved parole (APD)",
        ReleaseDateType.HDCAD: "Approved curfew (HDCAD)",
        ReleaseDateType.ARD: "Automatic release (ARD)",
        ReleaseDateType.CRD: "Conditional release (CRD)",
        ReleaseDateType.NPD: "Non-parole release (NPD)",
        ReleaseDateType.PRRD: "Release after recall (PRRD)",
        ReleaseDateType.MTD: "Mid-term transfer of a detention and training order (MTD)",
        ReleaseDateType.SED: "Sentence expiry (SED)",
        ReleaseDateType.HDCED: "Curfew eligibility (HDCED)",
        ReleaseDateType.PED: "Parole eligibility (PED)",
        ReleaseDateType.LED: "Licence expiry (LED)",
        ReleaseDateType.TUSED: "Top-up supervision expiry (TUSED)",
        ReleaseDateType.ETD: "Early transfer of a detention and training order (ETD)",
        ReleaseDateType.LTD: "Late transfer of a detention and training order (LTD)",
        ReleaseDateType.DPRRD: "Release after recall to a detention and training order (DPRRD)",
        ReleaseDateType.TARIFF: "Tariff, the minimum term of a life sentence",
        ReleaseDateType.STATED: "Earliest release date as the prison states it",
    }
)
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "confirmed": "The prison has confirmed this date.",
        "approved_parole": "Parole has been approved for this date.",
        "hdc": "Release on a curfew tag (HDC) has been approved for this date.",
        "automatic_or_conditional": "It is the latest of the dates on which the sentence allows release.",
        "dto_mid_term": "It is the middle of a detention and training order.",
        "sentence_expiry": "No earlier release date is held, so the whole sentence counts.",
    }
)
# Dates on the same day: the earlier in this order names the release. Which of them and MTD is named
# on a tie changes no date; MTD comes last because it holds for under-18s only.
SENTENCE_DATES = (
    ReleaseDateType.ARD,
    ReleaseDateType.CRD,
    ReleaseDateType.NPD,
    ReleaseDateType.PRRD,
    ReleaseDateType.MTD,
)
CONFIRMED_STEP = _Step((ReleaseDateType.CONFIRMED,), Certainty.CONFIRMED, "confirmed", "Confirmed release date")
SENTENCE_STEPS = (
    _Step((ReleaseDateType.APD,), Certainty.APPROVED, "approved_parole", "Approved parole date"),
    _Step((ReleaseDateType.HDCAD,), Certainty.APPROVED, "hdc", "Approved curfew date (HDC)"),
    _Step(
        SENTENCE_DATES,
        Certainty.CALCULATED,
        "automatic_or_conditional",
        "Later of automatic and conditional date",
    ),
    # Not in the prison system's own rule: the flat form has no other date for some sentences.
    _Step((ReleaseDateType.SED,), Certainty.CALCULATED, "sentence_expiry", "Sentence expiry date"),
)
ELIGIBILITY_DATES = (ReleaseDateType.HDCED, ReleaseDateType.PED)
SERVICE_DAY_TYPES = frozenset(
    {
        ReleaseDateType.CRD,
        ReleaseDateType.ARD,
        ReleaseDateType.PRRD,
        ReleaseDateType.ETD,
        ReleaseDateType.MTD,
        ReleaseDateType.LTD,
    }
)


def operative_date(dates: Mapping[ReleaseDateType, date], *, on_remand: bool = False) -> Operative | None:
    """Return the release date that counts, or None when none does.

    Confirmed, else approved parole, else approved curfew, else the latest of the automatic, conditional,
    non-parole, post-recall and mid-term dates, else sentence expiry. On remand only a confirmed date counts.
    Source: domain.md a.5; feeds.md 3.
    """
    for step in _steps(on_remand=on_remand):
        chosen = _latest(step.types, dates)
        if chosen is not None:
            reason = "dto_mid_term" if chosen is ReleaseDateType.MTD else step.reason
            return Operative(dates[chosen], chosen, step.certainty, reason)
    return None


def eligible_dates(
    dates: Mapping[ReleaseDateType, date], operative: Operative | None
) -> list[tuple[ReleaseDateType, date]]:
    """Return the eligibility dates before the date that counts (all where none counts), earliest first.

    They say from when release may be asked for, and never count themselves.
    Source: feeds.md 3.
    """
    held = [(date_type, dates[date_type]) for date_type in ELIGIBILITY_DATES if date_type in dates]
    return sorted(
        (pair for pair in held if operative is None or pair[1] < operative.date),
        key=lambda pair: pair[1],
    )


def precedence(dates: Mapping[ReleaseDateType, date], *, on_remand: bool = False) -> list[Rung]:
    """Return the steps of the operative rule with what is held for each, first to count first."""
    operative = operative_date(dates, on_remand=on_remand)
    rungs = []
    for rank, step in enumerate(_steps(on_remand=on_remand), start=1):
        chosen = _latest(step.types, dates)
        day = None if chosen is None else dates[chosen]
        counts = operative is not None and chosen is operative.date_type
        agrees = operative is not None and not counts and day == operative.date
        rungs.append(Rung(rank, step.label, chosen, day, counts, agrees))
    return rungs


def working_day_adjusted(day: date, date_type: ReleaseDateType, *, today: date | None = None) -> date:
    """Return the earliest day on which a release due on `day` would take place.

    Dates that the sentence sets go back until neither the day nor the next is a non-working day; other
    dates go back to a working day, curfew eligibility forward to one. Days before `today` stay.
    Source: domain.md a.5.
    """
    if today is not None and day < today:
        return day
    if date_type in SERVICE_DAY_TYPES:
        return last_day_with_services(day)
    if date_type is ReleaseDateType.HDCED:
        return next_working_day(day)
    return previous_working_day(day)


def shown_date(day: date, date_type: ReleaseDateType, *, today: date | None = None) -> date:
    """Return the working day that pages show for a date; the prison may release earlier still.

    A confirmed date is shown as the prison confirmed it.
    Source: feeds.md 10, ruling 10.
    """
    if date_type is ReleaseDateType.CONFIRMED or (today is not None and day < today):
        return day
    if date_type is ReleaseDateType.HDCED:
        return next_working_day(day)
    return previous_working_day(day)


def release_window(operative: Operative) -> ReleaseWindow:
    """Return the days on which the first file without the person makes them released.

    Source: feeds.md 3 (absence).
    """
    adjusted = working_day_adjusted(operative.date, operative.date_type)
    return ReleaseWindow(earliest=adjusted - ONE_DAY, latest=operative.date + ONE_DAY)


def explains_absence(operative: Operative | None, *, last_seen: date, first_absent: date) -> bool:
    """Say whether somebody last in the file of one day and absent from that of another was released.

    Released when the first file without them lies in the window of the date that counted, or when that
    date passed between the two files (a day was missing or refused). Otherwise they are missing.
    Source: feeds.md 3; feeds.md 10, ruling 10.
    """
    if operative is None:
        return False
    window = release_window(operative)
    in_window = window.earliest <= first_absent <= window.latest
    return in_window or last_seen <= operative.date <= first_absent


def _steps(*, on_remand: bool) -> tuple[_Step, ...]:
    return (CONFIRMED_STEP,) if on_remand else (CONFIRMED_STEP, *SENTENCE_STEPS)


def _latest(types: tuple[ReleaseDateType, ...], dates: Mapping[ReleaseDateType, date]) -> ReleaseDateType | None:
    """Return the type with the latest date; on one day the type that stands first."""
    held = [date_type for date_type in types if date_type in dates]
    return max(held, key=lambda date_type: dates[date_type], default=None)
