"""The release dates of a person: the ladder of why one counts, every date held, and what was checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from custody.held_dates import held_dates, is_indeterminate, is_on_remand
from custody.release_dates import (
    REASONS,
    Operative,
    ReleaseDateType,
    Rung,
    collapsed,
    precedence,
    shown_date,
    why_no_date,
    working_day_adjusted,
)
from custody.snapshots import RecordFacts
from custody.stated_dates import StatedBeside, stated_beside
from custody.wording import WEEKDAYS, full_date, weekday_date

ORDER: Final = tuple(ReleaseDateType)


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
    stated = held_dates(facts.release_dates)
    known = collapsed(stated.dates, stated.overrides)
    inside = [fact for fact in facts.custody if fact.is_present]
    last = inside[-1] if inside else None
    on_remand = last is not None and is_on_remand(last)
    indeterminate = last is not None and is_indeterminate(last)
    operative = stated.counting(last)
    return Dates(
        heading=_heading(operative),
        reason=_reason(operative) if operative else why_no_date(on_remand=on_remand, indeterminate=indeterminate),
        rungs=tuple(precedence(known, on_remand=on_remand, indeterminate=indeterminate)),
        held=tuple(_held(facts, operative)),
        checks=tuple(_checks(known, operative, today)),
    )


def _heading(operative: Operative | None) -> str:
    return f"Why {full_date(operative.date)} counts" if operative else "No date counts"


def _reason(operative: Operative) -> str:
    by_hand = " The prison has set it by hand, against its own calculation." if operative.is_override else ""
    return REASONS[operative.reason] + by_hand


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
    return [Check(_working_day(operative, today)), *map(_against_the_prisons_own, stated_beside(known, operative))]


def _against_the_prisons_own(stated: StatedBeside) -> Check:
    """Compare with the day that the prison states, which may be moved already or that of an eligibility."""
    whose = "earliest release date" if stated.date_type is ReleaseDateType.STATED else "own release date"
    words = f"The prison’s {whose} is {full_date(stated.date)}"
    if stated.agrees:
        return Check(f"{words} too")
    if stated.moved:
        return Check(f"{words}: the same, moved to a day on which people are released")
    if stated.eligibility is not None:
        label = stated.eligibility.label
        return Check(f"{words}, the day of {label[:1].lower()}{label[1:]}")
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
