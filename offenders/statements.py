"""Who a source record says its person is, kept as facts.

Sources hand over plain statements; nothing here knows a feed's layout.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from offenders.facts import Changes, FactTable, Stated, reconcile, runs
from offenders.identifiers import IdentifierKind, linkable
from offenders.models import Address, Identifier, PersonalDetails, SchemeMembership
from vault.index import blind_index


@dataclass(frozen=True, slots=True)
class Membership:
    """What a scheme says of the person. ``strand`` is empty once removed."""

    strand: str
    area_code: str
    reference: str
    adopted_on: date | None
    removed_on: date | None
    removal_reason: str
    lead_officer: str
    mappa_level: str
    sex_offender: str


@dataclass(frozen=True, slots=True)
class StatedAddress:
    """An address as stated; no lines means that the sender now states none."""

    kind: str
    lines: tuple[str, ...]
    postcode: str


@dataclass(frozen=True, slots=True)
class PersonStatement:
    """One row's word on who its person is. Identifiers are as stated, by kind."""

    surname: str
    forenames: str
    date_of_birth: date | None
    sex: str
    aliases: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    addresses: tuple[StatedAddress, ...] = ()
    membership: Membership | None = None


@dataclass(frozen=True, slots=True)
class PersonObservation:
    """A person statement and the extract and delivery it came in."""

    extract_at: datetime
    delivery_id: UUID
    statement: PersonStatement


def record_person_facts(
    observed: Mapping[UUID, Sequence[PersonObservation]],
    *,
    since: datetime,
    delivery_id: UUID,
    because: str,
) -> Changes:
    """Store what the records' observations state of their people; return what changed."""
    total = Changes()
    for table, derive in _TABLES:
        wanted = {record: runs(s for seen in items for s in derive(seen)) for record, items in observed.items()}
        total.add(reconcile(table, wanted, since=since, delivery_id=delivery_id, because=because))
    return total


def tables_of_facts() -> tuple[FactTable[Any], ...]:
    """Return the tables that hold facts of who people are."""
    return tuple(table for table, _ in _TABLES)


def index_of(kind: str, value: str, *, today: date) -> bytes | None:
    """Return the blind index of an identifier as stated, or None when it cannot link.

    Misshapen numbers, wrong check letters and dummies link nothing.
    Source: feeds.md 10.3 and 10.9.
    """
    canonical = linkable(IdentifierKind(kind), value, today=today)
    return blind_index(kind, canonical) if canonical else None


def _details(seen: PersonObservation) -> Iterable[Stated]:
    stated = seen.statement
    content = (
        stated.surname,
        stated.forenames,
        stated.date_of_birth,
        stated.sex,
        stated.aliases,
    )
    yield Stated("details", content, seen.extract_at, seen.delivery_id)


def _identifiers(seen: PersonObservation) -> Iterable[Stated]:
    for kind, value in seen.statement.identifiers:
        yield Stated((kind, value), (kind, value), seen.extract_at, seen.delivery_id)


def _addresses(seen: PersonObservation) -> Iterable[Stated]:
    for address in seen.statement.addresses:
        content = (address.kind, address.lines, address.postcode)
        yield Stated(address.kind, content, seen.extract_at, seen.delivery_id)


def _memberships(seen: PersonObservation) -> Iterable[Stated]:
    membership = seen.statement.membership
    if membership is not None:
        content = tuple(getattr(membership, f.name) for f in fields(membership))
        yield Stated("membership", content, seen.extract_at, seen.delivery_id)


def _read_details(row: PersonalDetails) -> Stated:
    aliases = tuple(row.aliases or ())
    content = (row.surname, row.forenames, row.date_of_birth, row.sex, aliases)
    return Stated("details", content, row.valid_at, row.delivery_id)


def _build_details(record_id: UUID, stated: Stated) -> PersonalDetails:
    surname, forenames, date_of_birth, sex, aliases = stated.content
    return PersonalDetails(
        record_id=record_id,
        delivery_id=stated.delivery_id,
        valid_at=stated.valid_at,
        surname=surname,
        forenames=forenames,
        date_of_birth=date_of_birth,
        sex=sex,
        aliases=list(aliases),
    )


def _read_identifier(row: Identifier) -> Stated:
    mark = (row.kind, row.value)
    return Stated(mark, mark, row.valid_at, row.delivery_id)


def _build_identifier(record_id: UUID, stated: Stated) -> Identifier:
    kind, value = str(stated.content[0]), str(stated.content[1])
    return Identifier(
        record_id=record_id,
        delivery_id=stated.delivery_id,
        valid_at=stated.valid_at,
        kind=kind,
        value=value,
        index=index_of(kind, value, today=stated.valid_at.date()),
    )


def _read_address(row: Address) -> Stated:
    content = (row.kind, tuple(row.lines), row.postcode)
    return Stated(row.kind, content, row.valid_at, row.delivery_id)


def _build_address(record_id: UUID, stated: Stated) -> Address:
    kind, lines, postcode = stated.content
    return Address(
        record_id=record_id,
        delivery_id=stated.delivery_id,
        valid_at=stated.valid_at,
        kind=kind,
        lines=list(lines),
        postcode=postcode,
    )


def _read_membership(row: SchemeMembership) -> Stated:
    content = tuple(getattr(row, f.name) for f in fields(Membership))
    return Stated("membership", content, row.valid_at, row.delivery_id)


def _build_membership(record_id: UUID, stated: Stated) -> SchemeMembership:
    named = {f.name: value for f, value in zip(fields(Membership), stated.content, strict=True)}
    return SchemeMembership(record_id=record_id, delivery_id=stated.delivery_id, valid_at=stated.valid_at, **named)


_Derive = Callable[[PersonObservation], Iterable[Stated]]
_TABLES: Final[tuple[tuple[FactTable[Any], _Derive], ...]] = (
    (FactTable(PersonalDetails, _read_details, _build_details), _details),
    (FactTable(Identifier, _read_identifier, _build_identifier), _identifiers),
    (FactTable(Address, _read_address, _build_address), _addresses),
    (FactTable(SchemeMembership, _read_membership, _build_membership), _memberships),
)
