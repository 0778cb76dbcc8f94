"""Series of police and prison numbers that never repeat and carry valid check letters."""

from datetime import date
from random import Random
from typing import Final

from offenders.identifiers import DUMMY_PNC_SERIAL, DUMMY_PRISON_NUMBERS, check_letter

# Every stride is prime and no factor of its range, so that a series visits each number once.
PNC_SERIALS: Final = 999_983
PNC_STRIDE: Final = 387_911
CRO_SERIALS: Final = 999_983
CRO_STRIDE: Final = 271_829
PRISON_NUMBERS: Final = 10_000 * 26 * 26
PRISON_STRIDE: Final = 4_013_057
BOOKINGS: Final = 26 * 100_000
BOOKING_STRIDE: Final = 1_317_671
SMALL_FILE_SHARE: Final = 0.03
AGE_AT_FIRST_RECORD: Final = (14, 26)


class NumberSeries:
    """Deals out identifiers; the same seed deals the same ones."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._next = rng.randrange(100_000)
        self._next_booking = rng.randrange(100_000)

    def pnc_and_cro(self, born: date, *, before: date) -> tuple[str, str]:
        """Return a PNC ID in its long form and a CRO number, of a year in which the person had come of age."""
        self._next += 1
        year = min(born.year + self._rng.randint(*AGE_AT_FIRST_RECORD), before.year - 1)
        return pnc_id(year, self._serial(PNC_SERIALS, PNC_STRIDE)), self._cro(year)

    def prison_number(self) -> str:
        """Return a prison number that nobody has."""
        self._next += 1
        number = self._next * PRISON_STRIDE % PRISON_NUMBERS
        digits, letters = divmod(number, 26 * 26)
        found = f"A{digits:04d}{chr(65 + letters // 26)}{chr(65 + letters % 26)}"
        return self.prison_number() if found in DUMMY_PRISON_NUMBERS else found

    def booking(self) -> str:
        """Return a booking number that no stay has."""
        self._next_booking += 1
        letter, digits = divmod(self._next_booking * BOOKING_STRIDE % BOOKINGS, 100_000)
        return f"{chr(65 + letter)}{digits:05d}"

    def _serial(self, size: int, stride: int) -> int:
        serial = 1 + self._next * stride % size
        return serial + 1 if serial == DUMMY_PNC_SERIAL else serial

    def _cro(self, year: int) -> str:
        serial = self._serial(CRO_SERIALS, CRO_STRIDE)
        short_year = f"{year % 100:02d}"
        if self._rng.random() < SMALL_FILE_SHARE:
            return f"SF{short_year}/{serial}{check_letter(f'{short_year}{serial}')}"
        return f"{serial:06d}/{short_year}{check_letter(f'{short_year}{serial:06d}')}"


def pnc_id(year: int, serial: int) -> str:
    """Return the PNC ID of a year and serial in its long form.

    Source: domain.md c.1.
    """
    return f"{year:04d}/{serial:07d}{check_letter(f'{year % 100:02d}{serial:07d}')}"


def short_pnc(pnc: str) -> str:
    """Return the slash form with two digits of the year and no leading zeros, as officers write it."""
    year, serial = pnc.split("/")
    return f"{year[-2:]}/{serial.lstrip('0')}"


def misspelt_pnc(pnc: str) -> str:
    """Return the PNC ID with a check letter that cannot be right."""
    return pnc[:-1] + ("Z" if pnc[-1] != "Z" else "Y")
