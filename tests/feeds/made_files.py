"""Feed files of invented people, made value by value for the tests."""

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from feeds.manifest import Manifest
from feeds.sources import ppo, prison_roll
from feeds.sources.rows import Known, ParsedRow, Reader, RowFault

EXTRACT_AT = datetime(2026, 11, 24, 4, 10, tzinfo=UTC)
KNOWN = Known(establishments=frozenset({"LEI", "MDI", "WDI"}), areas={"00DA": "13", "00CX": "13", "00BN": "06"})
HASH = "0" * 64
GOOD_ROLL_VALUES: Mapping[int, str] = {
    0: "24/11/2026",
    1: "LEEDS (HMP)",
    2: "LEI",
    3: "A1234BC",
    4: "Male",
    5: "LX1234",
    6: "THISTLEWOOD",
    7: "AMBROSE",
    8: "JUNIPER",
    12: "05/03/1990",
    22: "14/02/2026",
    23: "ACTIVE IN",
    24: "SENTENCED",
    51: "N",
    135: "23/11/2026",
    136: "14",
    137: "05",
    138: "09",
    139: "TRN",
}
GOOD_PPO_VALUES: Mapping[str, str] = {
    "ppo_reference": "WY-0042",
    "csp_code": "00DA",
    "strand": "CATCH_AND_CONVICT",
    "status": "ACTIVE",
    "adopted_on": "2026-01-09",
    "surname": "Thistlewood",
    "forenames": "Ambrose Juniper",
    "date_of_birth": "1990-03-05",
    "sex": "M",
    "sex_offender": "N",
}
HEADER = ",".join(ppo.COLUMNS) + "\r\n"


def manifest_of(feed: str = "prison_roll", *, encoding: str = "utf-8", forces: tuple[str, ...] = ()) -> Manifest:
    """Return a manifest whose hashes nobody checks."""
    return Manifest(feed, "Invented Prisons", EXTRACT_AT, 1, None, forces, encoding, 0, HASH, HASH, "")


def roll_line(values: Mapping[int, str] | None = None, *, columns: int = 153) -> str:
    """Return one good line of the roll, with some values changed."""
    stated = {**GOOD_ROLL_VALUES, **(values or {})}
    return "|".join(f'"{stated.get(index, "")}"' for index in range(columns)) + "\r\n"


def read_roll(
    data: str | bytes, *, encoding: str = "utf-8", overridden: Iterable[str] = ()
) -> tuple[list[ParsedRow | RowFault], Reader]:
    """Return what the roll's reader makes of a file, and the reader with its counts."""
    raw = data.encode(encoding) if isinstance(data, str) else data
    manifest = manifest_of(encoding=encoding)
    reader = prison_roll.read(io.BytesIO(raw), manifest, known=KNOWN, overridden=frozenset(overridden))
    return list(reader), reader


def ppo_line(values: Mapping[str, str] | None = None) -> str:
    """Return one good line of a PPO list, with some values changed; write quotes yourself."""
    stated = {**GOOD_PPO_VALUES, **(values or {})}
    return ",".join(stated.get(field, "") for field in ppo.COLUMNS) + "\r\n"


def read_ppo(data: str | bytes, *, overridden: Iterable[str] = ()) -> tuple[list[ParsedRow | RowFault], Reader]:
    """Return what the PPO reader makes of a file, and the reader with its counts."""
    raw = data.encode() if isinstance(data, str) else data
    manifest = manifest_of("ppo", forces=("13",))
    reader = ppo.read(io.BytesIO(raw), manifest, known=KNOWN, overridden=frozenset(overridden))
    return list(reader), reader


def only_fault(rows: list[ParsedRow | RowFault]) -> RowFault:
    """Return the one fault among the rows."""
    (fault,) = [row for row in rows if isinstance(row, RowFault)]
    return fault


def good_rows(rows: list[ParsedRow | RowFault]) -> list[ParsedRow]:
    """Return the rows that were taken."""
    return [row for row in rows if isinstance(row, ParsedRow)]
