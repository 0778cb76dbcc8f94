"""Looks for the canaries' values in any bytes, in every form in which they could lie there.

A hundred people with a dozen values each make some twenty thousand needles. The values of one field
begin or end alike, so one search finds every place where any of them could be, and a look into a set
says whose it is. What is packed (deflate, gzip, hex, base64) is unpacked and searched too.
"""

import base64
import binascii
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.rules.canaries import WORDS, Canary, forms_of

SHORTEST_MARK = 3
# So many characters of a year in base64 hold its last digit.
LONGEST_BEHIND = 2
LARGEST_UNPACKED = 1 << 20
PACKED_PIECE = 4096
DEPTH = 2
DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
HEX = re.compile(rb"(?<=\\x)(?:[0-9a-f]{2}){8,}")
BASE64 = re.compile(rb"[A-Za-z0-9+/]{24}[A-Za-z0-9+/]*={0,2}")
ONLY_HEX = re.compile(rb"[0-9a-f]+")
BARE_DAY = 8


@dataclass(frozen=True, order=True)
class Find:
    """Whose value was found, which, and in what form."""

    number: int
    what: str
    form: str


@dataclass
class Group:
    """The needles of one field in one form, found by what they have in common."""

    folded: bool
    needles: dict[bytes, Find] = field(default_factory=dict)
    mark: bytes = b""
    # How many bytes stand behind the mark in every needle; None when the needles begin with it.
    behind: int | None = None

    def settle(self) -> None:
        """Work out the common mark. Raises: ValueError when it is too short to search by."""
        self.mark = _common_beginning(self.needles)
        for behind in range(LONGEST_BEHIND + 1):
            end = _common_beginning(needle[::-1][behind:] for needle in self.needles)[::-1]
            if len(end) > len(self.mark):
                self.mark, self.behind = end, behind
        if len(self.mark) < SHORTEST_MARK:
            raise ValueError("the values of one field have too little in common to be searched for together")
        self._lengths = sorted({len(needle) for needle in self.needles})

    def search(self, data: bytes) -> Iterator[Find]:
        """Give what is found in the data."""
        place = data.find(self.mark)
        while place >= 0:
            for length in self._lengths:
                start = place if self.behind is None else place + len(self.mark) + self.behind - length
                needle = data[max(start, 0) : start + length]
                found = self.needles.get(needle)
                if found and not _is_chance(needle, data, start):
                    yield found
            place = data.find(self.mark, place + 1)


def _is_chance(needle: bytes, data: bytes, start: int) -> bool:
    """Eight digits of a day stand by chance inside the hex text of sealed values; only alone do they count."""
    if len(needle) != BARE_DAY or not needle.isdigit():
        return False
    around = data[max(start - 1, 0) : start] + data[start + BARE_DAY : start + BARE_DAY + 1]
    return ONLY_HEX.search(around.lower()) is not None


class Sweep:
    """Everything that is looked for, ready to be looked for in any number of places."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        """Write every value in every form, and sort the forms into groups."""
        self.bytes = 0
        groups: dict[tuple[object, ...], Group] = {}
        for canary in canaries:
            turns: Counter[str] = Counter()
            for what, text in canary.written():
                turns[what] += 1
                family = "word" if what in WORDS else what
                for form in forms_of(what, text):
                    # Texts that end alike are alike in base64 only if their lengths are.
                    place = 0 if form.folded else len(text.encode()) % 3
                    group = groups.setdefault((family, form.name, turns[what], place), Group(form.folded))
                    group.needles[form.needle] = Find(canary.number, what, form.name)
        self.groups = [*groups.values()]
        for group in self.groups:
            group.settle()

    def search(self, data: bytes) -> set[Find]:
        """Return what is found in the data and in what is packed in it."""
        found: set[Find] = set()
        for layer in layers(data, depth=DEPTH):
            self.bytes += len(layer)
            folded = layer.lower()
            for group in self.groups:
                found.update(group.search(folded if group.folded else layer))
        return found


def _common_beginning(needles: Iterable[bytes]) -> bytes:
    """Return what all begin with: what the first and the last in order do."""
    ordered = sorted(needles)
    first, last = ordered[0], ordered[-1]
    length = next((place for place, byte in enumerate(first) if last[place : place + 1] != bytes([byte])), len(first))
    return first[:length]


def layers(data: bytes, *, depth: int) -> Iterator[bytes]:
    """Give the data, and whatever is packed in it, and in that."""
    yield data
    if depth:
        for inner in _unpacked(data):
            yield from layers(inner, depth=depth - 1)


def _unpacked(data: bytes) -> Iterator[bytes]:
    for match in DEFLATED.finditer(data):
        if inflated := _inflated(data, match.start()):
            yield inflated
    yield from (binascii.unhexlify(match[0]) for match in HEX.finditer(data))
    for match in BASE64.finditer(data):
        text = match[0].rstrip(b"=")
        if not ONLY_HEX.fullmatch(text):
            yield base64.b64decode(text[: len(text) - len(text) % 4])


def _inflated(data: bytes, start: int) -> bytes:
    """Return what can be inflated from there on; a stream that is cut gives what came before the cut."""
    opener = zlib.decompressobj(wbits=47)
    out = bytearray()
    try:
        while start < len(data) and not opener.eof and len(out) < LARGEST_UNPACKED:
            out += opener.decompress(data[start : start + PACKED_PIECE], LARGEST_UNPACKED)
            start += PACKED_PIECE
    except zlib.error:
        pass
    return bytes(out) if len(out) > SHORTEST_MARK else b""
