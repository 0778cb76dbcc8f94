"""Log lines for standard error: ids and counts, never the text of an exception."""

import logging
import traceback
from collections.abc import Mapping
from copy import copy
from types import TracebackType
from typing import Any


class QuietFormatter(logging.Formatter):
    """Write an exception as its kind and the places it passed, and a request as its route.

    The text of an exception may quote what somebody typed or what a file held, and so may an address. Both are
    left out, also where Django and Celery have put them into the message.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line without any value in it."""
        return super().format(_without_values(record))

    def formatException(  # noqa: N802 - the name is the standard library's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return one line a frame and the exception's class."""
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)
        lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return "\n".join([*lines, f"  {kind.__module__}.{kind.__qualname__}" if kind else "  no exception"])

    def formatStack(self, stack_info: str) -> str:  # noqa: N802, ARG002 - the name is the standard library's
        """Return nothing: a stack quotes source lines, and the frames above say enough."""
        return ""


def _without_values(record: logging.LogRecord) -> logging.LogRecord:
    quiet = copy(record)
    # Another handler may have kept an exception's text here for the next one.
    quiet.exc_text = None
    if hasattr(record, "status_code"):
        quiet.msg, quiet.args = "%s %s", (record.status_code, _route(getattr(record, "request", None)))
    elif isinstance(record.args, Mapping) and "exc" in record.args:
        # A task that failed or is tried again; its exception follows as its kind and places.
        quiet.args = {**record.args, "exc": "an exception", "traceback": ""}
    return quiet


def _route(request: object) -> str:
    match = getattr(request, "resolver_match", None)
    return f"{getattr(request, 'method', '')} {'/' + match.route if match else 'an address that is none of ours'}"


def configuration(*, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error in one format."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "quiet": {
                "()": "jtrack.logging.QuietFormatter",
                "format": "{asctime} {levelname} {name} {message}",
                "style": "{",
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "quiet"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
        },
    }
