"""Check the values of one PPO record and write them in their canonical form."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final, NoReturn

from feeds.manifest import Manifest
from feeds.sources.rows import BadValueError, Content, Known
from feeds.sources.text import (
    SEXES,
    birth_date_problem,
    is_good_cro,
    is_good_pnc,
    iso_date,
    postcode_or_none,
)
from offenders.identifiers import parse_prison_number

Values = Mapping[str, str]

# The header in its fixed order, and the key under which each value is stored.
COLUMNS: Final = {
    "ppo_reference": "reference",
    "csp_code": "area",
    "strand": "strand",
    "status": "status",
    "adopted_on": "adopted",
    "removed_on": "removed",
    "removal_reason": "removal_reason",
    "pnc_id": "pnc",
    "cro_number": "cro",
    "noms_number": "number",
    "surname": "surname",
    "forenames": "forenames",
    "date_of_birth": "born",
    "sex": "sex",
    "aliases": "aliases",
    "lead_officer": "lead",
    "mappa_level": "mappa",
    "sex_offender": "sex_offender",
    "address": "address",
    "postcode": "postcode",
}
DATES: Final = ("adopted_on", "removed_on", "date_of_birth")
STRANDS: Final = ("PREVENT_AND_DETER", "CATCH_AND_CONVICT", "REHABILITATE_AND_RESETTLE")
# Field, fault code and the values it takes.
CLOSED_LISTS: Final = (
    ("strand", "V-09", STRANDS),
    ("status", "V-10", ("ACTIVE", "REMOVED")),
    ("mappa_level", "V-04", ("", "1", "2", "3")),
    ("sex_offender", "V-05", ("Y", "N")),
)


def content_of(values: Values, *, known: Known, manifest: Manifest, noted: Counter[str]) -> Content:
    """Return the canonical values of a record, empty ones left out.

    Bad PNC IDs and CRO numbers are kept as stated and counted in ``noted``.
    Raises: BadValueError with the codes of docs/feeds/ppo.md.
    Source: feeds.md 5 and 10, rulings 3 and 5.
    """
    day = manifest.extract_day
    _check_closed_lists(values)
    _check_area(values["csp_code"], known=known, manifest=manifest)
    content: Content = {key: values[field] for field, key in COLUMNS.items() if values[field]}
    content.update(_dates(values))
    _check_order(content, day)
    content.pop("aliases", None)
    if aliases := [alias.strip() for alias in values["aliases"].split(";") if alias.strip()]:
        content["aliases"] = aliases
    if sex := SEXES[values["sex"].upper()]:
        content["sex"] = sex
    if values["noms_number"]:
        content["number"] = _prison_number(values["noms_number"])
    if postcode := postcode_or_none(values["postcode"]):
        content["postcode"] = postcode
    noted["bad_pnc"] += bool(values["pnc_id"]) and not is_good_pnc(values["pnc_id"], day.year)
    noted["bad_cro"] += bool(values["cro_number"]) and not is_good_cro(values["cro_number"])
    return content


def _check_area(code: str, *, known: Known, manifest: Manifest) -> None:
    areas = known.areas
    if areas is None and code:
        return
    if areas is None or code not in areas:
        bad_value("A-01", "csp_code", "is no area that we know", "state a code of the list of areas")
    if areas[code] not in manifest.forces:
        bad_value(
            "A-02",
            "csp_code",
            "lies in a force that the manifest does not name",
            "name the area's force in the manifest, seal the file",
        )


def _check_order(content: Content, on: date) -> None:
    day = on.isoformat()
    adopted, removed, born = (content.get(key) for key in ("adopted", "removed", "born"))
    if isinstance(born, str) and (problem := birth_date_problem(born, on=on)):
        bad_value("D-03", "date_of_birth", f"is impossible: {problem}", "correct the date of birth")
    for field, stated in (("adopted_on", adopted), ("removed_on", removed)):
        if stated and str(stated) > day:
            bad_value("D-05", field, "is later than the extract", "correct the date, or wait for the day")
    if adopted and removed and str(removed) < str(adopted):
        bad_value(
            "D-05", "removed_on", "is before adopted_on", "correct the dates, leave removed_on empty on re-adoption"
        )


def _check_closed_lists(values: Values) -> None:
    for field, code, allowed in CLOSED_LISTS:
        if values[field] not in allowed:
            takes = ", ".join(filter(None, allowed))
            bad_value(code, field, f"is outside its list; it takes {takes}", "state a value of the list")
    if values["sex"].upper() not in SEXES:
        bad_value("V-03", "sex", "is outside its list; it takes M, F, NK, NS", "state a value of the list")


def _dates(values: Values) -> Content:
    content: Content = {}
    for field in DATES:
        if stated := values[field]:
            day = iso_date(stated)
            if day is None:
                bad_value(
                    "D-01", field, "is not a date yyyy-mm-dd of the years from 1900", "write the date as in 2026-11-24"
                )
            content[COLUMNS[field]] = day
    return content


def _prison_number(stated: str) -> str:
    number = parse_prison_number(stated)
    if number is None:
        bad_value(
            "N-02",
            "noms_number",
            "is not a letter, four digits and two letters",
            "correct the prison number, or leave it empty",
        )
    return number


def bad_value(code: str, field: str, what: str, cure: str) -> NoReturn:
    """Raise the fault of a field, or of the whole row."""
    place = "the row" if field == "whole row" else field
    raise BadValueError(code, field, f"{place} {what}", f"{cure} and send the row again")
