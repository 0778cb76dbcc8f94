"""The release dates of a person: the ladder of why one counts, every date held, and what was checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from custody.events import dates_as_of, is_on_remand
from custody.release_dates import (
    REASONS,
    Operative,
    ReleaseDateType,
    Rung,
    operative_date,
    precedence,
    shown_date,
    working_day_adjusted,
)
from custody.snapshots import RecordFacts
from custody.wording import WEEKDAYS, full_date, weekday_date

ORDER: Final = tuple(ReleaseDateType)
ELIGIBILITIES: Final = (ReleaseDateType.HDCED, ReleaseDateType.PED)


@dataclass(frozen=True, slots=True)
class Held:
    """One date type: what it holds, what it held before, when that was learnt."""

    words: str
    day: date | None
    before: date | None
    learned_at: datetime
    counts: bool


@dataclass(frozen=True, slots=True)
class Check:
    """Something looked at beside the date that counts, and whether it agrees."""

    words: str
    agrees: bool = True


@dataclass(frozen=True, slots=True)
class Dates:
    """All that the release-dates part of the page shows."""

    heading: str
    reason: str
    rungs: tuple[Rung, ...]
    held: tuple[Held, ...]
    checks: tuple[Check, ...]


def dates_of(facts: RecordFacts, *, today: date) -> Dates:
    """Return the release dates that the facts hold. Pure."""
    known = dates_as_of(facts, None)
    inside = [fact for fact in facts.custody if fact.is_present]
    on_remand = bool(inside) and is_on_remand(inside[-1])
    operative = operative_date(known, on_remand=on_remand)
    return Dates(
        heading=_heading(operative),
        reason=_reason(operative, on_remand=on_remand),
        rungs=tuple(precedence(known, on_remand=on_remand)),
        held=tuple(_held(facts, operative)),
        checks=tuple(_checks(known, operative, today)),
    )


def _heading(operative: Operative | None) -> str:
    return f"Why {full_date(operative.date)} counts" if operative else "No date counts"


def _reason(operative: Operative | None, *, on_remand: bool) -> str:
    if operative is not None:
        return REASONS[operative.reason]
    if on_remand:
        return "No date: on remand. Only a release that the prison confirms would count."
    return "The prison file holds no date by which release could be reckoned."


def _held(facts: RecordFacts, operative: Operative | None) -> list[Held]:
    history: dict[str, list[tuple[datetime, date | None]]] = {}
    for fact in facts.release_dates:
        history.setdefault(fact.date_type, []).append((fact.valid_at, fact.date))
    found = []
    for date_type in ORDER:
        stated = history.get(date_type)
        # A type that was only ever stated as blank says nothing.
        if not stated or not any(day for _, day in stated):
            continue
        learned_at, day = stated[-1]
        before = stated[-2][1] if len(stated) > 1 else None
        counts = operative is not None and operative.date_type is date_type
        found.append(Held(date_type.label, day, before, learned_at, counts))
    return found


def _checks(known: Mapping[ReleaseDateType, date], operative: Operative | None, today: date) -> list[Check]:
    if operative is None:
        return []
    said = [Check(_working_day(operative, today))]
    if ReleaseDateType.STATED in known:
        said.append(_against_the_prisons_own(known, operative))
    return said


def _against_the_prisons_own(known: Mapping[ReleaseDateType, date], operative: Operative) -> Check:
    """Compare with the earliest day that the prison states, which may be that of an eligibility."""
    stated = known[ReleaseDateType.STATED]
    words = f"The prison’s earliest release date is {full_date(stated)}"
    if stated == operative.date:
        return Check(f"{words} too")
    others = [date_type for date_type in ELIGIBILITIES if known.get(date_type) == stated]
    if others:
        return Check(f"{words}, the day of {others[0].label[:1].lower()}{others[0].label[1:]}")
    return Check(f"{words}: another day. Ask the prison if in doubt", agrees=False)


def _working_day(operative: Operative, today: date) -> str:
    shown = shown_date(operative.date, operative.date_type, today=today)
    earliest = working_day_adjusted(operative.date, operative.date_type, today=today)
    weekday = WEEKDAYS[operative.date.weekday()]
    if shown != operative.date:
        said = f"{weekday} is not a working day: shown as {weekday_date(shown)}"
    else:
        said = f"{weekday} is a working day"
    if earliest < shown:
        return f"{said}. Prisons avoid releases before a day without services: it may be {weekday_date(earliest)}"
    return said
