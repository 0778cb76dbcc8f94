"""Judge and mend single values: blanks, control characters, wrong encodings, dates, codes."""

import re
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from custody.legal_status import parse_legal_status
from feeds.sources.rows import BadValueError
from offenders.identifiers import parse_cro, parse_pnc

# Line breaks and tabs are gone before this is asked. C1 controls and U+FFFD are what a wrong decoding leaves.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")
BLANKS = re.compile(r"[ \t\r\n]+")
UK_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR) ?([0-9][A-Z]{2})")
EARLIEST_YEAR = 1900
LONGEST_POSTCODE = 8
OLDEST_AGE_YEARS = 120
YOUNGEST_AGE_YEARS = 10
SEXES = MappingProxyType(
    {
        "": "",
        "M": "M",
        "MALE": "M",
        "F": "F",
        "FEMALE": "F",
        "NK": "NK",
        "NOT KNOWN": "NK",
        "NOT KNOWN / NOT RECORDED": "NK",
        "NS": "NS",
        "NOT SPECIFIED": "NS",
        "NOT SPECIFIED (INDETERMINATE)": "NS",
    }
)


def is_mojibake(value: str) -> bool:
    """Say whether a value is UTF-8 that was read as Windows-1252.

    Source: feeds.md 10, ruling 2: its Windows-1252 bytes decode as UTF-8 to something else.
    """
    try:
        return value.encode("cp1252").decode("utf-8") != value
    except UnicodeError:
        return False


def postcode_or_none(value: str) -> str | None:
    """Return a full postcode in its usual form (`LS8 5QT`), or None for anything else."""
    if len(value) > LONGEST_POSTCODE:
        return None
    match = POSTCODE.fullmatch(value.upper())
    return f"{match[1]} {match[2]}" if match else None


@lru_cache(maxsize=65_536)
def uk_date(value: str) -> str | None:
    """Return the ISO form of a dd/MM/yyyy date, or None when it is no date."""
    match = UK_DATE.fullmatch(value)
    return _iso(match[3], match[2], match[1]) if match else None


@lru_cache(maxsize=65_536)
def iso_date(value: str) -> str | None:
    """Return an ISO date as it is, or None when it is no date."""
    match = ISO_DATE.fullmatch(value)
    return _iso(match[1], match[2], match[3]) if match else None


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        moment = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return moment.isoformat() if moment.year >= EARLIEST_YEAR else None


@lru_cache(maxsize=65_536)
def birth_date_problem(born: str, *, on: date) -> str | None:
    """Say what is impossible about an ISO date of birth on the day of the extract, if anything."""
    day = date.fromisoformat(born)
    if day > on:
        return "it is later than the extract"
    age = on.year - day.year - ((on.month, on.day) < (day.month, day.day))
    if not YOUNGEST_AGE_YEARS <= age <= OLDEST_AGE_YEARS:
        return f"it makes the person younger than {YOUNGEST_AGE_YEARS} or older than {OLDEST_AGE_YEARS}"
    return None


@lru_cache(maxsize=256)
def legal_status(value: str) -> str | None:
    """Return the code of a stated legal status, or None when it is on no list."""
    status = parse_legal_status(value)
    return None if status is None else status.value


def is_good_pnc(value: str, year: int) -> bool:
    """Say whether a text is a PNC ID whose letter agrees, in a file of the year."""
    return parse_pnc(value, today=date(year, 12, 31)) is not None


def is_good_cro(value: str) -> bool:
    """Say whether a text is a CRO number whose letter agrees."""
    return parse_cro(value) is not None


def decoded(raw: bytes, encoding: str) -> str:
    """Return the text of a record in the declared encoding.

    Raises: BadValueError T-01.
    """
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadValueError(
            "T-01",
            "whole row",
            f"byte {error.start + 1} of the row is not {encoding}, which the manifest states",
            "write the file in the stated encoding, or state the encoding it has",
        ) from None


def check_characters(value: str, field: str) -> None:
    """Check that a value has no control characters and was not decoded wrongly.

    Raises: BadValueError T-02 or T-03.
    """
    if value.isascii() and value.isprintable():
        return
    if CONTROL.search(value):
        raise BadValueError(
            "T-02",
            field,
            f"{field} holds a NUL, a control character or a replacement mark",
            "remove the character at its source and send a corrected file",
        )
    if is_mojibake(value):
        raise BadValueError(
            "T-03",
            field,
            f"{field} is UTF-8 that was read as Windows-1252 (as in “Ã©” for “é”)",
            "mend the conversion at the sender and send a corrected file",
        )
