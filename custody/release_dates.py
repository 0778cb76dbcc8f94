"""Say which of a person's release dates counts, why, and when somebody's absence is a release.

Source: domain.md a.4 and a.5; feeds.md 3 and 10, rulings 10 to 12.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from custody.date_meanings import DATE_MEANINGS, Releases
from custody.working_days import (
    ONE_DAY,
    last_day_with_services,
    next_working_day,
    previous_working_day,
)


class ReleaseDateType(StrEnum):
    """The date types of the prison system, and three of its feeds: CONFIRMED, STATED and RELEASE.

    STATED is the flat form's earliest release date, RELEASE the document form's own operative date.
    """

    CONFIRMED = "CONFIRMED"
    APD = "APD"
    HDCAD = "HDCAD"
    ARD = "ARD"
    CRD = "CRD"
    NPD = "NPD"
    PRRD = "PRRD"
    MTD = "MTD"
    RELEASE = "RELEASE"
    SED = "SED"
    SLED = "SLED"
    HDCED = "HDCED"
    HDCED4PLUS = "HDCED4PLUS"
    PED = "PED"
    TARIFF = "TARIFF"
    LED = "LED"
    TUSED = "TUSED"
    ETD = "ETD"
    LTD = "LTD"
    DPRRD = "DPRRD"
    ERSED = "ERSED"
    TERSED = "TERSED"
    ROTL = "ROTL"
    ESED = "ESED"
    NCRD = "NCRD"
    STATED = "STATED"

    @property
    def label(self) -> str:
        """Return the words that pages show."""
        return DATE_MEANINGS[self].label

    @property
    def meaning(self) -> str:
        """Return in one sentence what happens on the day."""
        return DATE_MEANINGS[self].words

    @property
    def releases(self) -> Releases:
        """Return whether somebody leaves prison on a date of the type."""
        return DATE_MEANINGS[self].releases


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
    """The date that counts, the type it comes from, how sure it is and, as a short code, why it counts.

    ``is_override`` says that an officer of the prison set it against the calculation.
    """

    date: date
    date_type: ReleaseDateType
    certainty: Certainty
    reason: str
    is_override: bool = False


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


REASONS: Mapping[str, str] = MappingProxyType(
    {
        "confirmed": "The prison has confirmed this date.",
        "approved_parole": "Parole has been approved for this date.",
        "hdc": "Release on a curfew tag (HDC) has been approved for this date.",
        "automatic_or_conditional": "It is the latest of the dates on which the sentence allows release.",
        "dto_mid_term": "It is the middle of a detention and training order.",
        "stated": "The prison states it as its own release date, and holds no date that would give it.",
        "sentence_expiry": "No earlier release date is held, so the whole sentence counts.",
    }
)
NO_DATE: Mapping[str, str] = MappingProxyType(
    {
        "remand": "No date: on remand. Only a release that the prison confirms would count.",
        "indeterminate": "No date: indeterminate sentence. Release is for the Parole Board to decide; "
        "the tariff only says from when it may.",
        "none": "The prison file holds no date by which release could be reckoned.",
    }
)
NO_DATES: Mapping[ReleaseDateType, date] = MappingProxyType({})
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
    # Documents carry no mid-term date: for detention and training orders the sender's own date stands.
    _Step((ReleaseDateType.RELEASE,), Certainty.STATED, "stated", "Release date as the prison states it"),
)
# Not in the prison system's own rule: the flat form has no other date for some sentences.
EXPIRY_STEP = _Step(
    (ReleaseDateType.SED, ReleaseDateType.SLED), Certainty.CALCULATED, "sentence_expiry", "Sentence expiry date"
)
# Forms that carry no such date at all need no empty rung for it.
SHOWN_WHEN_HELD = frozenset({"stated"})
ELIGIBILITY_DATES = (ReleaseDateType.HDCED, ReleaseDateType.PED, ReleaseDateType.TARIFF)
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


def operative_date(
    dates: Mapping[ReleaseDateType, date],
    *,
    overrides: Mapping[ReleaseDateType, date] = NO_DATES,
    on_remand: bool = False,
    indeterminate: bool = False,
) -> Operative | None:
    """Return the release date that counts, or None when none does.

    Of each type the override beats what was calculated, whichever is later. Then: confirmed, else approved
    parole, else approved curfew, else the latest of the automatic, conditional, non-parole, post-recall and
    mid-term dates, else the date that a document states, else sentence expiry. On remand only a confirmed
    date counts; an indeterminate sentence never expires, and its tariff is no release.
    Source: domain.md a.5; feeds.md 3; feeds.md 10, ruling 12.
    """
    held = collapsed(dates, overrides)
    for step in _steps(on_remand=on_remand, indeterminate=indeterminate):
        chosen = _latest(step.types, held)
        if chosen is not None:
            reason = "dto_mid_term" if chosen is ReleaseDateType.MTD else step.reason
            return Operative(held[chosen], chosen, step.certainty, reason, is_override=chosen in overrides)
    return None


def collapsed(
    dates: Mapping[ReleaseDateType, date], overrides: Mapping[ReleaseDateType, date]
) -> dict[ReleaseDateType, date]:
    """Return one date for each type: the override where there is one, else what was calculated.

    Source: domain.md a.5. Only so is the rule free of circles: the sender's own comparison has some.
    """
    return {**dates, **overrides}


def why_no_date(*, on_remand: bool = False, indeterminate: bool = False) -> str:
    """Return in plain words why no release date counts."""
    if on_remand:
        return NO_DATE["remand"]
    return NO_DATE["indeterminate" if indeterminate else "none"]


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


def precedence(
    dates: Mapping[ReleaseDateType, date], *, on_remand: bool = False, indeterminate: bool = False
) -> list[Rung]:
    """Return the steps of the operative rule with what is held for each, first to count first."""
    operative = operative_date(dates, on_remand=on_remand, indeterminate=indeterminate)
    steps = [
        step
        for step in _steps(on_remand=on_remand, indeterminate=indeterminate)
        if step.reason not in SHOWN_WHEN_HELD or _latest(step.types, dates) is not None
    ]
    return [_rung(rank, step, dates, operative) for rank, step in enumerate(steps, start=1)]


def _rung(rank: int, step: _Step, dates: Mapping[ReleaseDateType, date], operative: Operative | None) -> Rung:
    chosen = _latest(step.types, dates)
    day = None if chosen is None else dates[chosen]
    counts = operative is not None and chosen is operative.date_type
    agrees = operative is not None and not counts and day == operative.date
    return Rung(rank, step.label, chosen, day, counts, agrees)


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


def _steps(*, on_remand: bool, indeterminate: bool) -> tuple[_Step, ...]:
    if on_remand:
        return (CONFIRMED_STEP,)
    ends = () if indeterminate else (EXPIRY_STEP,)
    return (CONFIRMED_STEP, *SENTENCE_STEPS, *ends)


def _latest(types: tuple[ReleaseDateType, ...], dates: Mapping[ReleaseDateType, date]) -> ReleaseDateType | None:
    """Return the type with the latest date; on one day the type that stands first."""
    held = [date_type for date_type in types if date_type in dates]
    return max(held, key=lambda date_type: dates[date_type], default=None)
