"""What a run of roll snapshots states about one record: custody, movements, release dates.

Pure: observations in, facts out. The same observations give the same facts in
whatever order their deliveries came.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

ABSENT = "ABSENT"
Precision = Literal["day", "second"]
Basis = Literal["", "calculated", "overridden"]


@dataclass(frozen=True, slots=True)
class StatedMovement:
    """The last movement a row states. ``movement_type``: ADM, TRN, REL, CRT or TAP."""

    movement_type: str
    reason_code: str
    at: datetime
    precision: Precision


@dataclass(frozen=True, slots=True)
class Statement:
    """One row's word on custody. ``dates`` holds every type the form can carry, null if blank.

    A form that carries both has the calculated date in ``dates`` and what an officer set against it in
    ``overrides``, null if blank, for each type of which it can tell the two apart.
    """

    custody_status: str
    establishment_code: str
    legal_status: str
    booking_number: str
    first_received_on: date | None
    movement: StatedMovement | None
    dates: tuple[tuple[str, date | None], ...]
    overrides: tuple[tuple[str, date | None], ...] = ()

    def stated_dates(self) -> Iterator[tuple[str, Basis, date | None]]:
        """Yield each date with its type and basis; the basis is blank where the form carries one value."""
        both = {date_type for date_type, _ in self.overrides}
        for date_type, day in self.dates:
            yield date_type, "calculated" if date_type in both else "", day
        for date_type, day in self.overrides:
            yield date_type, "overridden", day


@dataclass(frozen=True, slots=True)
class Observation:
    """What one extract held of the record; no statement means the roll did not hold it."""

    extract_at: datetime
    delivery_id: UUID
    statement: Statement | None


@dataclass(frozen=True, slots=True)
class CustodyFact:
    """Custody as stated from ``valid_at`` on; ABSENT with the last extract that held it."""

    valid_at: datetime
    delivery_id: UUID
    custody_status: str
    establishment_code: str = ""
    legal_status: str = ""
    booking_number: str = ""
    first_received_on: date | None = None
    last_seen_at: datetime | None = None

    @property
    def is_present(self) -> bool:
        """Whether the roll held the person."""
        return self.custody_status != ABSENT


@dataclass(frozen=True, slots=True)
class MovementFact:
    """A movement as stated, and the extract that first stated it."""

    valid_at: datetime
    precision: Precision
    movement_type: str
    direction: str
    reason_code: str
    establishment_code: str
    learned_at: datetime
    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class ReleaseDateFact:
    """The date of one type as stated from ``valid_at`` on; null is a withdrawal.

    ``basis`` tells an override from what was calculated, where the form carries both.
    """

    valid_at: datetime
    date_type: str
    date: date | None
    delivery_id: UUID
    basis: Basis = ""


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Everything a record's snapshots state, each list in time order."""

    custody: tuple[CustodyFact, ...]
    movements: tuple[MovementFact, ...]
    release_dates: tuple[ReleaseDateFact, ...]


def derive_facts(observations: Iterable[Observation], *, last_seen_at: datetime | None = None) -> RecordFacts:
    """Return the facts that the observations of one record state, in extract order.

    A fact is written where something changes, not for each extract. Absence
    before the first presence states nothing, nor does a blank date before the
    first date; unless older extracts, the last of them at ``last_seen_at``,
    held the record: what they said may end with the first observation.
    Source: feeds.md 3.
    """
    ordered = sorted(observations, key=lambda seen: seen.extract_at)
    return RecordFacts(
        custody=tuple(_custody_facts(ordered, last_seen_at)),
        movements=tuple(_movement_facts(ordered)),
        release_dates=tuple(_release_date_facts(ordered, blanks_count=last_seen_at is not None)),
    )


def _custody_facts(observations: Sequence[Observation], last_seen_at: datetime | None) -> Iterable[CustodyFact]:
    last: CustodyFact | None = None
    for seen in observations:
        if seen.statement is not None:
            last_seen_at = seen.extract_at
        fact = _custody_fact(seen, last_seen_at)
        if fact is None or (last is not None and _says_the_same(last, fact)):
            continue
        yield fact
        last = fact


def _custody_fact(seen: Observation, last_seen_at: datetime | None) -> CustodyFact | None:
    stated = seen.statement
    if stated is not None:
        return CustodyFact(
            valid_at=seen.extract_at,
            delivery_id=seen.delivery_id,
            custody_status=stated.custody_status,
            establishment_code=stated.establishment_code,
            legal_status=stated.legal_status,
            booking_number=stated.booking_number,
            first_received_on=stated.first_received_on,
        )
    if last_seen_at is None:
        return None
    return CustodyFact(
        valid_at=seen.extract_at,
        delivery_id=seen.delivery_id,
        custody_status=ABSENT,
        last_seen_at=last_seen_at,
    )


def _says_the_same(last: CustodyFact, fact: CustodyFact) -> bool:
    return last == replace(fact, valid_at=last.valid_at, delivery_id=last.delivery_id)


def _movement_facts(observations: Sequence[Observation]) -> Iterable[MovementFact]:
    stated_before: set[tuple[str, str, datetime]] = set()
    for seen in observations:
        stated = seen.statement
        if stated is None or stated.movement is None:
            continue
        movement = stated.movement
        mark = (movement.movement_type, movement.reason_code, movement.at)
        if mark in stated_before:
            continue
        stated_before.add(mark)
        yield MovementFact(
            valid_at=movement.at,
            precision=movement.precision,
            movement_type=movement.movement_type,
            direction=direction_of(movement.movement_type, stated.custody_status),
            reason_code=movement.reason_code,
            establishment_code=stated.establishment_code,
            learned_at=seen.extract_at,
            delivery_id=seen.delivery_id,
        )


def direction_of(movement_type: str, custody_status: str) -> str:
    """Return IN or OUT for a stated movement.

    The flat form has no direction: court and temporary absence are out while
    the status is ACTIVE OUT. Source: feeds.md 10.7.
    """
    if movement_type in ("CRT", "TAP"):
        return "OUT" if custody_status == "ACTIVE OUT" else "IN"
    if movement_type == "TRN":
        return "OUT" if custody_status == "INACTIVE TRN" else "IN"
    return "OUT" if movement_type == "REL" else "IN"


def _release_date_facts(observations: Sequence[Observation], *, blanks_count: bool) -> Iterable[ReleaseDateFact]:
    known: dict[tuple[str, Basis], date | None] = {}
    for seen in observations:
        if seen.statement is None:
            continue
        for date_type, basis, day in seen.statement.stated_dates():
            slot = (date_type, basis)
            is_known = slot in known or not blanks_count
            if is_known and known.get(slot) == day:
                continue
            known[slot] = day
            yield ReleaseDateFact(seen.extract_at, date_type, day, seen.delivery_id, basis)
