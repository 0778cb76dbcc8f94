"""The number of the request or task that is being answered: the same in the audit trail and in the log."""

import uuid
from contextvars import ContextVar

_number: ContextVar[uuid.UUID | None] = ContextVar("request_number", default=None)


def number_requests(number: uuid.UUID | None) -> None:
    """Give everything from here on this number, until the next one."""
    _number.set(number)


def current_number() -> uuid.UUID | None:
    """Return the number of what is being answered, if anything is."""
    return _number.get()


def request_number() -> uuid.UUID:
    """Return the number of what is being answered, or a new one."""
    return _number.get() or uuid.uuid4()
