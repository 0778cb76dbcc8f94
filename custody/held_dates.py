"""Which release dates a record's statements hold at a moment, and which of them counts.

Pure. A type keeps its newest statement until the same form leaves it blank.
Source: feeds.md 10, ruling 12.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from custody.legal_status import parse_legal_status
from custody.release_dates import Operative, ReleaseDateType, operative_date
from custody.snapshots import CustodyFact, RecordFacts, ReleaseDateFact


@dataclass(slots=True)
class HeldDates:
    """The dates held: as calculated, or as stated where a form carries one value; and those set against them."""

    dates: dict[ReleaseDateType, date] = field(default_factory=dict)
    overrides: dict[ReleaseDateType, date] = field(default_factory=dict)

    def take(self, fact: ReleaseDateFact) -> None:
        """Let one more statement hold; a blank one withdraws its date."""
        held = self.overrides if fact.basis == "overridden" else self.dates
        date_type = ReleaseDateType(fact.date_type)
        if fact.date is None:
            held.pop(date_type, None)
        else:
            held[date_type] = fact.date

    def counting(self, fact: CustodyFact | None) -> Operative | None:
        """Return the date that counts for somebody of whom the fact says why the law holds them."""
        return operative_date(
            self.dates,
            overrides=self.overrides,
            on_remand=fact is not None and is_on_remand(fact),
            indeterminate=fact is not None and is_indeterminate(fact),
        )


def held_dates(facts: Iterable[ReleaseDateFact], moment: datetime | None = None) -> HeldDates:
    """Return the dates held by the statements known at ``moment``, that one included, or now when it is None."""
    held = HeldDates()
    for fact in facts:
        if moment is None or fact.valid_at <= moment:
            held.take(fact)
    return held


def operative_as_of(facts: RecordFacts, moment: datetime) -> Operative | None:
    """Return the operative date by the statements known at ``moment``, that one included."""
    return held_dates(facts.release_dates, moment).counting(fact_at(facts.custody, moment))


def is_on_remand(fact: CustodyFact) -> bool:
    """Return whether the stated legal status is one without a sentence."""
    status = parse_legal_status(fact.legal_status)
    return status is not None and status.is_remand


def is_indeterminate(fact: CustodyFact) -> bool:
    """Return whether the stated legal status is a sentence without an end."""
    status = parse_legal_status(fact.legal_status)
    return status is not None and status.is_indeterminate


def fact_at(custody: Sequence[CustodyFact], moment: datetime) -> CustodyFact | None:
    """Return the custody fact in force at ``moment``."""
    earlier = [fact for fact in custody if fact.valid_at <= moment]
    return earlier[-1] if earlier else None
