"""Join the physical lines of a roll to records: a line without a quoted date continues the one before."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from feeds.sources.lines import UTF8_MARK, Line
from feeds.sources.roll_layout import LAST_COLUMN_MISSING
from feeds.sources.rows import FileFault

LONGEST_RECORD_BYTES: Final = 131_072
RECORD_START = re.compile(rb'"[0-9]{2}/[0-9]{2}/[0-9]{4}"')
SEPARATOR: Final = b'"|"'
# What a record has at least when its last value is unquoted and column 152 is missing.
LEAST_SEPARATORS: Final = LAST_COLUMN_MISSING - 2
OTHER_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff")


class Record(NamedTuple):
    """One record as bytes, its first physical line, and the line breaks that were inside it."""

    line: int
    raw: bytes
    breaks: int
    ended: bool
    too_long: bool


def records(lines: Iterable[Line], *, encoding: str) -> Iterator[Record]:
    """Give the records of a roll.

    Raises: FileFault F-01 when the first line is none of a roll, F-07 when it shows another encoding.
    Source: feeds.md 3.
    """
    open_record: _OpenRecord | None = None
    for line in lines:
        text = line.text.removesuffix(b"\r")
        if line.number == 1:
            text = _without_mark(text, encoding)
        if open_record is None:
            if text.strip():
                _check_first(text, line)
                open_record = _OpenRecord(text, line)
        elif RECORD_START.match(text) or _is_whole_row(text, open_record):
            yield open_record.closed()
            open_record = _OpenRecord(text, line)
        else:
            open_record.add(text, line)
    if open_record is not None:
        yield open_record.closed()


def _is_whole_row(text: bytes, before: "_OpenRecord") -> bool:
    # A whole row behind a whole row is a row of its own, though its date cannot be read: joined, it would
    # spoil the good one before it.
    return text.count(SEPARATOR) >= LEAST_SEPARATORS and before.is_whole()


def _check_first(text: bytes, line: Line) -> None:
    if not RECORD_START.match(text) and text.count(SEPARATOR) < LEAST_SEPARATORS:
        raise FileFault(
            "F-01",
            f"line {line.number} does not begin with a quoted date dd/MM/yyyy: this is no prison roll",
            "send the p-NOMIS Offloc file, without a heading",
        )


def _without_mark(text: bytes, encoding: str) -> bytes:
    marked = text.startswith(UTF8_MARK)
    if text.startswith(OTHER_ENCODINGS) or (marked and encoding != "utf-8"):
        raise FileFault(
            "F-07",
            f"the file begins with the mark of another encoding than {encoding}, which the manifest states",
            "write the file in the stated encoding, or state the encoding it has",
        )
    return text.removeprefix(UTF8_MARK) if marked else text


class _OpenRecord:
    """A record that further lines may still continue."""

    __slots__ = ("_ended", "_line", "_parts", "_size", "_too_long")

    def __init__(self, text: bytes, line: Line) -> None:
        self._line = line.number
        self._parts = [text]
        self._size = len(text)
        self._ended = line.ended
        self._too_long = line.too_long

    def add(self, text: bytes, line: Line) -> None:
        self._ended = line.ended
        self._size += len(text) + 1
        self._too_long = self._too_long or line.too_long or self._size > LONGEST_RECORD_BYTES
        if not self._too_long:
            self._parts.append(text)

    def is_whole(self) -> bool:
        return sum(part.count(SEPARATOR) for part in self._parts) >= LEAST_SEPARATORS

    def closed(self) -> Record:
        if len(self._parts) == 1:
            return Record(self._line, self._parts[0].rstrip(b" \r\t"), 0, self._ended, self._too_long)
        raw = b" ".join(self._parts).rstrip(b" \r\t")
        breaks = sum(1 for part in self._parts[1:] if part)
        return Record(self._line, raw, breaks, self._ended, self._too_long)
