"""A world of six people who change every day, so that each day's deliveries leave a trace of every sort."""

from datetime import date, datetime
from pathlib import Path

from django.db.models import Model

from custody.models import CustodyEvent, CustodyState, CustodyStatement, Movement, ReleaseDate
from feeds.dropping import MANIFEST_SUFFIX
from feeds.manifest import LONDON
from feeds.models import (
    Delivery,
    DeliveryMember,
    DeliveryPiece,
    MatchCase,
    OverlapCount,
    QuarantinedRow,
    RowVersion,
    SourceRecord,
    SourceToken,
    Supplier,
)
from offenders.models import Identifier, Offender, PersonalDetails, Profile, RecordLink, SchemeMembership, Supersession
from tests.factories import SUPPLIERS, Desk, SealedFile, days

NUMBERS = [f"A{number}BC" for number in range(1001, 1007)]
DAYS = days(20)
COUNTED: tuple[type[Model], ...] = (
    CustodyEvent,
    CustodyState,
    CustodyStatement,
    Delivery,
    DeliveryMember,
    DeliveryPiece,
    Identifier,
    MatchCase,
    Movement,
    Offender,
    OverlapCount,
    PersonalDetails,
    Profile,
    QuarantinedRow,
    RecordLink,
    ReleaseDate,
    RowVersion,
    SchemeMembership,
    SourceRecord,
    SourceToken,
    Supersession,
)


def roll_on(desk: Desk, day: int) -> SealedFile:
    """Return the roll of a day: one moves, one's date changes, one goes to court and back, one comes and goes."""
    odd = day % 2 == 1
    today = f"{DAYS[day]:%d/%m/%Y}"
    rows: list[dict[int, str]] = [
        {2: "MDI" if odd else "LEI", 139: "ADM", 134: "INT", 135: today, 136: "01", 137: "00"},
        {70: f"{1 + day:02}/03/2027"},
        {23: "ACTIVE OUT" if odd else "ACTIVE IN", 139: "CRT", 134: "CA", 135: today, 136: "02", 137: "00"},
        {},
        {2: "QQQ" if odd else "LEI"},
    ]
    stated = [{3: number, 6: f"WREN{number[4]}", **row} for number, row in zip(NUMBERS, rows, strict=False)]
    if odd:
        stated.append({3: NUMBERS[5], 6: "WREN6"})
    return desk.roll(DAYS[day], stated)


def schemes_on(desk: Desk, day: int) -> SealedFile:
    """Return the schemes' list of a day: one more person every few days, and one whose address changes daily."""
    rows = [_scheme_row(number, day) for number in NUMBERS[: 2 + day // 2]]
    return desk.ppo(DAYS[day], rows)


def unreadable(desk: Desk, feed: str, day: int) -> SealedFile:
    """Return a file that is no feed file at all."""
    on: date = DAYS[day]
    at = datetime(on.year, on.month, on.day, 7, 0, tzinfo=LONDON)
    return desk.sealed(feed, ["this is no row\r\n"], "", at, None, None)


def register(desk: Desk) -> None:
    """Register the desk's suppliers again, after the tables were cleared."""
    for feed, name in SUPPLIERS.items():
        public = desk.keys[feed].public_key().public_bytes_raw()
        Supplier.objects.update_or_create(name=name, defaults={"public_key": public, "feeds": [feed]})


def drop(folder: Path, name: str, file: SealedFile) -> None:
    """Lay a pair into the drop folder."""
    (folder / f"{name}.age").write_bytes(file.sealed)
    (folder / f"{name}{MANIFEST_SUFFIX}").write_bytes(file.manifest.to_json())


def row_counts() -> dict[str, int]:
    """Return how many rows each table of the imports holds."""
    return {model.__name__: model._default_manager.count() for model in COUNTED}


def _scheme_row(number: str, day: int) -> dict[str, str]:
    changing = {"address": f"{1 + day} New Street"} if number == NUMBERS[0] else {}
    return {
        "ppo_reference": f"WY-{number[1:5]}",
        "noms_number": number,
        "surname": f"Wren{number[4]}",
        "date_of_birth": "1990-03-05",
        **changing,
    }
