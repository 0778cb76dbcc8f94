"""Counts and times what the site answers, by door: never by address, which names a person."""

from typing import Final

from prometheus_client import Counter, Histogram

METHODS: Final = frozenset({"GET", "HEAD", "POST"})
NO_DOOR: Final = "none"
STATIC: Final = "static"
BOUNDS_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

ANSWERS: Final = Counter("jtrack_answers", "Answers by door, method and class of status.", ["door", "method", "status"])
SECONDS: Final = Histogram(
    "jtrack_answer_seconds", "Seconds from a request to its answer, by door.", ["door"], buckets=BOUNDS_SECONDS
)


def count_answer(*, door: str, method: str | None, status: int, seconds: float) -> None:
    """Count one answer. The door is the name of a line in the table of doors, `static` or `none`."""
    known = method if method in METHODS else "other"
    ANSWERS.labels(door, known, f"{status // 100}xx").inc()
    SECONDS.labels(door).observe(seconds)
