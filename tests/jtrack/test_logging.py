"""Log lines hold ids and counts, whatever Django and Celery put into their messages."""

import logging
import sys
from types import SimpleNamespace

import pytest

from jtrack.logging import QuietFormatter

SECRET = "Thistlewood"
FORMATTER = QuietFormatter("{levelname} {name} {message}", style="{")
KNOWN = SimpleNamespace(method="GET", resolver_match=SimpleNamespace(route="caseload/"))
UNKNOWN = SimpleNamespace(method="GET", resolver_match=None)
TASK = "Task %(name)s[%(id)s] %(description)s: %(exc)s\n%(traceback)s"
RECORDS = {
    "address that is none of ours": (
        {"name": "django.request", "msg": "%s: %s", "args": ("Not Found", f"/{SECRET}/")},
        {"status_code": 404, "request": UNKNOWN},
        "WARNING django.request 404 GET an address that is none of ours",
    ),
    "refused method": (
        {"name": "django.request", "msg": "Method Not Allowed (%s): %s", "args": ("POST", f"/caseload/{SECRET}")},
        {"status_code": 405, "request": KNOWN},
        "WARNING django.request 405 GET /caseload/",
    ),
    "host that is none of ours": (
        {"name": "django.security.DisallowedHost", "msg": f"Invalid HTTP_HOST header: '{SECRET}'", "args": ()},
        {"status_code": 400, "request": UNKNOWN},
        "WARNING django.security.DisallowedHost 400 GET an address that is none of ours",
    ),
    "task that failed": (
        {
            "name": "celery.app.trace",
            "msg": TASK,
            "args": ({"name": "feeds.import", "id": "1", "description": "raised", "exc": SECRET, "traceback": SECRET},),
        },
        {},
        "WARNING celery.app.trace Task feeds.import[1] raised: an exception\n",
    ),
    "line of ours": (
        {"name": "feeds.dropping", "msg": "a delivery was refused, code %s", "args": ("E-01",)},
        {},
        "WARNING feeds.dropping a delivery was refused, code E-01",
    ),
}


@pytest.mark.parametrize(("made", "extra", "line"), RECORDS.values(), ids=RECORDS)
def test_line_holds_no_value(made: dict[str, object], extra: dict[str, object], line: str) -> None:
    record = logging.LogRecord(made["name"], logging.WARNING, "", 0, made["msg"], made["args"], None)  # type: ignore[arg-type]
    record.__dict__.update(extra)

    assert FORMATTER.format(record) == line


def test_exception_is_written_as_its_kind_even_when_another_handler_kept_its_text() -> None:
    try:
        int(SECRET)
    except ValueError:
        record = logging.LogRecord("feeds", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    logging.Formatter().format(record)

    written = FORMATTER.format(record)

    assert SECRET not in written
    assert written.endswith("builtins.ValueError")
