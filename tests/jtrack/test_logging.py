"""Log lines hold ids and counts, whatever Django and Celery put into their messages."""

import json
import logging
import sys
import uuid
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from audit.numbers import number_requests
from jtrack.logging import JsonFormatter, OwnWord, QuietFormatter, configuration

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
    "method that is none": (
        {"name": "django.request", "msg": "Method Not Allowed (%s): %s", "args": (SECRET, "/caseload/")},
        {"status_code": 405, "request": SimpleNamespace(method=SECRET, resolver_match=KNOWN.resolver_match)},
        "WARNING django.request 405 other /caseload/",
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
    "request that the server cannot read": (
        {"name": "gunicorn.error", "msg": f"Invalid request from ip=10.0.0.1: Invalid line: '{SECRET}'", "args": ()},
        {},
        "WARNING gunicorn.error Invalid request",
    ),
    "request that the server cannot answer": (
        {"name": "gunicorn.error", "msg": "Error handling request %s %s", "args": ("GET", f"/offenders/{SECRET}/")},
        {},
        "WARNING gunicorn.error Error handling request",
    ),
    "line of the server": (
        {"name": "gunicorn.error", "msg": "Worker (pid:%s) exited", "args": (7,)},
        {},
        "WARNING gunicorn.error Worker (pid:7) exited",
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


NUMBER = uuid.UUID("3f0c3d0e-53b5-4a52-9d2f-0f1f4a1f6f10")


@pytest.fixture
def numbered() -> Iterator[None]:
    """Something is being answered, and has a number."""
    number_requests(NUMBER)
    yield
    number_requests(None)


def _line(record: logging.LogRecord) -> dict[str, object]:
    line: dict[str, object] = json.loads(JsonFormatter().format(record))
    return line


def _record(**extra: object) -> logging.LogRecord:
    record = logging.LogRecord("feeds", logging.WARNING, "", 0, "%s rows", (7,), None)
    record.created = 1_700_000_000.25
    record.__dict__.update(extra)
    return record


@pytest.mark.usefixtures("numbered")
def test_json_line_says_when_how_grave_where_what_and_in_which_request() -> None:
    assert _line(_record()) == {
        "time": "2023-11-14T22:13:20.250+00:00",
        "level": "WARNING",
        "logger": "feeds",
        "event": "7 rows",
        "request": str(NUMBER),
    }


def test_json_line_tells_numbers_and_own_words_and_nothing_else() -> None:
    line = _line(_record(event=OwnWord("answer"), door=OwnWord("caseload"), status=200, feed=SECRET, surname=SECRET))

    assert {name: line[name] for name in ("event", "door", "status")} == {
        "event": "answer",
        "door": "caseload",
        "status": 200,
    }
    assert not {"feed", "surname", "request"} & line.keys()


def test_event_that_nobody_vouches_for_is_not_told() -> None:
    assert _line(_record(event=SECRET))["event"] == "7 rows"


@pytest.mark.parametrize(("made", "extra", "line"), RECORDS.values(), ids=RECORDS)
def test_json_line_holds_no_value(made: dict[str, object], extra: dict[str, object], line: str) -> None:
    record = logging.LogRecord(made["name"], logging.WARNING, "", 0, made["msg"], made["args"], None)  # type: ignore[arg-type]
    record.__dict__.update(extra)

    told = _line(record)

    assert f"{told['level']} {told['logger']} {told['event']}" == line.rstrip()


def test_json_line_tells_of_an_exception_its_kind_and_places() -> None:
    try:
        int(SECRET)
    except ValueError:
        record = logging.LogRecord("feeds", logging.ERROR, "", 0, "failed", (), sys.exc_info())

    line = _line(record)

    assert line["exception"] == "builtins.ValueError"
    assert isinstance(line["places"], list)
    assert SECRET not in json.dumps(line)


@pytest.mark.parametrize("form", ["text", "json"])
def test_form_of_the_lines_is_chosen(form: str) -> None:
    assert configuration(level="INFO", form=form)["handlers"]["stderr"]["formatter"] == form
