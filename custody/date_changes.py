"""Every change of a release date: old and new, who said so, and how much notice it left.

Pure: facts in, changes out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from custody.held_dates import HeldDates
from custody.release_dates import Certainty, Operative, ReleaseDateType
from custody.snapshots import CustodyFact, RecordFacts
from custody.wording import day_of

ChangeKind = Literal["set", "changed", "withdrawn", "confirmed"]
# Prisons check the calculation again this many days before release. Source: domain.md a.5 (PSO 6650).
FIRST_CHECK_DAYS: Final = 14
LAST_CHECK_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class DateChange:
    """One change of the date that counts; ``establishment_code`` is where the person was held."""

    kind: ChangeKind
    learned_at: datetime
    delivery_id: UUID
    old: Operative | None
    new: Operative | None
    establishment_code: str = ""

    @property
    def lead_days(self) -> int:
        """Return the days left from when we learnt it to the new date; to the old one where none is left."""
        return lead_days(self.old_date, self.new_date, learned_at=self.learned_at)

    @property
    def old_date(self) -> date | None:
        """Return the day that counted before."""
        return self.old.date if self.old else None

    @property
    def new_date(self) -> date | None:
        """Return the day that counts now."""
        return self.new.date if self.new else None

    @property
    def certainty(self) -> str:
        """Return how sure the new date is; empty when there is none."""
        return str(self.new.certainty) if self.new else ""

    def is_inside(self, days: int) -> bool:
        """Say whether it came when the old or the new date was at most so many days off."""
        return is_inside(days, self.old_date, self.new_date, learned_at=self.learned_at)


@dataclass(frozen=True, slots=True)
class TypeChange:
    """One change of the date of one type, whether it counted or not."""

    date_type: ReleaseDateType
    is_override: bool
    learned_at: datetime
    delivery_id: UUID
    old_date: date | None
    new_date: date | None

    @property
    def lead_days(self) -> int:
        """Return the days left from when we learnt it to the new date; to the old one where none is left."""
        return lead_days(self.old_date, self.new_date, learned_at=self.learned_at)


def lead_days(old: date | None, new: date | None, *, learned_at: datetime) -> int:
    """Return the days from the UK day of learning to the new date, to the old one where none is left.

    Negative when that day has passed already.
    Raises: ValueError when there is neither.
    """
    day = new or old
    if day is None:
        raise ValueError("a change of a release date has an old or a new date")
    return (day - day_of(learned_at)).days


def is_inside(days: int, old: date | None, new: date | None, *, learned_at: datetime) -> bool:
    """Say whether the nearer of old and new date was at most so many days off when we learnt of the change.

    A date that had passed by then is left out: nobody can be surprised on it any more.
    """
    learned_on = day_of(learned_at)
    return any(0 <= (day - learned_on).days <= days for day in (old, new) if day is not None)


def operative_changes(facts: RecordFacts) -> list[DateChange]:
    """Return the changes of the date that counts while the person stays inside on one booking, oldest first.

    A sentence makes dates count that were stated on remand, so custody facts matter too. The same day by
    another type is no change, unless the prison thereby confirms it.
    """
    return list(_operative_changes(facts))


def type_changes(facts: RecordFacts) -> list[TypeChange]:
    """Return every change of every type as it was stated, oldest first."""
    held: dict[tuple[str, str], date | None] = {}
    changes = []
    for fact in facts.release_dates:
        slot = (fact.date_type, fact.basis)
        old = held.get(slot)
        held[slot] = fact.date
        if old != fact.date:
            kind = ReleaseDateType(fact.date_type)
            by_hand = fact.basis == "overridden"
            changes.append(TypeChange(kind, by_hand, fact.valid_at, fact.delivery_id, old, fact.date))
    return changes


def _operative_changes(facts: RecordFacts) -> Iterator[DateChange]:
    held, dates, custody = HeldDates(), iter(facts.release_dates), iter(facts.custody)
    coming_date, coming_fact = next(dates, None), next(custody, None)
    before: CustodyFact | None = None
    now: CustodyFact | None = None
    old: Operative | None = None
    for moment, delivery_id in _causes(facts):
        while coming_date is not None and coming_date.valid_at <= moment:
            held.take(coming_date)
            coming_date = next(dates, None)
        before = now
        while coming_fact is not None and coming_fact.valid_at <= moment:
            now = coming_fact
            coming_fact = next(custody, None)
        new = held.counting(now)
        kind = _kind(old, new)
        if kind is not None and now is not None and _stays(before, now):
            yield DateChange(kind, moment, delivery_id, old, new, now.establishment_code)
        old = new


def _causes(facts: RecordFacts) -> Sequence[tuple[datetime, UUID]]:
    """The extracts that say something new of custody or dates, each with its delivery."""
    causes = {fact.valid_at: fact.delivery_id for fact in facts.custody}
    causes |= {fact.valid_at: fact.delivery_id for fact in facts.release_dates}
    return sorted(causes.items())


def _kind(old: Operative | None, new: Operative | None) -> ChangeKind | None:
    if old is None:
        return None if new is None else "set"
    if new is None:
        return "withdrawn"
    if old.date != new.date:
        return "changed"
    was_sure = old.certainty is Certainty.CONFIRMED
    return "confirmed" if new.certainty is Certainty.CONFIRMED and not was_sure else None


def _stays(before: CustodyFact | None, now: CustodyFact) -> bool:
    """Whether the extract and the one before both hold one booking."""
    if before is None or not before.is_present or not now.is_present:
        return False
    return before.booking_number == now.booking_number
