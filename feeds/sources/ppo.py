"""Read the PPO list: a CSV file with everyone whom the schemes of the stated forces have adopted."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from feeds.manifest import Manifest
from feeds.sources.csv_records import CsvRecord, csv_records, values_of
from feeds.sources.lines import physical_lines
from feeds.sources.ppo_row import PpoRow, ppo_row
from feeds.sources.ppo_values import COLUMNS, bad_value, content_of
from feeds.sources.rows import BadValueError, FileFault, Known, ParsedRow, Reader, RowFault, Source
from feeds.sources.text import BLANKS, check_characters, decoded

__all__ = ["COLUMNS", "PPO", "PpoReader", "PpoRow", "ppo_row", "read"]

FEED: Final = "ppo"
# What a row is found guilty of when the file ends in the middle of it.
CUT_OFF_CODES: Final = frozenset({"W-01", "W-02", "T-01"})
REFERENCE = re.compile(r"[^|\s](?:[^|]{0,38}[^|\s])?")


class PpoReader(Reader):
    """Reads one delivery of PPO lists. Source: feeds.md 5 and 10, rulings 1 to 9."""

    def __iter__(self) -> Iterator[ParsedRow | RowFault]:
        """Give each record once. Raises: FileFault F-02, F-03, F-05 to F-08."""
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
        self._check_end(record, row, wrong_width=wrong_width)

    def _check_forces(self) -> None:
        areas = self.known.areas
        if areas is None or set(self.manifest.forces) <= set(areas.values()):
            return
        self.raise_unless_overridden(
            FileFault(
                "F-08",
                "the manifest names a force that has no area here",
                "state the two-character codes of the forces whose lists the file holds, and seal the file again",
            )
        )

    def _check_end(self, record: CsvRecord | None, row: ParsedRow | RowFault | None, *, wrong_width: int) -> None:
        if record is not None and not record.ended and isinstance(row, RowFault) and row.code in CUT_OFF_CODES:
            self.raise_unless_overridden(
                FileFault("F-03", f"the file breaks off inside line {record.line}", "send the whole file again")
            )
        if wrong_width and wrong_width == self.rows_seen:
            self.raise_unless_overridden(
                FileFault(
                    "F-02", f"no row has the {len(COLUMNS)} columns of the layout", "send the file in the agreed layout"
                )
            )

    def _row(self, record: CsvRecord) -> ParsedRow | RowFault:
        try:
            values = self._values(record)
        except BadValueError as problem:
            return problem.as_fault(record.line, record.raw, _key_in_broken(record.raw))
        key = _key_of(values)
        try:
            if key is None and REFERENCE.fullmatch(values["ppo_reference"]):
                bad_value("A-01", "csp_code", "is missing", "state a code of the list of areas")
            if key is None:
                bad_value(
                    "R-01", "ppo_reference", "is missing or not 1 to 40 characters without a bar", "state the reference"
                )
            content = content_of(values, known=self.known, manifest=self.manifest, noted=self.noted)
            return ParsedRow(record.line, key, content, record.raw)
        except BadValueError as problem:
            return problem.as_fault(record.line, record.raw, key)

    def _values(self, record: CsvRecord) -> dict[str, str]:
        if record.too_long:
            bad_value(
                "L-01", "whole row", "is longer than any row can be", "look for a missing line end or an endless value"
            )
        text = decoded(record.raw, self.manifest.encoding)
        self.mended["line_break"] += text.count("\r")
        text = text.replace("\r", " ")
        values = None if record.open_quote else values_of(text)
        if values is None:
            bad_value(
                "W-02",
                "whole row",
                "has quotes that are not closed or stand inside a value",
                "write a quote inside a value twice, close every value",
            )
        if len(values) != len(COLUMNS):
            bad_value(
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


def _key_of(values: dict[str, str]) -> str | None:
    reference, area = values["ppo_reference"], values["csp_code"]
    return f"{reference}|{area}" if REFERENCE.fullmatch(reference) and area else None


def _key_in_broken(raw: bytes) -> str | None:
    # The first two values never hold a comma, so that they can be read off a row that is broken further on.
    reference, area, *_ = [*raw.decode("utf-8", "replace").split(",", 2), "", ""]
    return _key_of({"ppo_reference": reference.strip('" '), "csp_code": area.strip('" ')})


PPO: Final = Source(feed=FEED, read=read, encodings=("utf-8",), names_forces=True)
