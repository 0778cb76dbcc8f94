"""Stores what a record's snapshots state of custody, and reads it back as pure facts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from custody.models import CustodyStatement, Movement, ReleaseDate
from custody.snapshots import Basis, CustodyFact, MovementFact, RecordFacts, ReleaseDateFact
from offenders.facts import Changes, FactTable, Standing, Stated, reconcile, standing_of

CUSTODY_MODELS: Final = (CustodyStatement, Movement, ReleaseDate)


def record_custody_facts(
    derived: Mapping[UUID, RecordFacts], *, since: datetime, delivery_id: UUID, because: str
) -> Changes:
    """Make the standing custody facts of the records equal to what was derived."""
    total = Changes()
    sets: tuple[tuple[FactTable[Any], dict[UUID, list[Stated]]], ...] = (
        (CUSTODY, {r: [_custody(f) for f in facts.custody] for r, facts in derived.items()}),
        (MOVEMENTS, {r: [_movement(f) for f in facts.movements] for r, facts in derived.items()}),
        (DATES, {r: [_date(f) for f in facts.release_dates] for r, facts in derived.items()}),
    )
    for table, wanted in sets:
        total.add(reconcile(table, wanted, since=since, delivery_id=delivery_id, because=because))
    return total


def load_custody_facts(record_ids: Iterable[UUID]) -> dict[UUID, RecordFacts]:
    """Return the standing custody facts of each record, every list in time order."""
    ids = list(record_ids)
    return custody_facts(ids, standing_of(CUSTODY_MODELS, ids))


def custody_facts(record_ids: Iterable[UUID], facts: Standing) -> dict[UUID, RecordFacts]:
    """Return the custody facts of each record from rows already read, every list in time order."""
    custody, movements, dates = (facts.get(model, {}) for model in CUSTODY_MODELS)
    return {
        record: RecordFacts(
            tuple(map(_as_custody_fact, custody.get(record, ()))),
            _by_learning(list(map(_as_movement_fact, movements.get(record, ())))),
            tuple(map(_as_date_fact, dates.get(record, ()))),
        )
        for record in record_ids
    }


def _by_learning(movements: list[MovementFact]) -> tuple[MovementFact, ...]:
    return tuple(sorted(movements, key=lambda m: (m.learned_at, m.valid_at)))


def _custody(fact: CustodyFact) -> Stated:
    content = (
        fact.custody_status,
        fact.establishment_code,
        fact.legal_status,
        fact.booking_number,
        fact.first_received_on,
        fact.last_seen_at,
    )
    return Stated("custody", content, fact.valid_at, fact.delivery_id, ends=not fact.is_present)


def _as_custody_fact(row: CustodyStatement) -> CustodyFact:
    return CustodyFact(
        valid_at=row.valid_at,
        delivery_id=row.delivery_id,
        custody_status=row.custody_status,
        establishment_code=row.establishment_code,
        legal_status=row.legal_status,
        booking_number=row.booking_number,
        first_received_on=row.first_received_on,
        last_seen_at=row.last_seen_at,
    )


def _build_custody(record_id: UUID, stated: Stated) -> CustodyStatement:
    names = (
        "custody_status",
        "establishment_code",
        "legal_status",
        "booking_number",
        "first_received_on",
        "last_seen_at",
    )
    return CustodyStatement(
        record_id=record_id,
        delivery_id=stated.delivery_id,
        valid_at=stated.valid_at,
        **dict(zip(names, stated.content, strict=True)),
    )


def _movement(fact: MovementFact) -> Stated:
    content = (fact.movement_type, fact.reason_code, fact.valid_at)
    extra = (fact.precision, fact.direction, fact.establishment_code)
    return Stated(content, content, fact.valid_at, fact.delivery_id, extra, fact.learned_at)


def _as_movement_fact(row: Movement) -> MovementFact:
    return MovementFact(
        valid_at=row.valid_at,
        precision="day" if row.precision == Movement.Precision.DAY else "second",
        movement_type=row.movement_type,
        direction=row.direction,
        reason_code=row.reason_code,
        establishment_code=row.establishment_code,
        learned_at=row.learned_at,
        delivery_id=row.delivery_id,
    )


def _build_movement(record_id: UUID, stated: Stated) -> Movement:
    movement_type, reason_code, valid_at = stated.content
    precision, direction, establishment_code = stated.extra
    return Movement(
        record_id=record_id,
        delivery_id=stated.delivery_id,
        valid_at=valid_at,
        movement_type=movement_type,
        reason_code=reason_code,
        precision=precision,
        direction=direction,
        establishment_code=establishment_code,
        learned_at=stated.stated_at,
    )


def _date(fact: ReleaseDateFact) -> Stated:
    """One run of statements for each type and basis."""
    group = (fact.date_type, fact.basis)
    return Stated(group, (fact.date,), fact.valid_at, fact.delivery_id, ends=fact.date is None)


def _as_date_fact(row: ReleaseDate) -> ReleaseDateFact:
    return ReleaseDateFact(row.valid_at, row.date_type, row.date, row.delivery_id, cast(Basis, row.basis))


def _build_date(record_id: UUID, stated: Stated) -> ReleaseDate:
    date_type, basis = cast(tuple[str, Basis], stated.group)
    return ReleaseDate(
        record_id=record_id,
        delivery_id=stated.delivery_id,
        valid_at=stated.valid_at,
        date_type=date_type,
        basis=basis,
        date=stated.content[0],
    )


CUSTODY: Final = FactTable(CustodyStatement, lambda row: _custody(_as_custody_fact(row)), _build_custody)
MOVEMENTS: Final = FactTable(Movement, lambda row: _movement(_as_movement_fact(row)), _build_movement)
DATES: Final = FactTable(
    ReleaseDate,
    lambda row: Stated((row.date_type, row.basis), (row.date,), row.valid_at, row.delivery_id),
    _build_date,
)
