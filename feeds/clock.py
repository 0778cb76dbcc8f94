"""Times the steps of an import and tells the page which one is being done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from feeds.progress import ProgressTeller


class Clock:
    """Times the steps of an import, for the delivery's page."""

    def __init__(self, teller: ProgressTeller) -> None:
        """Start at nothing."""
        self._teller = teller
        self.steps: list[tuple[str, float]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step, in seconds."""
        self._teller.step(name)
        started = time.perf_counter()
        yield
        self.steps.append((name, round(time.perf_counter() - started, 3)))
