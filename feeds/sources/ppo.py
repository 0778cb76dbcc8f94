"""Read the PPO list: a CSV file with everyone whom the schemes of the stated forces have adopted."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NoReturn

from feeds.manifest import Manifest
from feeds.sources.csv_records import CsvRecord, csv_records, values_of
from feeds.sources.lines import physical_lines
from feeds.sources.ppo_row import PpoRow, ppo_row
from feeds.sources.rows import BadValueError, Content, FileFault, Known, ParsedRow, Reader, RowFault, Source
from feeds.sources.text import (
    BLANKS,
    SEXES,
    birth_date_problem,
    check_characters,
    decoded,
    is_good_cro,
    is_good_pnc,
    iso_date,
    postcode_or_none,
)
from offenders.identifiers import parse_prison_number

__all__ = ["COLUMNS", "PPO", "PpoReader", "PpoRow", "ppo_row", "read"]

FEED: Final = "ppo"
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
REFERENCE = re.compile(r"[^|\s](?:[^|]{0,38}[^|\s])?")


class PpoReader(Reader):
    """Reads one delivery of PPO lists. Source: feeds.md 5 and 10, rulings 1 to 9."""

    def __iter__(self) -> Iterator[ParsedRow | RowFault]:
        """Give each record once. Raises: FileFault F-02, F-03, F-05 to F-08."""
        self._day = self.manifest.extract_day
        self._check_forces()
        wrong_width = 0
        record: CsvRecord | None = None
        row: ParsedRow | RowFault | None = None
        records = csv_records(physical_lines(self.stream), columns=len(COLUMNS))
        _check_header(next(records, None))
        for record in records:
            self.rows_seen += 1
            row = self._row(record)
            wrong_width += isinstance(row, RowFault) and row.code == "W-01"
            yield row
        if record is not None and not record.ended and isinstance(row, RowFault) and row.code[0] == "W":
            self.raise_unless_overridden(
                FileFault("F-03", f"the file breaks off inside line {record.line}", "send the whole file again")
            )
        if wrong_width and wrong_width == self.rows_seen:
            self.raise_unless_overridden(
                FileFault(
                    "F-02", f"no row has the {len(COLUMNS)} columns of the layout", "send the file in the agreed layout"
                )
            )

    def _check_forces(self) -> None:
        areas = self.known.areas
        if areas is None or set(self.manifest.forces) <= set(areas.values()):
            return
        self.raise_unless_overridden(
            FileFault("F-08", "the manifest names a force that has no area here", "state the codes of the forces")
        )

    def _row(self, record: CsvRecord) -> ParsedRow | RowFault:
        try:
            values = self._values(record)
        except BadValueError as problem:
            return problem.as_fault(record.line, _key_in_broken(record.raw))
        key = _key_of(values)
        try:
            if key is None and REFERENCE.fullmatch(values["ppo_reference"]):
                _bad("A-01", "csp_code", "is missing", "state a code of the list of areas")
            if key is None:
                _bad("K-01", "ppo_reference", "is missing or not 1 to 40 characters without a bar", "state it")
            return ParsedRow(record.line, key, self._content(values))
        except BadValueError as problem:
            return problem.as_fault(record.line, key)

    def _values(self, record: CsvRecord) -> dict[str, str]:
        if record.too_long:
            _bad("L-01", "whole row", "is longer than any row can be", "look for missing line ends")
        text = decoded(record.raw, self.manifest.encoding)
        self.mended["line_break"] += text.count("\r")
        text = text.replace("\r", " ")
        values = None if record.open_quote else values_of(text)
        if values is None:
            _bad("W-02", "whole row", "has quotes that are not closed or stand inside a value", "double inner quotes")
        if len(values) != len(COLUMNS):
            _bad(
                "W-01",
                "whole row",
                f"has {len(values)} columns, expected {len(COLUMNS)}",
                "write every column, and quote values that hold a comma",
            )
        mended = dict(zip(COLUMNS, map(self._mended, values), strict=True))
        if not (text.isascii() and text.isprintable()):
            for field, value in mended.items():
                check_characters(value, field)
        return mended

    def _mended(self, value: str) -> str:
        mended = BLANKS.sub(" ", value).strip(" ")
        if mended == "|":
            self.mended["lone_bar"] += 1
            return ""
        if mended != value:
            kind = "line_break" if "\n" in value or "\r" in value else "doubled_blank"
            self.mended[kind] += 1
        return mended

    def _content(self, values: dict[str, str]) -> Content:
        _check_closed_lists(values)
        self._check_area(values["csp_code"])
        content: Content = {key: values[field] for field, key in COLUMNS.items() if values[field]}
        content.update(_dates(values))
        self._check_order(content)
        content.pop("aliases", None)
        if aliases := [alias.strip() for alias in values["aliases"].split(";") if alias.strip()]:
            content["aliases"] = aliases
        if sex := SEXES[values["sex"].upper()]:
            content["sex"] = sex
        if values["noms_number"]:
            content["number"] = _prison_number(values["noms_number"])
        if postcode := postcode_or_none(values["postcode"]):
            content["postcode"] = postcode
        self.noted["bad_pnc"] += bool(values["pnc_id"]) and not is_good_pnc(values["pnc_id"], self._day.year)
        self.noted["bad_cro"] += bool(values["cro_number"]) and not is_good_cro(values["cro_number"])
        return content

    def _check_area(self, code: str) -> None:
        areas = self.known.areas
        if areas is None and code:
            return
        if areas is None or code not in areas:
            _bad("A-01", "csp_code", "is no area that we know", "state a code of the list of areas")
        if areas[code] not in self.manifest.forces:
            _bad(
                "A-02",
                "csp_code",
                "lies in a force that the manifest does not name",
                "name the force, or send it apart",
            )

    def _check_order(self, content: Content) -> None:
        day = self._day.isoformat()
        adopted, removed, born = (content.get(key) for key in ("adopted", "removed", "born"))
        if isinstance(born, str) and (problem := birth_date_problem(born, on=self._day)):
            _bad("D-03", "date_of_birth", f"is impossible: {problem}", "correct it")
        for field, stated in (("adopted_on", adopted), ("removed_on", removed)):
            if stated and str(stated) > day:
                _bad("D-05", field, "is later than the extract", "correct it, or send the row when it is so")
        if adopted and removed and str(removed) < str(adopted):
            _bad(
                "D-05", "removed_on", "is before adopted_on", "correct the dates; leave removed_on empty on re-adoption"
            )


def read(
    stream: BinaryIO,
    manifest: Manifest,
    *,
    known: Known | None = None,
    overridden: frozenset[str] = frozenset(),
) -> PpoReader:
    """Return a reader of the PPO lists in the stream."""
    return PpoReader(stream, manifest, known or Known(), overridden)


def _check_header(record: CsvRecord | None) -> None:
    if record is None:
        raise FileFault("F-05", "the file is empty", "make the extract again and send it")
    stated = values_of(record.raw.decode("latin-1"))
    if record.too_long or stated != list(COLUMNS):
        raise FileFault(
            "F-06",
            f"line {record.line} is not the header: it must hold the {len(COLUMNS)} names of the layout in their order",
            "send the agreed columns only, under their names; see docs/feeds/ppo.md",
        )


def _check_closed_lists(values: dict[str, str]) -> None:
    for field, code, allowed in CLOSED_LISTS:
        if values[field] not in allowed:
            takes = ", ".join(filter(None, allowed))
            _bad(code, field, f"is outside its list; it takes {takes}", "state a value of the list")
    if values["sex"].upper() not in SEXES:
        _bad("V-03", "sex", "is outside its list; it takes M, F, NK, NS", "state a value of the list")


def _dates(values: dict[str, str]) -> Content:
    content: Content = {}
    for field in DATES:
        if stated := values[field]:
            day = iso_date(stated)
            if day is None:
                _bad("D-01", field, "is not a date yyyy-mm-dd of the years from 1900", "correct it")
            content[COLUMNS[field]] = day
    return content


def _prison_number(stated: str) -> str:
    number = parse_prison_number(stated)
    if number is None:
        _bad("N-02", "noms_number", "is not a letter, four digits and two letters", "correct it, or leave it empty")
    return number


def _key_of(values: dict[str, str]) -> str | None:
    reference, area = values["ppo_reference"], values["csp_code"]
    return f"{reference}|{area}" if REFERENCE.fullmatch(reference) and area else None


def _key_in_broken(raw: bytes) -> str | None:
    # The first two values never hold a comma, so that they can be read off a row that is broken further on.
    reference, area, *_ = [*raw.decode("utf-8", "replace").split(",", 2), "", ""]
    return _key_of({"ppo_reference": reference.strip('" '), "csp_code": area.strip('" ')})


def _bad(code: str, field: str, what: str, cure: str) -> NoReturn:
    place = "the row" if field == "whole row" else field
    raise BadValueError(code, field, f"{place} {what}", f"{cure} and send the row again")


PPO: Final = Source(feed=FEED, read=read, encodings=("utf-8",), names_forces=True)
