"""Finds the hard cases in the files as they were delivered, knowing nothing of how the world was made."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

import holidays

from feeds.training.slips import DUMMY_CRO, DUMMY_PNC
from tests.feeds.training.made_world import MadeWorld

BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")
GENERATION_YEARS = 18
THURSDAY = 3
# Of each line of a roll: establishment and its code, bookings, name, birth date, origin, PNC ID, postcode.
KEPT = (1, 2, 5, 6, 7, 12, 30, 45, 47, 99)
DATES = (64, 68, 70, 71, 66)


class Line(NamedTuple):
    """What the search needs of one line of a roll."""

    prison: str
    code: str
    booking: str
    surname: str
    forename: str
    born: str
    past_bookings: str
    received_from: str
    pnc: str
    postcode: str
    due: date | None


@dataclass
class Searched:
    """What was found, by case: prison numbers, or references of PPO rows; and where everybody stood."""

    cases: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    references: set[str] = field(default_factory=set)
    # Sequence of a roll, then the booking that each person stands under.
    bookings: dict[int, dict[str, str]] = field(default_factory=dict)
    past_bookings: set[str] = field(default_factory=set)


def search(world: MadeWorld) -> Searched:
    """Read every file of the world."""
    found, everybody = Searched(), dict[str, Line]()
    before: dict[str, Line] = {}
    named: dict[str, str] = {}
    for sequence, (day, lines) in enumerate(_rolls(world), start=1):
        found.bookings[sequence] = {number: line.booking for number, line in lines.items()}
        found.past_bookings.update(past for line in lines.values() for past in line.past_bookings.split('"~"'))
        _find_moves(found, lines, named)
        _find_early_releases(found, before, lines, day)
        named |= {number: line.prison for number, line in lines.items() if line.code != "TRN"}
        everybody |= lines
        before = lines
    _find_in_ppo_rows(found, _ppo_rows(world), everybody)
    return found


def _rolls(world: MadeWorld) -> Iterator[tuple[date, dict[str, Line]]]:
    for manifest in world.manifests("prison_roll"):
        lines = world.plain(manifest).decode().split("\r\n")[:-1]
        yield manifest.extract_at.date(), dict(_read(line[1:-1].split('"|"')) for line in lines)


def _read(cells: list[str]) -> tuple[str, Line]:
    stated = [_day(cells[column]) for column in DATES]
    confirmed, curfew, conditional, old_act, expiry = stated
    automatic = max((day for day in (conditional, old_act) if day), default=None)
    due = confirmed or curfew or automatic or expiry
    return cells[3], Line._make([*(cells[column] for column in KEPT), due])


def _day(text: str) -> date | None:
    return datetime.strptime(text, "%d/%m/%Y").date() if text else None  # noqa: DTZ007 - a day of a file


def _find_moves(found: Searched, lines: dict[str, Line], named: dict[str, str]) -> None:
    """The prison somebody came from is not the one that the file before named."""
    prisons = set(named.values())
    for number, line in lines.items():
        last = named.get(number, line.prison)
        if line.code != "TRN" and line.prison != last and line.received_from in prisons - {last}:
            found.cases["two_moves_in_a_day"].add(number)


def _find_early_releases(found: Searched, before: dict[str, Line], lines: dict[str, Line], day: date) -> None:
    """Somebody is gone from a file although their day is that of the file, or a later one."""
    for number in before.keys() - lines.keys():
        due = before[number].due
        if due is None or due < day:
            continue
        is_eve = due.weekday() <= THURSDAY and due + timedelta(days=1) in BANK_HOLIDAYS
        is_holiday = due in BANK_HOLIDAYS or is_eve
        found.cases["early_bank_holiday_releases" if is_holiday else "early_weekend_releases"].add(number)


def _ppo_rows(world: MadeWorld) -> list[dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for manifest in world.manifests("ppo"):
        plain = io.StringIO(world.plain(manifest).decode())
        rows |= {row["ppo_reference"]: row for row in csv.DictReader(plain)}
    return list(rows.values())


def _find_in_ppo_rows(found: Searched, rows: list[dict[str, str]], everybody: dict[str, Line]) -> None:
    by_pnc = {line.pnc: line for line in everybody.values() if line.pnc}
    by_birth, by_name = defaultdict(list), defaultdict(list)
    for number, line in everybody.items():
        by_birth[line.surname, line.born, line.postcode].append((number, line))
        by_name[line.surname, line.forename, line.postcode].append((number, line))
    for row in rows:
        reference, surname = row["ppo_reference"], row["surname"].upper()
        born = date.fromisoformat(row["date_of_birth"])
        forename = row["forenames"].split(" ")[0].upper()
        found.references.add(reference)
        if (row["pnc_id"], row["cro_number"]) == (DUMMY_PNC, DUMMY_CRO):
            found.cases["dummy_identifiers"].add(reference)
        if (held := everybody.get(row["noms_number"])) and held.surname != surname and _year(held) != born.year:
            found.cases["typing_errors_to_review"].add(reference)
        if (held := by_pnc.get(row["pnc_id"])) and held.surname != surname and held.born != f"{born:%d/%m/%Y}":
            found.cases["pnc_of_somebody_else"].add(reference)
        alike = by_birth[surname, f"{born:%d/%m/%Y}", row["postcode"]]
        if any(line.forename != forename for _, line in alike):
            found.cases["twins"].add(reference)
        alike = by_name[surname, forename, row["postcode"]]
        if any(abs(_year(line) - born.year) > GENERATION_YEARS for _, line in alike):
            found.cases["fathers_and_sons"].add(reference)


def _year(line: Line) -> int:
    return int(line.born[-4:])
