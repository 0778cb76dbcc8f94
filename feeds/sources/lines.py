"""Cut a byte stream into physical lines without ever holding more than one piece and one line."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

PIECE_BYTES = 262_144
LONGEST_LINE_BYTES = 65_536
UTF8_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A physical line without its line feed.

    ``ended`` is false for a last line that has none; ``too_long`` marks one of which only the beginning
    was kept.
    """

    number: int
    text: bytes
    ended: bool = True
    too_long: bool = False


def physical_lines(stream: BinaryIO, *, longest: int = LONGEST_LINE_BYTES) -> Iterator[Line]:
    """Give the stream's lines, numbered from 1. Only a line feed ends a line."""
    number = 0
    left = b""
    cut = b""
    while piece := stream.read(PIECE_BYTES):
        *lines, left = (left + piece).split(b"\n")
        for text in lines:
            number += 1
            if cut or len(text) > longest:
                yield Line(number, cut or text[:longest], too_long=True)
                cut = b""
            else:
                yield Line(number, text)
        if len(left) > longest:
            cut = cut or left[:longest]
            left = b"-"  # not empty, so that the rest of the line is still seen as one
    if cut:
        yield Line(number + 1, cut, ended=False, too_long=True)
    elif left:
        yield Line(number + 1, left, ended=False)
