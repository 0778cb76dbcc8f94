"""Write the PPO feed: one CSV row for each adoption that a weekly file holds."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from feeds.training.model import Adoption, Person

COLUMNS: Final = (
    "ppo_reference",
    "csp_code",
    "strand",
    "status",
    "adopted_on",
    "removed_on",
    "removal_reason",
    "pnc_id",
    "cro_number",
    "noms_number",
    "surname",
    "forenames",
    "date_of_birth",
    "sex",
    "aliases",
    "lead_officer",
    "mappa_level",
    "sex_offender",
    "address",
    "postcode",
)
REMOVED_DAYS_BEFORE_FILE: Final = 3


def ppo_file(people: Iterable[Person], *, week: int, day: date, first_day: date) -> tuple[bytes, int]:
    """Return the file of a week as UTF-8 CSV, and its number of rows.

    Source: feeds.md 5.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    rows = 0
    for person, adoption in in_week(people, week):
        removed = is_removed(adoption, week)
        removed_on = (day if adoption.removed_week else first_day) - timedelta(days=REMOVED_DAYS_BEFORE_FILE)
        writer.writerow(_row(person, adoption, removed_on=removed_on if removed else None))
        rows += 1
    return text.getvalue().encode(), rows


def in_week(people: Iterable[Person], week: int) -> Iterator[tuple[Person, Adoption]]:
    """Yield the adoptions that the file of the week holds."""
    for person in people:
        for adoption in person.adoptions:
            forgotten = adoption.forgotten_week is not None and adoption.forgotten_week <= week
            if adoption.first_week <= week and not forgotten:
                yield person, adoption


def is_removed(adoption: Adoption, week: int) -> bool:
    """Say whether the file of the week calls the adoption ended."""
    return adoption.removed_week is not None and adoption.removed_week <= week


def _row(person: Person, adoption: Adoption, *, removed_on: date | None) -> dict[str, str]:
    row = {
        "ppo_reference": adoption.reference,
        "csp_code": adoption.area.code,
        "strand": adoption.strand,
        "status": "ACTIVE" if removed_on is None else "REMOVED",
        "adopted_on": adoption.adopted_on.isoformat(),
        "removed_on": "" if removed_on is None else max(removed_on, adoption.adopted_on).isoformat(),
        "removal_reason": "" if removed_on is None else adoption.removal_reason,
        "pnc_id": person.pnc,
        "cro_number": person.cro,
        "noms_number": person.prison_number,
        "surname": person.surname,
        "forenames": " ".join(person.forenames),
        "date_of_birth": person.born.isoformat(),
        "sex": person.sex,
        "aliases": ";".join(f"{surname}, {' '.join(forenames)}" for surname, forenames in person.aliases),
        "lead_officer": adoption.lead_officer,
        "mappa_level": person.mappa_level,
        "sex_offender": "Y" if person.is_sex_offender else "N",
        "address": ", ".join(person.address),
        "postcode": person.postcode,
    }
    return {**row, **adoption.stated}
