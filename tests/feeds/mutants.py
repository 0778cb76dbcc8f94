"""Spoils good files at random, byte by byte and along their structure, the same way for the same seed."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

MARKS: Final = (
    *(
        b'"',
        b'""',
        b"|",
        b'"|"',
        b'"~"',
        b"~",
        b",",
        b";",
        b"\n",
        b"\r",
        b"\r\n",
        b"\t",
        b"\0",
        b"\x1b",
        b"\x7f",
        b"  ",
    ),
    *(b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\x81", "Ã©".encode(), "\ufffd".encode(), "\u2028".encode()),
    *(
        b'"02/11/2026"',
        b"31/02/2026",
        b"-1",
        b"1e999",
        b"NaN",
        b"null",
        b"true",
        b"[",
        b"{",
        b"}",
        b"\\u0000",
        b"\\ud800",
    ),
    *(b"PK\x03\x04", b"PK\x05\x06", b"age-encryption.org/v1\n", b"A1234BC", "١٢".encode(), b"ACTIVE IN", b"WY-0042"),
)
LONGEST_CUT: Final = 400
LONG_RUN: Final = 70_000


class Mutator:
    """Gives spoilt copies of a file; how it spoils them follows from the seed alone."""

    def __init__(self, seed: int) -> None:
        """Start the dice."""
        self.dice = Random(seed)
        self._deeds: Sequence[Callable[[bytearray], None]] = (
            self._flip,
            self._overwrite,
            self._insert,
            self._cut_out,
            self._repeat,
            self._break_off,
            self._swap_lines,
            self._lengthen,
        )

    def spoilt(self, data: bytes) -> bytes:
        """Return a copy with one to four faults."""
        spoilt = bytearray(data)
        for _ in range(self.dice.choice((1, 1, 1, 2, 4))):
            self.dice.choices(self._deeds, (4, 4, 6, 4, 2, 1, 1, 0.05))[0](spoilt)
        return bytes(spoilt)

    def spoilt_inside(self, line: bytes) -> bytes:
        """Return a copy of a line with one fault and its line end as it was."""
        spoilt = bytearray(line.removesuffix(b"\r\n"))
        self.dice.choice((self._flip, self._overwrite, self._insert, self._cut_out, self._repeat))(spoilt)
        return bytes(spoilt) + b"\r\n"

    def _place(self, data: bytearray) -> int:
        return self.dice.randrange(len(data) + 1)

    def _mark(self) -> bytes:
        return self.dice.choice(MARKS)

    def _flip(self, data: bytearray) -> None:
        if data:
            data[self.dice.randrange(len(data))] ^= 1 << self.dice.randrange(8)

    def _overwrite(self, data: bytearray) -> None:
        place, mark = self._place(data), self._mark()
        data[place : place + len(mark)] = mark

    def _insert(self, data: bytearray) -> None:
        place = self._place(data)
        data[place:place] = self._mark() * self.dice.choice((1, 1, 1, 2, 9))

    def _cut_out(self, data: bytearray) -> None:
        place = self._place(data)
        del data[place : place + self.dice.randint(1, LONGEST_CUT)]

    def _repeat(self, data: bytearray) -> None:
        place, other = self._place(data), self._place(data)
        data[other:other] = data[place : place + self.dice.randint(1, LONGEST_CUT)]

    def _break_off(self, data: bytearray) -> None:
        del data[self._place(data) :]

    def _swap_lines(self, data: bytearray) -> None:
        lines = data.splitlines(keepends=True)
        self.dice.shuffle(lines)
        data[:] = b"".join(lines)

    def _lengthen(self, data: bytearray) -> None:
        place = self._place(data)
        data[place:place] = self._mark() * (LONG_RUN // len(self._mark()))
