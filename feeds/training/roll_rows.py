"""Write a person in custody as one line of the flat prison form: 153 quoted values between bars."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from feeds.training.dropped_columns import fill_dropped_columns
from feeds.training.model import IN_TRANSIT, Custody, Person
from feeds.training.places import Prisons
from feeds.training.words import SUPERVISING_SERVICES

COLUMNS: Final = 153
DATE_COLUMNS: Final = {
    "CONFIRMED": 64,
    "SED": 66,
    "HDCED": 67,
    "HDCAD": 68,
    "PED": 69,
    "CRD": 70,
    "NPD": 71,
    "LED": 72,
    "TUSED": 152,
}
DISCHARGE_LINES: Final = 78
HOME_LINES: Final = 93
POSTCODE_LINE: Final = 6
IN_TRANSIT_PLACE: Final = ("IN TRANSIT", "TRN")


def roll_row(person: Person, custody: Custody, *, prisons: Prisons, today: date) -> str:
    """Return the line without its first column and line end, so that it can be kept while nothing changes.

    Source: feeds.md 3.
    """
    cells = [""] * COLUMNS
    _identity(cells, person, custody, today)
    _place(cells, custody, prisons)
    _sentence(cells, custody)
    _addresses(cells, person, custody)
    _movement(cells, custody, prisons)
    _risk(cells, person, custody)
    fill_dropped_columns(cells, person, custody)
    return "|".join(f'"{cell}"' for cell in cells[1:])


def first_column(day: date) -> str:
    """Return what every line of a day's file begins with."""
    return f'"{_day(day)}"|'


def _identity(cells: list[str], person: Person, custody: Custody, today: date) -> None:
    age = today.year - person.born.year - ((today.month, today.day) < (person.born.month, person.born.day))
    cells[3] = person.prison_number
    cells[4] = "Male" if person.sex == "M" else "Female"
    cells[5] = custody.booking
    cells[6] = (person.prison_surname or person.surname).upper()
    cells[7] = person.forenames[0].upper()
    cells[8] = " ".join(person.forenames[1:]).upper()
    cells[9] = person.cro
    cells[10] = "Young Person" if age < 21 else "Adult"  # noqa: PLR2004 - by law
    cells[11] = str(age)
    cells[12] = _day(person.born)
    cells[30] = _several(person.past_bookings)
    cells[47] = _several([person.pnc] if person.roll_pnc else [])


def _place(cells: list[str], custody: Custody, prisons: Prisons) -> None:
    place = prisons.by_code[custody.prison]
    name, code = IN_TRANSIT_PLACE if custody.status == IN_TRANSIT else (place.name, place.code)
    cells[1] = name
    cells[2] = code
    cells[21] = custody.transfer_reason
    cells[22] = _day(custody.first_reception)
    cells[23] = custody.status
    cells[24] = custody.legal_status
    cells[44] = custody.pending_transfer
    cells[45] = custody.received_from


def _sentence(cells: list[str], custody: Custody) -> None:
    for kind, column in DATE_COLUMNS.items():
        cells[column] = _day(custody.dates.get(kind))
    releasing = [custody.dates[kind] for kind in ("HDCED", "HDCAD", "PED", "CRD", "NPD") if kind in custody.dates]
    cells[31] = _day(min(releasing, default=None))
    cells[42] = custody.offence
    cells[65] = custody.release_reason
    cells[145] = custody.licence_type
    cells[146] = _several(custody.other_offences)


def _addresses(cells: list[str], person: Person, custody: Custody) -> None:
    if custody.discharge_lines:
        cells[77] = "Home" if custody.discharge_lines == person.address else "Supported lodging"
        in_a_line = custody.discharge_postcode in custody.discharge_lines
        postcode = "" if in_a_line else custody.discharge_postcode
        _address(cells, DISCHARGE_LINES, custody.discharge_lines, postcode)
    _address(cells, HOME_LINES, person.address, person.postcode)


def _address(cells: list[str], first: int, lines: tuple[str, ...], postcode: str) -> None:
    for place, line in enumerate(lines):
        cells[first + place] = line
    cells[first + POSTCODE_LINE] = postcode


def _movement(cells: list[str], custody: Custody, prisons: Prisons) -> None:
    moved: datetime = custody.moved.at
    cells[133] = prisons.by_code[custody.prison].name
    cells[134] = custody.moved.reason
    cells[135] = _day(moved.date())
    cells[136], cells[137], cells[138] = (f"{part:02d}" for part in (moved.hour, moved.minute, moved.second))
    cells[139] = custody.moved.type
    cells[142] = _day(custody.first_movement)


def _risk(cells: list[str], person: Person, custody: Custody) -> None:
    cells[50] = f"Level {person.mappa_level}" if person.mappa_level else ""
    cells[51] = "Y" if person.is_sex_offender else "N"
    cells[52] = SUPERVISING_SERVICES if custody.sentenced_on else ""
    cells[147] = _several(person.alerts)


def _several(values: Iterable[str]) -> str:
    """Return the inside of a repeating column: the quotes at its ends are the column's own."""
    return '"~"'.join(values)


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"
