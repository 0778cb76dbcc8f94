"""Lets the database write one batch while the next is being read: both take their time, and each has its own core.

The statements go over the caller's own connection and so into its transaction; the driver runs one at a time, and the
caller's own queries wait their turn.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from django.db import connection

Statement = tuple[str, list[Any]]


class Behind:
    """Runs batches of statements one behind the caller; use it as a context, or a failure may go unheard."""

    def __init__(self) -> None:
        """Start no thread before there is something to write."""
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="writing")
        self._running: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Before the transaction ends: a rollback must not meet a statement that is still under way.
        self._threads.shutdown(wait=True)
        if kind is None:
            self.wait()

    def run(self, statements: list[Statement]) -> None:
        """Run the statements once those before are done.

        Raises: DatabaseError of those before, here or in ``wait()``.
        """
        self.wait()
        # The wrapper of Django's belongs to the caller's thread; the driver's own cursor does not.
        execute: Callable[..., object] = connection.cursor().cursor.execute
        self._running = self._threads.submit(_run, execute, statements)

    def wait(self) -> None:
        """Return once everything is written. Raises: DatabaseError."""
        running, self._running = self._running, None
        if running is not None:
            with connection.wrap_database_errors:
                running.result()


def _run(execute: Callable[..., object], statements: list[Statement]) -> None:
    for query, values in statements:
        execute(query, values)
