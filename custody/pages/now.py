"""Where somebody is now, the day out in words, and how far dates can be trusted there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from custody.legal_status import parse_legal_status
from custody.models import CustodyState, Whereabouts
from custody.pages.due import Due
from custody.pages.signs import HELD, SIGNS
from custody.state import is_absence_overdue
from custody.volatility import WINDOW_DAYS, read_volatility
from custody.wording import counted, day_of, weekday_date


@dataclass(frozen=True, slots=True)
class Now:
    """Where the person is now."""

    sign: str
    words: str
    since: str
    detail: str
    help: str


def now_of(state: CustodyState, names: Mapping[str, str], now: datetime) -> Now:
    """Return where somebody is at a moment, since when, and under what."""
    label = str(Whereabouts(state.whereabouts).label)
    today, is_overdue = day_of(now), is_absence_overdue(state, now)
    held = state.whereabouts in HELD
    place = names.get(state.establishment_code, state.establishment_code) if held else ""
    return Now(
        sign="late" if is_overdue else SIGNS[state.whereabouts],
        words=f"{label}, {place}" if place else label,
        since=f"{_since(state, today)} Overdue: out for more than 4 days." if is_overdue else _since(state, today),
        detail=_detail(state),
        help=f"state-{state.whereabouts}",
    )


def _since(state: CustodyState, today: date) -> str:
    if state.unconfirmed_since:
        return f"Unconfirmed since the prison file of {weekday_date(state.unconfirmed_since)}."
    if state.since is None:
        return "Not seen in a prison file."
    days = (today - day_of(state.since)).days
    return f"Since {weekday_date(state.since)}, {counted(days, 'day')}."


def _detail(state: CustodyState) -> str:
    if state.whereabouts not in HELD:
        return ""
    status = parse_legal_status(state.legal_status)
    words = status.label if status else ""
    if state.in_custody_since:
        inside = f"in custody since {weekday_date(state.in_custody_since)}"
        return f"{words}, {inside}." if words else f"{inside[:1].upper()}{inside[1:]}."
    return f"{words}." if words else ""


def volatility_words(state: CustodyState, names: Mapping[str, str], now: datetime) -> str:
    """Return how often dates moved where the person is held, which says how far to trust this one. One query."""
    place = names.get(state.establishment_code, "")
    if state.whereabouts not in HELD or not place:
        return ""
    there = read_volatility(now=now).get(state.establishment_code)
    if there is None or not there.changes:
        return f"At {place} no date of the people you may see has moved in {WINDOW_DAYS} days."
    moved = counted(there.changes, "date of the people you may see has", "dates of the people you may see have")
    return f"At {place} {moved} moved in {WINDOW_DAYS} days, {there.inside_14_days:,} inside 14 days of a release."


def due_words_of(state: CustodyState, due: Due | None) -> str:
    """Return the day out in words, or why there is none."""
    if due is not None:
        return weekday_date(due.day)
    if state.whereabouts not in HELD:
        return "Not in prison"
    status = parse_legal_status(state.legal_status)
    if status and status.is_indeterminate:
        return "No date: indeterminate sentence"
    return "No date: on remand" if status and status.is_remand else "No date held"
