"""Log lines for standard error: ids and counts, never the text of an exception."""

import logging
import traceback
from types import TracebackType
from typing import Any


class QuietFormatter(logging.Formatter):
    """Write an exception as its kind and the places it passed.

    The text of an exception may quote what somebody typed or what a file held, so it is left out.
    """

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
