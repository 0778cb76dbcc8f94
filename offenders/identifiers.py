"""Read police and prison identifiers in every written form and tell real ones from slips and dummies."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
EARLIEST_YEAR = 1900
FULL_YEAR_DIGITS = 4
DUMMY_PNC_YEARS = frozenset({1933, 2033})
DUMMY_PNC_SERIAL = 993399
DUMMY_CRO = "000000/00Z"
DUMMY_PRISON_NUMBERS = frozenset({"A9999AA", "A0000AA"})

CACHED = 8192
PNC_WITH_SLASH = re.compile(r"([0-9]{4}|[0-9]{2})/([0-9]{1,7})([A-Z])")
# Without a slash the length decides where the year ends: 12 characters can only hold a year of four
# digits and a padded serial, up to 10 only a year of two. Eleven could be cut in two ways: refused.
PNC_LONG = re.compile(r"([0-9]{4})([0-9]{7})([A-Z])")
PNC_SHORT = re.compile(r"([0-9]{2})([0-9]{1,7})([A-Z])")
CRO_STANDARD = re.compile(r"([0-9]{1,6})/?([0-9]{2})([A-Z])")
CRO_SMALL_FILE = re.compile(r"SF([0-9]{2})/?([0-9]{1,6})([A-Z])")
PRISON_NUMBER = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")


class IdentifierKind(StrEnum):
    """The identifiers by which a record may be linked to a person; the value names the index key."""

    PRISON_NUMBER = "prison_number"
    PNC = "pnc"
    CRO = "cro"


@dataclass(frozen=True)
class Pnc:
    """A PNC ID whose check letter agrees with its year and serial."""

    year: int
    serial: int
    letter: str

    @property
    def canonical(self) -> str:
        """Return the long form that is stored, indexed and shown: `2011/0284617H`."""
        return f"{self.year:04d}/{self.serial:07d}{self.letter}"

    @property
    def short(self) -> str:
        """Return the short form that officers say and write: `11/284617H`."""
        return f"{self.year % 100:02d}/{self.serial}{self.letter}"

    @property
    def is_dummy(self) -> bool:
        """Say whether it is the filler number that senders use for "none", which never links."""
        return self.serial == DUMMY_PNC_SERIAL and self.year in DUMMY_PNC_YEARS

    def __str__(self) -> str:
        return self.canonical


@dataclass(frozen=True)
class Cro:
    """A CRO number whose check letter agrees; `serial` keeps the digits that the letter was made from."""

    year: str
    serial: str
    letter: str
    small_file: bool

    @property
    def canonical(self) -> str:
        """Return the stored and shown form: `184062/11N`, or `SF83/50058Z` for a small file."""
        if self.small_file:
            return f"SF{self.year}/{self.serial}{self.letter}"
        return f"{self.serial}/{self.year}{self.letter}"

    @property
    def is_dummy(self) -> bool:
        """Say whether it is the filler number that senders use for "none", which never links."""
        return self.canonical == DUMMY_CRO

    def __str__(self) -> str:
        return self.canonical


def check_letter(digits: str) -> str:
    """Return the check letter of a string of ASCII digits.

    Source: domain.md c.
    """
    return CHECK_LETTERS[int(digits) % len(CHECK_LETTERS)]


def parse_pnc(text: str, *, today: date) -> Pnc | None:
    """Return the PNC ID that a text stands for, or None when it is none; a dummy is returned and says so.

    A two-digit year up to that of `today` is of this century.
    Source: domain.md c.1; feeds.md 10, ruling 9.
    """
    return _parsed_pnc(text, today.year)


# A file's reader and its writer ask about the same number some hundred rows apart.
@lru_cache(maxsize=CACHED)
def _parsed_pnc(text: str, this_year: int) -> Pnc | None:
    match = _pnc_match(_squeezed(text))
    if match is None:
        return None
    year, serial, letter = match.groups()
    pnc = Pnc(year=_full_year(year, this_year=this_year), serial=int(serial), letter=letter)
    if check_letter(f"{year[-2:]}{pnc.serial:07d}") != letter or pnc.serial == 0:
        return None
    if pnc.is_dummy:  # asked before the year: one of the dummies is dated 2033
        return pnc
    return pnc if EARLIEST_YEAR <= pnc.year <= this_year else None


@lru_cache(maxsize=CACHED)
def parse_cro(text: str) -> Cro | None:
    """Return the CRO number that a text stands for, or None when it is none; a dummy is returned and says so.

    Standard serials are padded to six digits before the letter is reckoned, small-file ones never.
    Source: domain.md c.2.
    """
    squeezed = _squeezed(text)
    if match := CRO_SMALL_FILE.fullmatch(squeezed):
        year, serial, letter = match.groups()
        cro = Cro(year=year, serial=serial, letter=letter, small_file=True)
    elif match := CRO_STANDARD.fullmatch(squeezed):
        serial, year, letter = match.groups()
        cro = Cro(year=year, serial=serial.zfill(6), letter=letter, small_file=False)
    else:
        return None
    if check_letter(cro.year + cro.serial) != cro.letter:
        return None
    return cro if int(cro.serial) or cro.is_dummy else None


def parse_prison_number(text: str) -> str | None:
    """Return the prison number that a text stands for (`A1234BC`), or None; it has no check letter.

    Source: domain.md c.3.
    """
    squeezed = _squeezed(text)
    return squeezed if PRISON_NUMBER.fullmatch(squeezed) else None


def is_dummy_prison_number(number: str) -> bool:
    """Say whether a canonical prison number is a filler, which never links."""
    return number in DUMMY_PRISON_NUMBERS


def linkable(kind: IdentifierKind, text: str, *, today: date) -> str | None:
    """Return the canonical form by which a stated identifier may link, None when it is invalid or a dummy.

    Source: feeds.md 10, rulings 3 and 9.
    """
    if kind is IdentifierKind.PRISON_NUMBER:
        number = parse_prison_number(text)
        return None if number is None or is_dummy_prison_number(number) else number
    identifier = parse_pnc(text, today=today) if kind is IdentifierKind.PNC else parse_cro(text)
    return None if identifier is None or identifier.is_dummy else identifier.canonical


def _squeezed(text: str) -> str:
    """Return the text in capitals without blanks; empty when a character is not ASCII.

    Python counts Arabic or full-width digits as digits, and `int` reads them: they would make two
    spellings of one number, so they are refused before any pattern is tried.
    """
    squeezed = "".join(text.split())
    return squeezed.upper() if squeezed.isascii() else ""


def _pnc_match(squeezed: str) -> re.Match[str] | None:
    """Honour the slash where there is one: without it `2003/45678V` would read as the year 20."""
    if "/" in squeezed:
        return PNC_WITH_SLASH.fullmatch(squeezed)
    return PNC_LONG.fullmatch(squeezed) or PNC_SHORT.fullmatch(squeezed)


def _full_year(year: str, *, this_year: int) -> int:
    if len(year) == FULL_YEAR_DIGITS:
        return int(year)
    century = this_year // 100 * 100
    return century + int(year) if int(year) <= this_year % 100 else century - 100 + int(year)
