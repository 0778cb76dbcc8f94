"""The sweep sees a day written as eight digits where it is a value, and not inside hex text, where chance puts it."""

import pytest

from tests.rules.canaries import Flock
from tests.rules.sweep import Sweep

CANARIES = Flock(5, seed=4).canaries
DAY = f"{CANARIES[2].born:%Y%m%d}".encode()


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        pytest.param(DAY, {2}, id="nothing else"),
        pytest.param(b"born='" + DAY + b"'", {2}, id="quoted"),
        pytest.param(b"born " + DAY + b"\n", {2}, id="between blanks"),
        pytest.param(b"\\x9f" + DAY + b"a0", set(), id="inside hex text"),
        pytest.param(b"g" + DAY + b"7", set(), id="before a digit"),
    ],
)
def test_day_as_eight_digits_is_found_as_a_value(data: bytes, numbers: set[int]) -> None:
    assert {find.number for find in Sweep(CANARIES).search(data)} == numbers
