"""Read the prison roll: the flat form of the prison feed, one line per person in custody."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final, NamedTuple, TypeVar

from feeds.manifest import Manifest
from feeds.sources import archive, roll_layout
from feeds.sources.lines import physical_lines
from feeds.sources.roll_layout import Cut, label
from feeds.sources.roll_records import Record, records
from feeds.sources.roll_row import Movement, RollRow, roll_row
from feeds.sources.roll_values import content_of, filled_keys, is_still_good
from feeds.sources.rows import (
    BadValueError,
    FileFault,
    Keeper,
    Known,
    Mark,
    ParsedRow,
    Reader,
    RowFault,
    SameRow,
    Source,
)
from feeds.sources.text import check_characters, decoded, uk_date
from offenders.identifiers import parse_prison_number

__all__ = ["PRISON_ROLL", "Movement", "RollReader", "RollRow", "read", "roll_row"]

FEED: Final = "prison_roll"
# What a row is found guilty of when the file ends in the middle of it.
CUT_OFF_CODES: Final = frozenset({"W-01", "W-02", "T-01"})
DAY_CURE: Final = "write the day of the extract as in 24/11/2026 and send the row again"
CONTROL_BYTES: Final = bytes([*range(0x20), 0x7F])
# How many records lie in memory cut to columns, some ten kilobytes each, while their keeper is asked about them.
READ_AT_ONCE: Final = 1000
T = TypeVar("T")
KEY_IN_BROKEN_LINE = re.compile(rb'"([A-Z][0-9]{4}[A-Z]{2})"')


class _Head(NamedTuple):
    """A record cut to its columns, of a known key and of the day of the extract."""

    record: Record
    cut: Cut
    key: str


class RollReader(Reader):
    """Reads one delivery of the roll. Source: feeds.md 3 and 10, rulings 1 to 9."""

    def __iter__(self) -> Iterator[ParsedRow | RowFault]:
        """Give each record once. Raises: FileFault F-01 to F-07 and Z-01 to Z-05."""
        yield from self._rows_of(lambda records: (self._row(record) for record in records))

    def beside(self, keeper: Keeper) -> Iterator[ParsedRow | RowFault | SameRow]:
        """Give each record once, a SameRow for one that the keeper of earlier rows holds as it stands here."""
        yield from self._rows_of(lambda records: self._rows_beside(list(records), keeper))

    def _rows_of(self, read: Callable[[Iterable[Record]], Iterable[T]]) -> Iterator[T]:
        """Give what ``read`` makes of the records, some hundreds at a time, then judge the end of the file."""
        self._day = self.manifest.extract_day
        self._iso_day = self._day.isoformat()
        self._wrong_width = 0
        self._other_day = 0
        last_record: Record | None = None
        last_row: T | None = None
        found = records(physical_lines(archive.opened(self.stream)), encoding=self.manifest.encoding)
        while some := list(islice(found, READ_AT_ONCE)):
            for last_row in read(some):
                self.rows_seen += 1
                yield last_row
            last_record = some[-1]
        self._check_end(last_record, last_row)

    def _rows_beside(self, some: Sequence[Record], keeper: Keeper) -> Iterator[ParsedRow | RowFault | SameRow]:
        heads = [self._head(record) for record in some]
        asked = [(head.key, roll_layout.stated(head.cut)) for head in heads if isinstance(head, _Head)]
        marks = iter(keeper(asked))
        for head in heads:
            if isinstance(head, RowFault):
                yield head
                continue
            mark = next(marks)
            if mark.held is not None and is_still_good(head.cut.columns, known=self.known, day=self._day):
                yield SameRow(head.record.line, mark.token, mark.held, filled_keys(head.cut.columns))
            else:
                yield self._judged(head, mark)

    def _row(self, record: Record) -> ParsedRow | RowFault:
        head = self._head(record)
        return head if isinstance(head, RowFault) else self._judged(head, None)

    def _head(self, record: Record) -> "_Head | RowFault":
        """Cut a record and check whose it is and of which day."""
        if record.breaks:
            self.mended["line_break"] += record.breaks
        try:
            cut = self._cut(record)
        except BadValueError as problem:
            self._wrong_width += problem.code == "W-01"
            key, *also = _keys_in(record.raw) or (None,)
            return problem.as_fault(record.line, record.raw, key, tuple(filter(None, also)))
        number = parse_prison_number(cut.columns[roll_layout.PRISON_NUMBER])
        try:
            key = _checked_number(number, cut.columns[roll_layout.PRISON_NUMBER])
            self._check_day(cut.columns[roll_layout.SYSTEM_DATE])
        except BadValueError as problem:
            return problem.as_fault(record.line, record.raw, number)
        return _Head(record, cut, key)

    def _judged(self, head: "_Head", mark: Mark | None) -> ParsedRow | RowFault:
        """Judge the values of a record. What is kept though it is not right has to be counted each time it comes."""
        record, cut, key = head
        noted = self.noted.total()
        try:
            content = content_of(cut.columns, known=self.known, day=self._day, noted=self.noted)
        except BadValueError as problem:
            return problem.as_fault(record.line, record.raw, key)
        content["number"] = key
        if not cut.has_last:
            content["unstated"] = ["TUSED"]
        if mark is not None and self.noted.total() != noted:
            mark = mark._replace(stated=b"")
        return ParsedRow(record.line, key, content, record.raw, mark)

    def _cut(self, record: Record) -> Cut:
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
        return cut

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

    def _check_end(self, record: Record | None, row: object) -> None:
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
    if number is not None:
        return number
    field = label(roll_layout.PRISON_NUMBER)
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
