"""The audit trail for those who assure: by officer and by person. Reading it is recorded by the door."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Protocol

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.query import RawQuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from audit import mornings
from audit.models import Event

EVENTS_A_PAGE = 100
OVERVIEW_DAYS = 30
ROWS_OF_OVERVIEW = 50
MOST_ABOUT_A_PERSON = 1000


class Noted(Protocol):
    """What the door lends to a view for its event."""

    def __call__(self, *, people: list[uuid.UUID] = ..., result_count: int | None = ...) -> None: ...


def assurance_morning(request: HttpRequest) -> HttpResponse:
    page = mornings.assurance_morning(now=timezone.now(), trail_url=reverse("audit"))
    return TemplateResponse(request, "duty_morning.html", {"page": page})


def trail(request: HttpRequest) -> HttpResponse:
    recent = Event.objects.since(timezone.now() - timedelta(days=OVERVIEW_DAYS))
    page = _page(request, Event.objects.order_by("-at"))
    context = {
        "page": page,
        "pages": _pages(page),
        "days": OVERVIEW_DAYS,
        "actors": recent.count_by_actor()[:ROWS_OF_OVERVIEW],
        "people": recent.count_by_person()[:ROWS_OF_OVERVIEW],
        "denied": recent.denied().count(),
    }
    _note(request, result_count=len(page))
    return TemplateResponse(request, "audit/trail.html", context)


def by_officer(request: HttpRequest, officer_id: uuid.UUID) -> HttpResponse:
    events = Event.objects.by_actor(officer_id).order_by("-at")
    latest = events.first()
    if latest is None:
        raise Http404
    page = _page(request, events)
    _note(request, result_count=len(page))
    context = {"page": page, "pages": _pages(page), "latest": latest, "counts": events.count_by_code()}
    return TemplateResponse(request, "audit/by_officer.html", context)


def by_person(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    found: RawQuerySet[Event] = Event.objects.raw(
        "SELECT * FROM sec.events_about(%s, %s) ORDER BY at DESC", [person_id, MOST_ABOUT_A_PERSON]
    )
    events = list(found)
    if not events:
        raise Http404
    page = _page(request, events)
    _note(request, people=[person_id], result_count=len(page))
    officers = {event.actor_id: event for event in events if event.actor_id}
    context = {
        "page": page,
        "pages": _pages(page),
        "person_id": person_id,
        "times": len(events),
        "officers": list(officers.values()),
    }
    return TemplateResponse(request, "audit/by_person.html", context)


def _page(request: HttpRequest, events: QuerySet[Event] | list[Event]) -> Page[Any]:
    return Paginator(events, EVENTS_A_PAGE).get_page(request.GET.get("page"))


def _pages(page: Page[Any]) -> dict[str, object]:
    """Return the links that components/pages.html shows."""
    return {
        "number": page.number,
        "count": page.paginator.num_pages,
        "earlier": f"page={page.previous_page_number()}" if page.has_previous() else "",
        "later": f"page={page.next_page_number()}" if page.has_next() else "",
    }


def _note(request: HttpRequest, **noted: Any) -> None:
    note: Noted = request.note  # type: ignore[attr-defined]  # set by the door
    note(**noted)
