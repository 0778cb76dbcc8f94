"""Fill columns that the prison sends and that we must drop: health, faith, next of kin, looks, remarks."""

from typing import Final

from feeds.training.model import Custody, Person
from feeds.training.words import (
    BUILDS,
    EYES,
    GENERAL_REMARKS,
    HAIR,
    HEALTH_REMARKS,
    KIN,
    MARITAL,
    MARKS,
    OCCUPATIONS,
    PAROLE_REMARKS,
    RELIGIONS,
    SECURITY_REMARKS,
)

DAYS_A_YEAR: Final = 365
DAYS_A_MONTH: Final = 30
KIN_LINES: Final = 102


def fill_dropped_columns(cells: list[str], person: Person, custody: Custody) -> None:
    """Write invented text, the same for a person each day, into columns outside the contract.

    Source: feeds.md 3, "all other columns are dropped".
    """
    _about_the_person(cells, person)
    _looks(cells, person)
    _custody(cells, person, custody)
    _kin(cells, person)
    _remarks(cells, person)


def _pick(words: tuple[str, ...], person: Person, salt: int) -> str:
    """Return a word that stays with the person; drawing from the world's dice would shift everything else."""
    return words[(person.serial * 7919 + salt * 104_729) % 1_000_003 % len(words)]


def _about_the_person(cells: list[str], person: Person) -> None:
    cells[13] = "British" if person.background != "White: Any other background" else "European"
    cells[14] = person.background
    cells[15] = _pick(RELIGIONS, person, 15)
    cells[16] = _pick(MARITAL, person, 16)
    cells[20] = _pick(OCCUPATIONS, person, 20)
    cells[49] = "Unemployed" if person.serial % 3 else "Employed"


def _looks(cells: list[str], person: Person) -> None:
    cells[53] = f"1.{60 + person.serial * 7 % 35}"
    cells[55] = _pick(HAIR, person, 55)
    cells[56] = cells[57] = _pick(EYES, person, 56)
    cells[58] = _pick(BUILDS, person, 58)
    cells[62] = _pick(MARKS, person, 62) if person.serial % 4 == 0 else ""


def _custody(cells: list[str], person: Person, custody: Custody) -> None:
    cells[18] = f"{'ABCDE'[person.serial % 5]}-{1 + person.serial % 4}-{person.serial % 40:03d}"
    cells[19] = ("Standard", "Enhanced", "Basic")[person.serial % 3]
    cells[25] = ("Cat B", "Cat C", "Cat C", "Uncategorised")[person.serial % 4]
    if custody.sentence_days:
        years, rest = divmod(custody.sentence_days, DAYS_A_YEAR)
        cells[27], cells[28], cells[29] = (str(part) for part in (years, *divmod(rest, DAYS_A_MONTH)))
        cells[63] = str(custody.sentence_days)
    if person.serial % 23 == 0:
        cells[41] = cells[75] = "Open"
        cells[76] = f"{custody.first_reception:%d/%m/%Y}"
    if person.serial % 19 == 0:
        cells[46] = "Y"


def _kin(cells: list[str], person: Person) -> None:
    if person.serial % 3 == 0:
        return
    surname = person.prison_surname or person.surname
    cells[100] = f"{'AJKMPS'[person.serial % 6]} {surname}"
    cells[101] = _pick(KIN, person, 101)
    for place, line in enumerate(person.address):
        cells[KIN_LINES + place] = line
    cells[KIN_LINES + 6] = person.postcode


def _remarks(cells: list[str], person: Person) -> None:
    for every, first, kind, words in (
        (9, 119, "Security", SECURITY_REMARKS),
        (5, 121, "Medical", HEALTH_REMARKS),
        (11, 123, "Parole", PAROLE_REMARKS),
        (6, 127, "General", GENERAL_REMARKS),
    ):
        if person.serial % every == 0:
            cells[first] = kind
            cells[first + 1] = _pick(words, person, first)
