"""Read the prison roll: the flat form of the prison feed, one line per person in custody."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from feeds.manifest import Manifest
from feeds.sources import archive, roll_layout
from feeds.sources.lines import physical_lines
from feeds.sources.roll_layout import label
from feeds.sources.roll_records import Record, records
from feeds.sources.roll_row import Movement, RollRow, roll_row
from feeds.sources.roll_values import content_of
from feeds.sources.rows import BadValueError, FileFault, Known, ParsedRow, Reader, RowFault, Source
from feeds.sources.text import check_characters, decoded, uk_date
from offenders.identifiers import parse_prison_number

__all__ = ["PRISON_ROLL", "Movement", "RollReader", "RollRow", "read", "roll_row"]

FEED: Final = "prison_roll"
# What a row is found guilty of when the file ends in the middle of it.
CUT_OFF_CODES: Final = frozenset({"W-01", "W-02", "T-01"})
DAY_CURE: Final = "write the day of the extract as in 24/11/2026 and send the row again"
CONTROL_BYTES: Final = bytes([*range(0x20), 0x7F])
KEY_IN_BROKEN_LINE = re.compile(rb'"([A-Z][0-9]{4}[A-Z]{2})"')


class RollReader(Reader):
    """Reads one delivery of the roll. Source: feeds.md 3 and 10, rulings 1 to 9."""

    def __iter__(self) -> Iterator[ParsedRow | RowFault]:
        """Give each record once. Raises: FileFault F-01 to F-07 and Z-01 to Z-05."""
        self._day = self.manifest.extract_day
        self._iso_day = self._day.isoformat()
        self._wrong_width = 0
        self._other_day = 0
        last_record: Record | None = None
        last_row: ParsedRow | RowFault | None = None
        lines = physical_lines(archive.opened(self.stream))
        for last_record in records(lines, encoding=self.manifest.encoding):
            self.rows_seen += 1
            last_row = self._row(last_record)
            yield last_row
        self._check_end(last_record, last_row)

    def _row(self, record: Record) -> ParsedRow | RowFault:
        if record.breaks:
            self.mended["line_break"] += record.breaks
        try:
            columns, has_last = self._columns(record)
        except BadValueError as problem:
            self._wrong_width += problem.code == "W-01"
            key, *also = _keys_in(record.raw) or (None,)
            return problem.as_fault(record.line, record.raw, key, tuple(filter(None, also)))
        number = parse_prison_number(columns[roll_layout.PRISON_NUMBER])
        try:
            key = _checked_number(number, columns[roll_layout.PRISON_NUMBER])
            self._check_day(columns[roll_layout.SYSTEM_DATE])
            content = content_of(columns, known=self.known, day=self._day, noted=self.noted)
        except BadValueError as problem:
            return problem.as_fault(record.line, record.raw, number)
        content["number"] = key
        if not has_last:
            content["unstated"] = ["TUSED"]
        return ParsedRow(record.line, key, content, record.raw)

    def _columns(self, record: Record) -> tuple[list[str], bool]:
        if record.too_long:
            raise BadValueError(
                "L-01",
                "whole row",
                "the row is longer than any row of the roll can be",
                "look for missing line ends or an endless value and send a corrected file",
            )
        # Nearly all rows are plain ASCII; they are spared what only other rows need.
        is_plain = record.raw.isascii() and len(record.raw.translate(None, CONTROL_BYTES)) == len(record.raw)
        text = decoded(record.raw, self.manifest.encoding)
        if not is_plain:
            text = roll_layout.mend_breaks(text, self.mended)
        cut = roll_layout.cut(roll_layout.mend_blanks(text, self.mended), self.mended)
        if not is_plain:
            for index, value in enumerate(cut.columns):
                check_characters(value, label(index))
        return cut.columns, cut.has_last

    def _check_day(self, stated: str) -> None:
        day = uk_date(stated)
        if day == self._iso_day or "F-04" in self.overridden:
            return
        field = label(roll_layout.SYSTEM_DATE)
        if day is None:
            raise BadValueError("D-01", field, f"{field} is not a date dd/MM/yyyy", DAY_CURE)
        self._other_day += 1
        raise BadValueError(
            "D-02",
            field,
            f"{field} is another day than the manifest's extract_at",
            "send the rows of one extract, with a manifest of its day",
        )

    def _check_end(self, record: Record | None, row: ParsedRow | RowFault | None) -> None:
        if record is None:
            self.raise_unless_overridden(
                FileFault("F-05", "the file holds no record", "make the extract again and send it")
            )
            return
        if not record.ended and isinstance(row, RowFault) and row.code in CUT_OFF_CODES:
            self.raise_unless_overridden(
                FileFault("F-03", f"the file breaks off inside line {record.line}", "send the whole file again")
            )
        if self._wrong_width == self.rows_seen:
            self.raise_unless_overridden(
                FileFault(
                    "F-02",
                    f"no row has the {roll_layout.COLUMNS} columns of the layout",
                    "send the file in the agreed layout, or have a change of layout agreed first",
                )
            )
        if self._other_day == self.rows_seen:
            self.raise_unless_overridden(
                FileFault(
                    "F-04",
                    "every row states another extract day than the manifest",
                    "seal the right file, or state the day it was extracted on",
                )
            )


def read(
    stream: BinaryIO,
    manifest: Manifest,
    *,
    known: Known | None = None,
    overridden: frozenset[str] = frozenset(),
) -> RollReader:
    """Return a reader of the roll in the stream, plain or as a zip with one member."""
    return RollReader(stream, manifest, known or Known(), overridden)


def _checked_number(number: str | None, stated: str) -> str:
    field = label(roll_layout.PRISON_NUMBER)
    if number is not None:
        return number
    if not stated:
        raise BadValueError(
            "N-01", field, f"{field} is missing", "state the person's prison number and send the row again"
        )
    raise BadValueError(
        "N-02",
        field,
        f"{field} has {len(stated)} characters of the wrong shape, expected a letter, four digits, two letters",
        "state the person's prison number as in A1234BC and send the row again",
    )


def _keys_in(raw: bytes) -> list[str]:
    # No other column holds this shape, so that each one found is somebody who stands in the file.
    return list(dict.fromkeys(match.decode("ascii") for match in KEY_IN_BROKEN_LINE.findall(raw)))


PRISON_ROLL: Final = Source(feed=FEED, read=read, encodings=("utf-8", "cp1252"), names_forces=False)
