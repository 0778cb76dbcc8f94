"""The one door through which every page is reached: it checks, restricts, renders and records.

The audit event is committed on the gate's own connection before the page's transaction commits and
before the answer leaves: no audit row, no data.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, wraps
from typing import Any, cast

from django.apps import apps
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
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
from audit.trail import Actor, AuditUnavailableError, Code, Outcome, acting_as, record
from vault.opened import Opened, recording

ENROL = "mfa_activate_totp"
PERSON = "offenders.offender"
PERSON_COLUMN = "offender_id"
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


@dataclass
class Notes:
    """What a view adds to its audit event beyond the fields that it opened."""

    people: set[uuid.UUID] = field(default_factory=set)
    result_count: int | None = None
    terms: str | None = None

    def __call__(
        self, *, people: Iterable[uuid.UUID] = (), result_count: int | None = None, terms: str | None = None
    ) -> None:
        """Add people who are shown or touched, the number of results, or the words searched for."""
        self.people |= set(people)
        self.result_count = result_count if result_count is not None else self.result_count
        self.terms = terms or self.terms


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
        return _enter(kept, request, kwargs)

    # The wrapper carries the mark, never the view: another URL using the view bare stays unblessed.
    guarded.door = kept  # type: ignore[attr-defined]
    return path(route, guarded, name=name or view.__name__)


def open_door(route: str, view: View, *, name: str, because: str) -> URLPattern:
    """Return a URL for people who are not signed in yet; it opens no context, so it sees no row."""
    kept = OpenDoor(view=view, because=because)

    @wraps(view)
    def opened(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        with acting_as(stranger(request)):
            return view(request, **kwargs)

    opened.door = kept  # type: ignore[attr-defined]
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
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    officer = officer_of(row)
    if officer is None:
        return HttpResponseRedirect(reverse(ENROL))
    touch(row)
    with acting_as(_actor(request, row, officer)):
        try:
            return _pass(kept, request, officer, kwargs)
        except AuditUnavailableError:
            return _unavailable()


def _pass(kept: Door, request: HttpRequest, officer: OfficerContext, kwargs: dict[str, Any]) -> HttpResponseBase:
    if not officer.may(kept.may):
        _record(kept, Outcome.DENIED, kwargs)
        raise Http404
    if request.method not in kept.accepted:
        return HttpResponseNotAllowed(kept.accepted)
    known = cast(OfficerRequest, request)
    known.officer = officer
    known.note = Notes()
    try:
        with recording() as opened:
            return _answer(kept, known, opened, kwargs)
    except (Http404, PermissionDenied):
        # Absent and not yours look the same, to the asker; the trail keeps what was asked for.
        _record(kept, Outcome.DENIED, kwargs)
        raise Http404 from None
    except AuditUnavailableError:
        raise
    except Exception:
        _record(kept, Outcome.ERROR, kwargs)
        raise


def _answer(kept: Door, request: OfficerRequest, opened: Opened, kwargs: dict[str, Any]) -> HttpResponseBase:
    with transaction.atomic():
        set_context(context_token(request.session.session_key or ""))
        response = kept.view(request, **kwargs)
        if response.streaming:
            raise StreamingRefusedError(f"{kept.view.__name__} streams its answer; return a rendered one")
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        if response.status_code >= 500:
            transaction.set_rollback(True)
        _record(kept, _outcome(response), kwargs, opened=opened, notes=request.note)
        return response


def _record(
    kept: Door, outcome: Outcome, kwargs: dict[str, Any], *, opened: Opened | None = None, notes: Notes | None = None
) -> None:
    opened = opened or Opened()
    notes = notes or Notes()
    thing, thing_id = _object(kwargs)
    record(
        kept.logs,
        outcome=outcome,
        people=notes.people | people_of(opened.fields),
        fields=opened.fields,
        result_count=notes.result_count,
        terms=notes.terms,
        object_type=thing,
        object_id=thing_id,
        delivery_id=kwargs.get("delivery_id"),
    )
    looked_through = people_of(opened.scanned)
    if looked_through:
        record(Code.SCAN, outcome=outcome, fields=opened.scanned, result_count=len(looked_through))


def people_of(fields: dict[str, set[uuid.UUID]]) -> set[uuid.UUID]:
    """Return the people among the subjects of opened fields, which are named as app.model.field."""
    return {subject for name, subjects in fields.items() if _is_about_a_person(name) for subject in subjects}


@cache
def _is_about_a_person(field_name: str) -> bool:
    label, _, column = field_name.rpartition(".")
    opened = apps.get_model(label)._meta.get_field(column)
    return label == PERSON or getattr(opened, "subject_attname", "") == PERSON_COLUMN


def _object(kwargs: dict[str, Any]) -> tuple[str, str]:
    """Return what the address names: `offender_id=…` is the offender of that number."""
    for key, value in kwargs.items():
        if key.endswith("_id"):
            return key.removesuffix("_id"), str(value)
    return "", ""


def _outcome(response: HttpResponse) -> Outcome:
    if response.status_code >= 500:
        return Outcome.ERROR
    return Outcome.DENIED if response.status_code in {403, 404} else Outcome.OK


def _live_session(request: HttpRequest) -> Session | None:
    store = request.session
    assert isinstance(store, SessionStore)
    # Asking for the keys loads the session, which checks that it still stands.
    store.keys()
    return store.row


def _actor(request: HttpRequest, row: Session, officer: OfficerContext) -> Actor:
    return Actor(
        id=officer.id,
        name=officer.name,
        area=", ".join([*officer.forces, *officer.areas, *officer.establishments]),
        role=", ".join(officer.roles),
        session_hash=row.pk,
        ip=request.META.get("REMOTE_ADDR", ""),
        device=request.headers.get("User-Agent", ""),
        request_id=uuid.uuid4(),
    )


def _unavailable() -> HttpResponse:
    return HttpResponse(render_to_string("503.html"), status=503)
