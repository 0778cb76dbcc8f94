"""The canaries' sealed deliveries: three days in which everything happens that can happen to a row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from feeds.dropping import MANIFEST_SUFFIX
from feeds.manifest import LONDON
from tests.factories import Desk, SealedFile
from tests.feeds.made_files import HEADER, ppo_line, roll_line
from tests.rules.canaries import Canary

LEEDS, BRADFORD = "00DA", "00CX"
PRISONS = ("LEI", "MDI", "WDI")
ROLL_DAYS = 3


@dataclass(frozen=True)
class Files:
    """What is dropped in the folder day by day, and what an operator uploads; all of it is sealed."""

    dropped: list[list[SealedFile]]
    uploaded: SealedFile
    forged: SealedFile
    held: SealedFile


def sealed_files(desk: Desk, canaries: Sequence[Canary], *, others: int = 0) -> Files:
    """Return the files of the last three days, with faulty, contradicting, repeated and refused ones.

    ``others``: how many people of no interest stand in the rolls too.
    """
    days = [datetime.now(LONDON).date() - timedelta(days=back) for back in range(ROLL_DAYS, 0, -1)]
    first, second, third = days
    some, most = len(canaries) * 3 // 5, len(canaries) - 3
    crowd = list(_crowd(others))
    as_sent = _roll(desk, second, canaries[:most], crowd)
    corrected = _roll(desk, second, canaries[:most], crowd, corrects=as_sent.manifest.sequence)
    dropped = [
        [_schemes(desk, first, canaries), _roll(desk, first, canaries[:some], crowd)],
        [as_sent, corrected, _renamed_header(desk, second, canaries[0])],
        [_schemes(desk, third, canaries[3:], later=True), _miscounted(desk, third, canaries)],
    ]
    uploaded = _roll(desk, third, canaries[4:most], crowd, faulty=False)
    forged = replace(uploaded, manifest=replace(uploaded.manifest, rows=uploaded.manifest.rows + 1))
    return Files(dropped, uploaded, forged, _short(desk, third, canaries))


def drop(files: Sequence[SealedFile], folder: Path) -> None:
    """Put sealed files into a drop folder, each beside its manifest."""
    for file in files:
        name = f"{file.manifest.feed}-{file.manifest.sequence}"
        (folder / f"{name}.age").write_bytes(file.sealed)
        (folder / f"{name}{MANIFEST_SUFFIX}").write_bytes(file.manifest.to_json())


def _schemes(desk: Desk, day: date, canaries: Sequence[Canary], *, later: bool = False) -> SealedFile:
    return desk.ppo(day, [_scheme_row(canary, day, later=later) for canary in canaries])


def _scheme_row(canary: Canary, day: date, *, later: bool) -> dict[str, str]:
    removed = later and canary.number % 9 == 0
    return {
        "ppo_reference": canary.reference,
        "csp_code": BRADFORD if canary.number % 10 == 1 else LEEDS,
        "status": "REMOVED" if removed else "ACTIVE",
        "removed_on": f"{day}" if removed else "",
        "removal_reason": canary.removal_reason if removed else "",
        "pnc_id": canary.pnc,
        "cro_number": canary.cro,
        "noms_number": canary.prison_number,
        "surname": canary.surname.title(),
        "forenames": canary.forename.title(),
        # One row that cannot be taken.
        "date_of_birth": f"{canary.born:%d.%m.%Y}" if canary.number == 8 else f"{canary.born}",
        "aliases": f'"{canary.alias}, {canary.forename}; {canary.alias}X, {canary.forename}"',
        "lead_officer": canary.lead_officer + ("B" if later else ""),
        "address": f'"{canary.number} {canary.street}, Leeds"',
        "postcode": canary.postcode,
    }


def _crowd(size: int) -> Iterator[dict[int, str]]:
    """People of common names whom no scheme holds."""
    for number in range(size):
        born = date(1960, 1, 1) + timedelta(days=number * 4)
        yield {
            2: PRISONS[number % 3],
            3: f"B{number:04d}CD",
            5: f"C{number:05d}",
            6: "SMITH",
            7: "JOHN",
            12: f"{born:%d/%m/%Y}",
        }


def _roll(
    desk: Desk,
    day: date,
    canaries: Sequence[Canary],
    crowd: Sequence[dict[int, str]],
    *,
    faulty: bool = True,
    corrects: int | None = None,
) -> SealedFile:
    rows = list(_roll_rows(canaries, day, faulty=faulty))
    if corrects is not None:
        rows = [{**row, 42: row[42] + "K", 70: f"{day:%d/%m/%Y}", 78: row[78] + " (flat)"} for row in rows]
    return desk.roll(day, [*rows, *crowd], corrects=corrects)


def _roll_rows(canaries: Sequence[Canary], day: date, *, faulty: bool) -> Iterator[dict[int, str]]:
    for canary in canaries:
        row = _roll_row(canary, day)
        yield row
        if faulty and canary.number == 7:
            yield {**row, 42: canary.alias}  # the same key with other content
        if faulty and canary.number == 9:
            yield {**row, 3: "", 45: canary.alias}  # no key at all
        if faulty and canary.number == 11:
            yield {**row, 3: canary.alias, 8: f'{canary.alias}"'}  # a key of the wrong shape, and a stray quote


def _roll_row(canary: Canary, day: date) -> dict[int, str]:
    moved = canary.number % 3 + day.toordinal() % 2 * (canary.number % 4 == 0)
    contradicts = canary.number in {20, 21, 22}
    only_name = canary.number in {23, 24}
    return {
        2: PRISONS[moved % 3],
        3: f"Y{canary.prison_number[1:]}" if only_name else canary.prison_number,
        5: canary.booking,
        6: canary.alias if contradicts else canary.surname,
        7: canary.forename,
        8: canary.alias,
        9: "" if only_name else canary.cro,
        12: "01/02/1970" if contradicts else f"{canary.born:%d/%m/%Y}",
        22: f"{day - timedelta(days=200):%d/%m/%Y}",
        42: canary.offence,
        47: "" if only_name else canary.pnc,
        45: canary.lead_officer,
        70: f"{day + timedelta(days=canary.number % 30 + day.toordinal() % 2):%d/%m/%Y}",
        78: f"{canary.number} {canary.street}",
        84: canary.postcode,
        93: f"{canary.number + day.toordinal() % 2} {canary.street}",
        99: canary.postcode,
        133: canary.removal_reason,
        134: ("N", "INT", "CRT")[moved % 3],
        135: f"{day:%d/%m/%Y}",
        136: "03",
        139: "CRT" if canary.number % 13 == 0 else "ADM",
        23: "ACTIVE OUT" if canary.number % 13 == 0 else "ACTIVE IN",
    }


def _renamed_header(desk: Desk, day: date, canary: Canary) -> SealedFile:
    """A file that is refused for its header, which holds what no header should."""
    return _sealed(desk, day, [ppo_line()], HEADER.replace("surname", canary.surname))


def _miscounted(desk: Desk, day: date, canaries: Sequence[Canary]) -> SealedFile:
    """A roll that breaks off inside a row."""
    lines = [roll_line({0: f"{day:%d/%m/%Y}", **_roll_row(canary, day)}) for canary in canaries[:20]]
    extract_at = datetime(day.year, day.month, day.day, 4, tzinfo=LONDON)
    return desk.sealed("prison_roll", [*lines, lines[3][:90]], "", extract_at, None, None)


def _short(desk: Desk, day: date, canaries: Sequence[Canary]) -> SealedFile:
    """A roll with another number of rows than its manifest states, which waits for an operator."""
    lines = [roll_line({0: f"{day:%d/%m/%Y}", **_roll_row(canary, day)}) for canary in canaries[4:6]]
    extract_at = datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)
    return desk.sealed("prison_roll", ["".join(lines)], "", extract_at, None, None)


def _sealed(desk: Desk, day: date, lines: list[str], header: str) -> SealedFile:
    extract_at = datetime(day.year, day.month, day.day, 6, tzinfo=LONDON)
    return desk.sealed("ppo", lines, header, extract_at, None, None)
