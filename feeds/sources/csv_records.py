"""Cut a CSV file into records so that one open quote never swallows the rows behind it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from feeds.sources.lines import UTF8_MARK, Line

LONGEST_RECORD_BYTES = 65_536
MOST_LINES_IN_RECORD = 20
# The library takes a quote inside an unquoted value for a character of it; the contract's CSV does not.
RECORD = re.compile(r'(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*')


class CsvRecord(NamedTuple):
    """One record as bytes, or a line that begins none that can be read: then ``open_quote`` is true."""

    line: int
    raw: bytes
    ended: bool
    open_quote: bool
    too_long: bool


def csv_records(lines: Iterable[Line], *, columns: int) -> Iterator[CsvRecord]:
    """Give the records of a CSV file, empty lines left out.

    A record over several lines is only taken as one when it then has the right number of columns;
    otherwise its first line alone is at fault and reading goes on with the second. Source: feeds.md 1.
    """
    source = iter(lines)
    waiting: list[Line] = []
    while line := waiting.pop(0) if waiting else next(source, None):
        text = line.text.removesuffix(b"\r")
        if line.number == 1:
            text = text.removeprefix(UTF8_MARK)
        if not text.strip():
            continue
        if line.too_long or text.count(b'"') % 2 == 0:
            yield CsvRecord(line.number, text, line.ended, open_quote=False, too_long=line.too_long)
            continue
        rest = _lines_until_closed(waiting, source)
        raw = b"\n".join([text, *(more.text.removesuffix(b"\r") for more in rest)])
        if _has_columns(raw, columns):
            yield CsvRecord(line.number, raw, rest[-1].ended, open_quote=False, too_long=False)
        else:
            yield CsvRecord(line.number, text, line.ended, open_quote=True, too_long=False)
            waiting[:0] = rest


def values_of(text: str) -> list[str] | None:
    """Return the values of a record, or None when its quotes are not right. Source: RFC 4180, section 2."""
    if '"' in text and RECORD.fullmatch(text) is None:
        return None
    try:
        # The reader wants a value's line feeds as lines that keep their ends.
        return next(csv.reader(io.StringIO(text, newline="\n"), strict=True), None)
    except csv.Error:
        return None


def _lines_until_closed(waiting: list[Line], source: Iterator[Line]) -> list[Line]:
    taken: list[Line] = []
    size = 0
    while len(taken) < MOST_LINES_IN_RECORD and size <= LONGEST_RECORD_BYTES:
        line = waiting.pop(0) if waiting else next(source, None)
        if line is None:
            break
        taken.append(line)
        size += len(line.text)
        if line.text.count(b'"') % 2:
            break
    return taken


def _has_columns(raw: bytes, columns: int) -> bool:
    if len(raw) > LONGEST_RECORD_BYTES or raw.count(b'"') % 2:
        return False
    # A lone carriage return is a blank later on. Which encoding it is does not matter here: separators and
    # quotes are ASCII in all that are taken.
    values = values_of(raw.replace(b"\r", b" ").decode("latin-1"))
    return values is not None and len(values) == columns
