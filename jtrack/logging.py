"""Log lines for standard error: ids and counts, never the text of an exception."""

import json
import logging
import re
import traceback
import uuid
from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from audit.numbers import current_number

# What a line may tell beside its message: numbers, and words that the code vouches for.
TOLD: Final = ("door", "method", "status", "milliseconds", "task", "outcome", "count", "rows", "feed", "delivery")
# Whoever asks may write any word where the method belongs.
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
FORMS: Final = ("text", "json")
TEXT_FORMAT: Final = "{asctime} {levelname} {name} {message}"
# What gunicorn says of a request it could not read or answer goes on to quote it.
QUOTED_BY_THE_SERVER: Final = re.compile(r"Invalid request|Error handling request|Error processing request")
STRANGE_ADDRESS: Final = "an address that is none of ours"
Failure = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OwnWord(str):
    """A word from a list of the code's own: the name of a door or a task. Whoever makes one vouches for that."""

    __slots__ = ()


class QuietFormatter(logging.Formatter):
    """Write an exception as its kind and the places it passed, and a request as its route.

    The text of an exception may quote what somebody typed or what a file held, and so may an address. Both are
    left out, also where Django and Celery have put them into the message.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line without any value in it."""
        return super().format(_without_values(record))

    def formatException(self, ei: Failure) -> str:  # noqa: N802 - the name is the standard library's
        """Return one line a frame and the exception's class."""
        kind, _, trace = ei
        return "\n".join(f"  {line}" for line in (*_places(trace), _kind(kind) or "no exception"))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802, ARG002 - the name is the standard library's
        """Return nothing: a stack quotes source lines, and the frames above say enough."""
        return ""


class JsonFormatter(QuietFormatter):
    """Write each record as one line of JSON: when, how grave, where from, what happened, in which request."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        quiet = _without_values(record)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": _event(record) or quiet.getMessage().rstrip(),
        }
        number = current_number()
        if number is not None:
            line["request"] = str(number)
        line |= {name: value for name in TOLD if _may_be_told(value := getattr(record, name, None))}
        if record.exc_info:
            kind, _, trace = record.exc_info
            line |= {"exception": _kind(kind), "places": _places(trace)}
        return json.dumps(line, default=str)


def _without_values(record: logging.LogRecord) -> logging.LogRecord:
    quiet = copy(record)
    # Another handler may have kept an exception's text here for the next one.
    quiet.exc_text = None
    if hasattr(record, "status_code"):
        quiet.msg, quiet.args = "%s %s", (record.status_code, _route(getattr(record, "request", None)))
    elif record.name.startswith("gunicorn") and (said := QUOTED_BY_THE_SERVER.match(str(record.msg))):
        quiet.msg, quiet.args = said[0], ()
    elif isinstance(record.args, Mapping) and "exc" in record.args:
        # A task that failed or is tried again; its exception follows as its kind and places.
        quiet.args = {**record.args, "exc": "an exception", "traceback": ""}
    return quiet


def _event(record: logging.LogRecord) -> str:
    event = getattr(record, "event", "")
    return event if isinstance(event, OwnWord) else ""


def _may_be_told(value: object) -> bool:
    return isinstance(value, int | float | uuid.UUID | OwnWord)


def _kind(kind: type[BaseException] | None) -> str:
    return f"{kind.__module__}.{kind.__qualname__}" if kind else ""


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _route(request: object) -> str:
    match = getattr(request, "resolver_match", None)
    return f"{known_method(getattr(request, 'method', ''))} {'/' + match.route if match else STRANGE_ADDRESS}"


def known_method(method: str | None) -> str:
    """Return the method, or `other`: it is whatever the asker wrote."""
    return method if method in METHODS else "other"


def configuration(*, level: str, form: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, as `text` for people or as `json` for machines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {
                "()": "jtrack.logging.QuietFormatter",
                "format": TEXT_FORMAT,
                "style": "{",
            },
            "json": {"()": "jtrack.logging.JsonFormatter"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
        },
    }
