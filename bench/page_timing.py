"""Ask the real site and its bare twin for the same pages in turn, in one process, and tell the medians as JSON.

Run as a web process in the installation of `bench.page_world`: `python -m bench.child page_timing [--ours-only]`.
"""

import gc
import io
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest import mock
from uuid import UUID

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from access.models import Account, Session
from access.officers import officer_of
from access.sessions import key_hash
from bench.morning_world import session_of
from bench.page_world import LARGE, OPERATOR, SIZES, SMALL
from bench.page_world import officer_of as username_of
from bench.twin import MIDDLEWARE as TWIN_MIDDLEWARE
from bench.twin import Asking
from bench.unsealed import schema_of, unsealed
from custody.models import CustodyState
from custody.pages import person as person_module
from custody.pages.looked import SHOWN, Look
from feeds.models import Delivery

TURNS: Final = 200
WARM_UP: Final = 10
TWIN_URLS: Final = "bench.twin"
LIKE: Final = 0.05  # how far the lengths of the two answers may differ: times and form tokens are in them


@dataclass(frozen=True)
class Timed:
    """One page: milliseconds of the middle one of 200 requests, ours and the twin's."""

    page: str
    people: int
    ours: float
    twin: float


@dataclass(frozen=True)
class Asked:
    """A page to measure: its name, how many people it shows, whose plain rows the twin reads, who asks."""

    page: str
    people: int
    area: str
    officer: str
    address: str


class Site:
    """One of the two sites: a WSGI application and how to be there."""

    def __init__(self, *, twin: bool) -> None:
        """Load the middleware once, as a server does when it starts."""
        self._urls = TWIN_URLS if twin else settings.ROOT_URLCONF
        before = settings.MIDDLEWARE
        settings.MIDDLEWARE = TWIN_MIDDLEWARE if twin else before
        self._application = WSGIHandler()
        settings.MIDDLEWARE = before

    def milliseconds(self, address: str, cookie: str) -> tuple[float, bytes]:
        """Ask for a page and return how long the answer took, with the answer."""
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": cookie,
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
        }
        # Not through override_settings, which empties the caches of addresses for whoever asks next.
        before, settings.ROOT_URLCONF = settings.ROOT_URLCONF, self._urls
        heads: list[str] = []
        began = time.perf_counter()
        response: Any = self._application(environ, partial(_noted, heads))
        body = b"".join(response)
        response.close()
        took = (time.perf_counter() - began) * 1000
        settings.ROOT_URLCONF = before
        if not heads[0].startswith("200"):
            raise RuntimeError(f"{path} answered {heads[0]}")
        return took, body


def _noted(heads: list[str], status: str, *_: Any) -> Callable[[bytes], object]:
    """Stand for the server's own start of an answer; nobody writes to what it returns."""
    heads.append(status)
    return lambda part: part


def measured(which: str = "area") -> list[dict[str, Any]]:
    """Return the figures of every page, those of `Timed`. Ours writes its log lines as always, but into nothing."""
    with Path(os.devnull).open("w", encoding="ascii") as nothing:
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(nothing)
        return [asdict(timed) for timed in measure(which)]


def measure(which: str = "area") -> Iterator[Timed]:
    """Yield the figures of every page."""
    ours, twin = Site(twin=False), Site(twin=True)
    for asked in _desk_pages() if which == "desk" else _pages():
        cookie = _signed_in(asked.officer)
        gc.collect()
        gc.freeze()
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(TURNS + WARM_UP):
            taken, body = ours.milliseconds(asked.address, cookie)
            times[0].append(taken)
            with unsealed(asked.area), plain_looks(asked.area):
                taken, other = twin.milliseconds(asked.address, "")
            times[1].append(taken)
            if turn == WARM_UP and abs(len(body) - len(other)) > LIKE * len(body):
                raise RuntimeError(f"{asked.page}: the twin's answer is {len(other)} bytes, ours {len(body)}")
        middle = [statistics.median(series[WARM_UP:]) for series in times]
        yield Timed(asked.page, asked.people, *middle)


def _pages() -> Iterator[Asked]:
    for area, people in SIZES.items():
        yield Asked("morning", people, area, username_of(area), "/")
        yield Asked("caseload", people, area, username_of(area), "/caseload/")
    with unsealed(LARGE):
        held = CustodyState.objects.filter(whereabouts="in_custody").order_by("in_custody_since", "pk")[0].pk
    yield Asked("person", 1, LARGE, username_of(LARGE), f"/offenders/{held}/")
    newest = Delivery.objects.filter(feed="prison_roll").order_by("-position")[0].pk
    yield Asked("delivery", 1, SMALL, OPERATOR, f"/deliveries/{newest}/")


def _desk_pages() -> Iterator[Asked]:
    for area, people in SIZES.items():
        yield Asked("alerts", people, area, username_of(area), "/alerts/")
        yield Asked("calendar", people, area, username_of(area), "/calendar/")


def _signed_in(username: str) -> str:
    """Open a session as signing in leaves it, tell the twin who asks, and return the cookie."""
    account = Account.objects.get(username=username)
    key = session_of(account)
    asking = officer_of(Session.objects.select_related("account", "officer").get(pk=key_hash(key)))
    assert asking is not None
    Asking.officer = asking
    return f"{settings.SESSION_COOKIE_NAME}={key}"


def twin_for_good() -> WSGIHandler:
    """Return the twin of the small caseload for a server to serve; the process can be nothing else any more."""
    account = Account.objects.get(username=username_of(SMALL))
    _signed_in(account.username)
    unsealed(SMALL).__enter__()
    plain_looks(SMALL).__enter__()
    settings.MIDDLEWARE, settings.ROOT_URLCONF = TWIN_MIDDLEWARE, TWIN_URLS
    return WSGIHandler()


@contextmanager
def plain_looks(area: str) -> Iterator[None]:
    """Let the person page read who looked from a plain table: the function reads the trail, and the twin has none."""

    def who_looked(offender_id: UUID) -> list[Look]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT at, name, role FROM {schema_of(area)}.looks WHERE person = %s ORDER BY at DESC LIMIT %s",  # noqa: S608 - the schema is ours
                [offender_id, SHOWN],
            )
            return [Look(*row) for row in cursor.fetchall()]

    with mock.patch.object(person_module, "who_looked", who_looked):
        yield
