"""What stands on a day of the release calendar: who is due out, who was until the date moved, and who has left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from custody.date_changes import FIRST_CHECK_DAYS, LAST_CHECK_DAYS, is_inside
from custody.models import CustodyEvent, Whereabouts
from custody.pages.calendar_span import Span, why_moved
from custody.pages.due import Due, due_of, operative_due
from custody.pages.news import change_words
from custody.pages.people import Person, surname_first
from custody.pages.signs import HELD
from custody.release_dates import working_day_adjusted
from custody.wording import day_of, dense_date, near_day
from custody.working_days import previous_working_day

# A change after one of the prisons' own checks of a date is likely to be missed.
CHECKS_DAYS: Final = (LAST_CHECK_DAYS, FIRST_CHECK_DAYS)
DUE, GONE, LEFT = "due", "gone", "left"


@dataclass(frozen=True, slots=True)
class Change:
    """How a date last moved: the sign of the direction, the words, and inside which check, 0 for none."""

    sign: str
    words: str
    inside_days: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One person on one day. ``rule`` says what weekends and holidays do, ``now`` where a gone date went."""

    kind: str
    day: date
    id: UUID
    name: str
    where: str
    is_ours: bool
    due: Due | None = None
    rule: str = ""
    change: Change | None = None
    now: str = ""

    @property
    def certainty(self) -> str:
        """Return the code of the certainty; nothing for a date that is gone or past."""
        return str(self.due.certainty) if self.due else ""


def entries_of(
    people: Sequence[Person], changes: Mapping[UUID, Sequence[CustodyEvent]], span: Span, *, today: date
) -> list[Entry]:
    """Return what is shown, by day, the surest first. Opens the names of those it shows.

    ``changes`` holds each person's moved dates, newest first.
    """
    found = [entry for person in people for entry in _entries(person, changes.get(person.id, ()), span, today)]
    return sorted(found, key=_order)


def short_notice(old: date | None, new: date | None, *, learned_at: datetime) -> int:
    """Return the check, 14 or 2 days before release, that had passed when a change was learnt; 0 for none.

    Source: domain.md a.5, PSO 6650.
    """
    return next((days for days in CHECKS_DAYS if is_inside(days, old, new, learned_at=learned_at)), 0)


def _entries(person: Person, changes: Sequence[CustodyEvent], span: Span, today: date) -> Iterator[Entry]:
    if person.state.whereabouts not in HELD:
        yield from _left(person, span)
        return
    for due in _dues(person, today):
        if span.holds(due.day):
            change = _change(due, changes, today)
            yield _entry(person, DUE, due.day, due=due, rule=_rule(due, today), change=change)
    yield from _gone(person, changes, span, today)


def _dues(person: Person, today: date) -> list[Due]:
    """Return the next release and, where that is a day of eligibility only, the date that counts as well."""
    dues = (due_of(person.state, today=today), operative_due(person.state, today=today))
    return list(dict.fromkeys(due for due in dues if due is not None))


def _left(person: Person, span: Span) -> Iterator[Entry]:
    state = person.state
    if state.whereabouts == Whereabouts.COMMUNITY and state.released_at and span.holds(day_of(state.released_at)):
        yield _entry(person, LEFT, day_of(state.released_at))


def _gone(person: Person, changes: Sequence[CustodyEvent], span: Span, today: date) -> Iterator[Entry]:
    """Say where dates of the days shown went; only the latest move away from a day counts."""
    seen = {person.state.release_date}
    for event in changes:
        if event.old_date is None or event.old_date in seen:
            continue
        seen.add(event.old_date)
        day = previous_working_day(event.old_date) if event.old_date >= today else event.old_date
        if span.holds(day):
            operative = operative_due(person.state, today=today)
            now = f"now {dense_date(operative.day, today=today)}" if operative else "no date now"
            yield _entry(person, GONE, day, change=_moved(event, today), now=now)


def _entry(
    person: Person,
    kind: str,
    day: date,
    *,
    due: Due | None = None,
    rule: str = "",
    change: Change | None = None,
    now: str = "",
) -> Entry:
    where = "" if kind == LEFT else person.where.words
    name = surname_first(person.profile)
    return Entry(kind, day, person.id, name, where, person.is_ours, due, rule, change, now)


def _rule(due: Due, today: date) -> str:
    if due.is_moved:
        return f"from {dense_date(due.stated, today=today)}, {why_moved(due.stated)}"
    earliest = working_day_adjusted(due.stated, due.date_type, today=today)
    if earliest < due.day and due.certainty != "confirmed":
        return f"may be {dense_date(earliest, today=today)}"
    return ""


def _change(due: Due, changes: Sequence[CustodyEvent], today: date) -> Change | None:
    if due.certainty == "eligible":
        return None
    made = next((event for event in changes if event.new_date == due.stated), None)
    return _moved(made, today) if made else None


def _moved(event: CustodyEvent, today: date) -> Change:
    learned = day_of(event.learned_at)
    inside = short_notice(event.old_date, event.new_date, learned_at=event.learned_at)
    day = near_day(learned, today=today)
    when = day.lower() if day in ("Today", "Yesterday") else f"on {day}"
    words = f"{change_words(event.old_date, event.new_date)} {when}"
    return Change(_sign(event), words, inside)


def _sign(event: CustodyEvent) -> str:
    if event.old_date and event.new_date:
        return "earlier" if event.new_date < event.old_date else "later"
    return "cross"


def _order(entry: Entry) -> tuple[date, int, int, str]:
    sureness = ("confirmed", "approved", "calculated", "stated", "eligible", "")
    return entry.day, (LEFT, DUE, GONE).index(entry.kind), sureness.index(entry.certainty), entry.name.casefold()
