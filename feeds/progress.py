"""How far a running import has come: kept in the broker for an hour, and nowhere else.

The broker may be lost at any time; then the page shows the state without the figures.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urlparse
from uuid import UUID

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

KEPT_SECONDS: Final = 3600
TELL_EVERY_SECONDS: Final = 0.5
LOOK_EVERY_ROWS: Final = 200
# The client's own retries would hold an import up for seconds each time while the broker is away.
OPTIONS: Final[dict[str, Any]] = {"decode_responses": True, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows read of those the sender states, the step now being done, and the time since the start."""

    step: str
    rows: int
    of: int
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """Return the pace so far, 0 before the first row."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return how long the rows still to be read will take, or None when that cannot be said."""
        pace = self.rows_per_second
        return (self.of - self.rows) / pace if pace > 0 and self.rows < self.of else None


class ProgressTeller:
    """Tells the broker how far one import has come; says nothing when the broker is away."""

    def __init__(self, delivery_id: UUID, *, rows: int) -> None:
        """Start the clock of an import of that many rows."""
        self._key = _key(delivery_id)
        self._of = rows
        self._rows = 0
        self._step = ""
        self._started = time.monotonic()
        self._told_at = 0.0

    def row(self) -> None:
        """Count one row, and tell twice a second."""
        self._rows += 1
        if self._rows % LOOK_EVERY_ROWS == 0 and time.monotonic() - self._told_at > TELL_EVERY_SECONDS:
            self._tell()

    def step(self, name: str) -> None:
        """Say which step begins."""
        self._step = name
        self._tell()

    def done(self) -> None:
        """Take the figures away: the statement says the rest."""
        with _quietly():
            _broker().delete(self._key)

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        told: Any = {
            "step": self._step,
            "rows": self._rows,
            "of": self._of,
            "seconds": round(self._told_at - self._started, 1),
        }
        with _quietly():
            _broker().hset(self._key, mapping=told)
            _broker().expire(self._key, KEPT_SECONDS)


def progress_of(delivery_id: UUID) -> Progress | None:
    """Return how far an import has come, or None when nothing is known."""
    with _quietly():
        told: Any = _broker().hgetall(_key(delivery_id))
        if told:
            return Progress(told["step"], int(told["rows"]), int(told["of"]), float(told["seconds"]))
    return None


def _key(delivery_id: UUID) -> str:
    return f"jtrack:progress:{delivery_id}"


@contextmanager
def _quietly() -> Iterator[None]:
    """A broker that is away must not stop an import or a page."""
    try:
        yield
    except redis.RedisError:
        return


@cache
def _broker() -> redis.Redis:
    url = urlparse(settings.CELERY_BROKER_URL)
    if url.scheme == "redis+socket":
        return redis.Redis(unix_socket_path=url.path, **OPTIONS)
    return redis.Redis.from_url(settings.CELERY_BROKER_URL, **OPTIONS)
