"""Reads a row's content as statements about a person and about custody, and as tokens.

The only place where a feed's columns meet the words of the lower layers.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from custody.release_dates import ReleaseDateType
from custody.snapshots import StatedMovement, Statement
from feeds.sources.ppo import PpoRow, ppo_row
from feeds.sources.prison_roll import RollRow, roll_row
from feeds.sources.rows import Content
from offenders.identifiers import IdentifierKind
from offenders.models import Address
from offenders.names import first_forename, normalise
from offenders.statements import Membership, PersonStatement, StatedAddress, index_of
from vault.index import match_token

NAME_AND_BIRTH: Final = "name_birth"
IDENTIFIER_KEYS: Final = (
    ("number", IdentifierKind.PRISON_NUMBER.value),
    ("pnc", IdentifierKind.PNC.value),
    ("cro", IdentifierKind.CRO.value),
)
ROLL_DATES: Final = ("SED", "HDCED", "HDCAD", "PED", "CRD", "NPD", "LED", "TUSED")


class Token(NamedTuple):
    """A blind index or match token that a row carries, and of which kind."""

    kind: str
    token: bytes


def tokens_of(feed: str, content: Content, *, today: date) -> list[Token]:
    """Return the tokens of a row by which records of different feeds can meet.

    Identifiers that break the rule of their kind carry none. Source: feeds.md 10.3.
    """
    found = []
    for kind, value in identifiers_in(content):
        index = index_of(kind, value, today=today)
        if index is not None:
            found.append(Token(kind, index))
    found.extend(_name_and_birth(feed, content))
    return found


def identifiers_in(content: Content) -> list[tuple[str, str]]:
    """Return the identifiers of a row as stated, by kind; both feeds keep them under the same keys."""
    found = []
    for key, kind in IDENTIFIER_KEYS:
        value = content.get(key, "")
        found += [(kind, one) for one in ([value] if isinstance(value, str) else value) if one]
    return found


def names_in(feed: str, content: Content) -> list[tuple[str, str]]:
    """Return surname and forenames of a row, and of each alias that it states."""
    forenames = content.get("forenames", "")
    names = [(_word(content, "surname"), forenames if isinstance(forenames, str) else " ".join(forenames))]
    if feed == "ppo":
        names += [_split_alias(alias) for alias in ppo_row(content).aliases]
    return names


def _name_and_birth(feed: str, content: Content) -> Iterator[Token]:
    born = _word(content, "born")
    if not born:
        return
    for surname, forenames in names_in(feed, content):
        parts = normalise(surname), first_forename(forenames)
        if all(parts):
            yield Token(NAME_AND_BIRTH, match_token("name_birth", *parts, born))


def _word(content: Content, key: str) -> str:
    value = content.get(key, "")
    return value if isinstance(value, str) else ""


def _split_alias(alias: str) -> tuple[str, str]:
    surname, _, forenames = alias.partition(",")
    return surname.strip(), forenames.strip()


def person_statement(feed: str, content: Content) -> PersonStatement:
    """Return who a row says its person is."""
    return _ppo_person(ppo_row(content)) if feed == "ppo" else _roll_person(roll_row(content))


def custody_statement(content: Content) -> Statement:
    """Return what a row of the prison roll says of custody."""
    row = roll_row(content)
    return Statement(
        custody_status=row.custody_status,
        establishment_code=row.establishment,
        legal_status=row.legal_status,
        booking_number=row.booking_number,
        first_received_on=row.first_reception,
        movement=_movement(row),
        dates=_dates(row),
    )


def _roll_person(row: RollRow) -> PersonStatement:
    identifiers = [(IdentifierKind.PRISON_NUMBER.value, row.prison_number)]
    identifiers += [(IdentifierKind.PNC.value, pnc) for pnc in row.pnc]
    if row.cro:
        identifiers.append((IdentifierKind.CRO.value, row.cro))
    return PersonStatement(
        surname=row.surname,
        forenames=" ".join(row.forenames),
        date_of_birth=row.date_of_birth,
        sex=row.sex,
        identifiers=tuple(identifiers),
        addresses=(
            StatedAddress(Address.Kind.DISCHARGE, tuple(row.discharge_address), row.discharge_postcode),
            StatedAddress(Address.Kind.HOME, tuple(row.home_address), row.home_postcode),
        ),
    )


def _ppo_person(row: PpoRow) -> PersonStatement:
    stated = (
        (IdentifierKind.PNC.value, row.pnc_id),
        (IdentifierKind.CRO.value, row.cro_number),
        (IdentifierKind.PRISON_NUMBER.value, row.noms_number),
    )
    address = tuple(part.strip() for part in row.address.split(",") if part.strip())
    return PersonStatement(
        surname=row.surname,
        forenames=row.forenames,
        date_of_birth=row.date_of_birth,
        sex=row.sex,
        aliases=tuple(row.aliases),
        identifiers=tuple((kind, value) for kind, value in stated if value),
        addresses=(StatedAddress(Address.Kind.SCHEME, address, row.postcode),),
        membership=Membership(
            strand=row.strand if row.status == "ACTIVE" else "",
            area_code=row.csp_code,
            reference=row.ppo_reference,
            adopted_on=row.adopted_on,
            removed_on=row.removed_on,
            removal_reason=row.removal_reason,
            lead_officer=row.lead_officer,
            mappa_level=row.mappa_level,
            sex_offender=row.sex_offender,
        ),
    )


def _movement(row: RollRow) -> StatedMovement | None:
    stated = row.movement
    if stated is None or stated.at is None:
        return None
    return StatedMovement(
        movement_type=stated.movement_type,
        reason_code=stated.reason,
        at=stated.at,
        precision=stated.precision,
    )


def _dates(row: RollRow) -> tuple[tuple[str, date | None], ...]:
    """A type that the file had no column for is left out: not stated is not withdrawn."""
    confirmed = (ReleaseDateType.CONFIRMED.value, row.confirmed_release)
    earliest = (ReleaseDateType.STATED.value, row.earliest_release)
    others = ((name, row.dates.get(name)) for name in ROLL_DATES if name not in row.unstated)
    return (confirmed, earliest, *others)
