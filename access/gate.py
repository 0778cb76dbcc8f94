"""The one door through which every page is reached: it checks, restricts, renders and records.

The audit event is committed on the gate's own connection before the page's transaction commits and
before the answer leaves: no audit row, no data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.urls import URLPattern, path, reverse

from access.entrances import stranger
from access.models import Session
from access.officers import OfficerContext, officer_of
from access.permissions import Permission
from access.row_security import context_token, set_context
from access.sessions import SessionStore, touch
from access.visits import Notes, outcome_of, record_visit, visitor
from audit.trail import AuditUnavailableError, Code, Outcome, acting_as
from vault.opened import Opened, recording

ENROL = "mfa_activate_totp"
SIGN_IN = "account_login"
FRONT_DOOR = "/"
View = Callable[..., HttpResponse]


class StreamingRefusedError(Exception):
    """A streamed answer would be read after its transaction and its audit event."""


@dataclass(frozen=True)
class Door:
    """What a door asks and what it writes down."""

    view: View
    may: Permission
    logs: Code
    methods: tuple[str, ...]

    @property
    def accepted(self) -> tuple[str, ...]:
        """The methods answered; HEAD is a GET whose body is not sent, and is logged like one."""
        return (*self.methods, "HEAD") if "GET" in self.methods else self.methods


@dataclass(frozen=True)
class OpenDoor:
    """A page for people who are not signed in, or not fully, and why it may be open."""

    view: View
    because: str


class OfficerRequest(HttpRequest):
    """A request that passed a door. It is the type views declare; the door sets the two attributes."""

    officer: OfficerContext
    note: Notes


def door(
    route: str,
    view: View,
    *,
    may: Permission,
    logs: Code | str,
    name: str | None = None,
    methods: tuple[str, ...] = ("GET",),
) -> URLPattern:
    """Return a URL that only officers with the permission reach, each visit recorded under the code."""
    kept = Door(view=view, may=may, logs=Code(logs), methods=methods)

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return _enter(kept, request, kwargs)
        except (AuditUnavailableError, OperationalError, InterfaceError):
            # Nothing was recorded, or the database is away: no record, no data.
            return HttpResponse(render_to_string("503.html"), status=503)

    # The wrapper carries the mark, never the view: another URL using the view bare stays unblessed.
    guarded.door = kept  # type: ignore[attr-defined]  # the mark on a function
    return path(route, guarded, name=name or view.__name__)


def open_door(route: str, view: View, *, name: str, because: str) -> URLPattern:
    """Return a URL for people who are not signed in yet; it opens no context, so it sees no row."""
    kept = OpenDoor(view=view, because=because)

    @wraps(view)
    def opened(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        with acting_as(stranger(request)):
            return view(request, **kwargs)

    opened.door = kept  # type: ignore[attr-defined]  # the mark on a function
    return path(route, opened, name=name)


def known_officer(request: HttpRequest) -> OfficerContext | None:
    """Return who is signed in with both factors, for open doors that greet them, and let templates know too."""
    row = _live_session(request)
    officer = officer_of(row) if row else None
    if officer:
        cast(OfficerRequest, request).officer = officer
    return officer


def _enter(kept: Door, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponseBase:
    row = _live_session(request)
    if row is None or row.account_id is None:
        return _to_sign_in(request)
    officer = officer_of(row)
    if officer is None:
        return HttpResponseRedirect(reverse(ENROL))
    touch(row)
    with acting_as(visitor(request, row, officer)):
        return _pass(kept, request, officer, kwargs)


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    # Everybody's first page is their own, so the front door is nothing to come back to.
    if request.method != "GET" or request.path == FRONT_DOOR:
        return HttpResponseRedirect(reverse(SIGN_IN))
    return redirect_to_login(request.get_full_path())


def _pass(kept: Door, request: HttpRequest, officer: OfficerContext, kwargs: dict[str, Any]) -> HttpResponseBase:
    known = cast(OfficerRequest, request)
    known.officer = officer
    known.note = Notes()
    if not officer.may(kept.may):
        record_visit(kept.logs, Outcome.DENIED, kwargs)
        raise Http404
    if request.method not in kept.accepted:
        return HttpResponseNotAllowed(kept.accepted)
    try:
        with recording() as opened:
            return _answer(kept, known, opened, kwargs)
    except (Http404, PermissionDenied):
        # Absent and not yours look the same, to the asker; the trail keeps what was asked for.
        record_visit(kept.logs, Outcome.DENIED, kwargs)
        raise Http404 from None
    except AuditUnavailableError:
        raise
    except Exception:
        record_visit(kept.logs, Outcome.ERROR, kwargs)
        raise


def _answer(kept: Door, request: OfficerRequest, opened: Opened, kwargs: dict[str, Any]) -> HttpResponseBase:
    with transaction.atomic():
        set_context(context_token(request.session.session_key or ""))
        response = kept.view(request, **kwargs)
        if response.streaming:
            raise StreamingRefusedError(f"{kept.view.__name__} streams its answer; return a rendered one")
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        outcome = outcome_of(response.status_code)
        transaction.set_rollback(outcome is Outcome.ERROR)
        record_visit(kept.logs, outcome, kwargs, opened=opened, notes=request.note)
        return response


def _live_session(request: HttpRequest) -> Session | None:
    store = request.session
    assert isinstance(store, SessionStore)
    # Asking for the keys loads the session, which checks that it still stands.
    store.keys()
    return store.row
