"""How the measurements measure, and what one figure is."""

import gc
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROUNDS = 5
CALLS = 2_000
KILOBYTES = 1024
RESET_PEAK = "5"
# Places in /proc/PID/stat behind the name of the program.
USER_TICKS, SYSTEM_TICKS = 11, 12


@dataclass(frozen=True)
class Figure:
    """One number with its unit, and the same number of a peer that does the like.

    ``rows`` says how many rows or people it was measured on. The ratio is ours to the peer's, in the same unit:
    below 1 ours is the smaller number, whether that is the better one or not.
    """

    name: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    rows: int | None = None

    @property
    def ratio(self) -> float | None:
        """Ours as a multiple of the peer's."""
        return self.value / self.peer_value if self.peer_value else None

    def as_json(self) -> dict[str, Any]:
        """Return the figure as `.jtrack/bench.json` keeps it."""
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "peer": self.peer,
            "peer_value": None if self.peer_value is None else round(self.peer_value, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "rows": self.rows,
        }

    def __str__(self) -> str:
        """One line of the table."""
        rows = f"{self.rows:>8,}" if self.rows is not None else " " * 8
        line = f"{self.name:<62}{rows}{_number(self.value):>12} {self.unit:<9}"
        if self.peer_value is None or self.ratio is None:
            return line.rstrip()
        return f"{line}{_number(self.peer_value):>12}  x{self.ratio:<8.3g}{self.peer}"


def microseconds(call: Callable[[], object]) -> float:
    """Return the microseconds of one call: the best of five rounds, since the machine has other work too."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(CALLS):
            call()
        best = min(best, (time.perf_counter() - began) / CALLS * 1e6)
    return best


def median_milliseconds(call: Callable[[], object], *, times: int = 200) -> float:
    """Return the median milliseconds of a call over so many; the first few, which fill caches, are not counted."""
    for _ in range(3):
        call()
    return statistics.median(_milliseconds(call) for _ in range(times))


def _milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3


@dataclass(frozen=True)
class Effort:
    """What some work took: seconds by the clock, seconds of computing, megabytes at its peak.

    ``computing`` is this process's own, ``database`` that of its database session; together they say what the work
    costs on a machine that has other work too.
    """

    seconds: float
    computing: float
    database: float
    megabytes: float

    def as_json(self) -> dict[str, float]:
        """Return it so that a child process can hand it to its parent."""
        return asdict(self)


def effort_of(work: Callable[[], object], *, session: int) -> Effort:
    """Do the work once and return what it took; the peak is the whole process's, Python and its libraries included.

    ``session`` is the process id of the database session that the work uses.
    """
    gc.collect()
    Path("/proc/self/clear_refs").write_text(RESET_PEAK, encoding="ascii")
    began, computed, served = time.perf_counter(), time.process_time(), _computing_of(session)
    work()
    seconds, computing = time.perf_counter() - began, time.process_time() - computed
    return Effort(seconds, computing, _computing_of(session) - served, _peak_megabytes())


def _computing_of(process: int) -> float:
    """Return the seconds that a process of ours has computed. Source: proc(5), the file stat."""
    words = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[USER_TICKS]) + int(words[SYSTEM_TICKS])) / os.sysconf("SC_CLK_TCK")


def _peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / KILOBYTES


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"  # noqa: PLR2004 - four digits are enough to read
