"""How the measurements measure."""

import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5
CALLS = 2_000


@dataclass(frozen=True)
class Figure:
    """One number with its unit."""

    what: str
    value: float
    unit: str

    def __str__(self) -> str:
        """One line of the table."""
        return f"{self.what:<60}{self.value:>12.1f} {self.unit}"


def microseconds(call: Callable[[], object]) -> float:
    """Return the microseconds of one call: the best of five rounds, since the machine has other work too."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(CALLS):
            call()
        best = min(best, (time.perf_counter() - began) / CALLS * 1e6)
    return best
