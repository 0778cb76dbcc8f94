"""Invented people whose every value is unmistakable, and the values' many written forms."""

import base64
import json
import random
import string
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta

from offenders.identifiers import check_letter

# Fields that hold letters; their values share one stem.
WORDS = frozenset({"surname", "forename", "alias", "street", "offence", "removal_reason", "lead_officer"})
BASE64_LETTERS = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode()
INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
DAYS_A_YEAR = 365
# Nobody alive in a training world was born in these years.
BIRTH_YEARS = range(1908, 1936)


@dataclass(frozen=True)
class Canary:
    """One person; all values of one field begin or end alike within a flock, and never occur by chance."""

    number: int
    surname: str
    forename: str
    alias: str
    born: date
    prison_number: str
    pnc: str
    cro: str
    reference: str
    booking: str
    street: str
    postcode: str
    offence: str
    removal_reason: str
    lead_officer: str

    def written(self) -> Iterator[tuple[str, str]]:
        """Give each field's name with each way in which it is commonly written."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                yield field.name, value
        yield from (("born", text) for text in _dates(self.born))
        yield "pnc", f"{self.pnc[2:5]}{self.pnc[5:].lstrip('0')}"
        yield "pnc", self.pnc.replace("/", "")
        yield "cro", self.cro.replace("/", "")
        yield "postcode", self.postcode.replace(" ", "")


class Flock:
    """So many canaries, all of one seed: their stems are drawn once, their tails one by one."""

    def __init__(self, size: int, *, seed: int) -> None:
        """Draw everybody; the same seed gives the same people."""
        self._random = random.Random(seed)
        self._stem = self._letters(9)
        self._digits = "".join(self._random.choice("123456789") for _ in range(4))
        self._plate = self._letters(4)
        years = 1 + (size - 1) // DAYS_A_YEAR
        self._new_year = date(self._random.choice(_first_years(years)), 1, 1)
        self._days = self._random.sample(range(DAYS_A_YEAR * years), size)
        inward = [digit + a + b for digit in "45" for a in INWARD_LETTERS for b in INWARD_LETTERS]
        self._inward = self._random.sample(inward, size)
        self._suffixes = self._random.sample([a + b for a in string.ascii_uppercase for b in INWARD_LETTERS], size)
        self.canaries = [self._canary(number) for number in range(size)]

    def _letters(self, count: int) -> str:
        return "".join(self._random.choice(string.ascii_uppercase) for _ in range(count))

    def _canary(self, number: int) -> Canary:
        tail = self._letters(7)
        pnc_serial, cro_serial = f"{self._digits[:3]}{number:03d}7", f"{self._digits[:3]}{number:03d}"
        return Canary(
            number=number,
            surname=f"{self._stem}S{tail}",
            forename=f"{self._stem}F{tail}",
            alias=f"{self._stem}A{tail}",
            born=self._new_year + timedelta(days=self._days[number]),
            prison_number=f"Z{self._digits}{self._suffixes[number]}",
            pnc=f"2003/{pnc_serial}{check_letter('03' + pnc_serial)}",
            cro=f"SF99/{cro_serial}{check_letter('99' + cro_serial)}",
            reference=f"{self._plate}-{self._digits}-{number:03d}",
            booking=f"{self._plate}{self._digits[:2]}{number:03d}",
            street=f"{self._stem}{tail} Clôture",
            postcode=f"Q{self._plate[0]}{self._digits[0]}7 {self._inward[number]}",
            offence=f"{self._stem}O{tail}",
            removal_reason=f"{self._stem}R{tail}",
            lead_officer=f"{self._stem}L{tail}",
        )


def _first_years(count: int) -> list[int]:
    """Return the years that begin so many of one decade: what their days have in common is searched for."""
    return [year for year in BIRTH_YEARS if year // 10 == (year + count - 1) // 10]


def _dates(day: date) -> tuple[str, ...]:
    return (
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day} {day:%B %Y}",
        f"{day.day} {day:%b %Y}",
        f"{day:%Y%m%d}",
        repr(day),
    )


@dataclass(frozen=True)
class Form:
    """One way in which a text can lie in a file. Folded: capitals and small letters are searched for at once."""

    name: str
    needle: bytes
    folded: bool = True


def forms_of(what: str, text: str) -> Iterator[Form]:
    """Give every form of a text that stands in the field."""
    for cased in {text, text.upper()}:
        yield Form("utf-8", cased.encode().lower())
        # Without the outermost NUL, little and big end look alike.
        yield Form("utf-16", cased.encode("utf-16-le").removesuffix(b"\0").lower())
        for name, written in _escaped(cased):
            if written != cased:
                yield Form(name, written.encode().lower())
    cases = {"as written": text, "capitals": text.upper(), "small": text.lower()} if what in WORDS else {"": text}
    for case, cased in cases.items():
        raw = cased.encode()
        yield Form(f"hex {case}", raw.hex().encode())
        # Dates have many spellings; in base64 only the short ones are looked for.
        for before in range(0 if what == "born" and " " in text else 3):
            yield from (Form(f"base64+{before} {case}", needle, folded=False) for needle in _base64(raw, before))


def _escaped(text: str) -> Iterator[tuple[str, str]]:
    yield "url", urllib.parse.quote(text, safe="")
    written = json.dumps(text)[1:-1]
    # Each quoting around it doubles the strokes.
    yield from (("json", written.replace("\\", "\\" * strokes)) for strokes in (1, 2, 4))


def _base64(raw: bytes, before: int) -> Iterator[bytes]:
    """Give the characters of a value that so many unknown bytes stand before, with each last one there can be."""
    bits = (before + len(raw)) * 8
    whole = base64.b64encode(bytes(before) + raw)
    settled = whole[(before * 8 + 5) // 6 : bits // 6]
    if not bits % 6:
        yield settled
        return
    known = BASE64_LETTERS.index(whole[bits // 6])
    yield from (settled + bytes([BASE64_LETTERS[known + low]]) for low in range(1 << (6 - bits % 6)))
