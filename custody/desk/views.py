"""The officer's desk: the alerts inbox and settings, the release calendar and its link, and help."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from access import attempts, clock
from access.gate import OfficerRequest
from audit.trail import AuditUnavailableError, Code, Outcome, acting_as, current_actor, record
from custody.acknowledging import acknowledge
from custody.alert_settings import save_settings, settings_of
from custody.calendar_links import Reading, end_link, live_link, make_link, read_link
from custody.calendar_text import calendar_text
from custody.desk.forms import WHOSE, AcknowledgeForm, CalendarForm, InboxForm, SettingsForm
from custody.help_words import topics
from custody.pages.alert_choices import settings_page
from custody.pages.alerts import done_words, inbox_page, query_of
from custody.pages.calendar import calendar_page

AN_HOUR_SECONDS = 3600


def alerts(request: OfficerRequest) -> HttpResponse:
    if request.method == "POST":
        return _acknowledge(request)
    return _inbox(request, InboxForm(request.GET).asked(), AcknowledgeForm())


def alert_settings(request: OfficerRequest) -> HttpResponse:
    form = SettingsForm(request.POST) if request.method == "POST" else SettingsForm.of(settings_of(request.officer.id))
    if form.is_valid():
        save_settings(request.officer, form.settings())
        messages.success(request, "Your alert settings are kept.")
        return redirect("alert_settings")
    page = settings_page(form)
    return TemplateResponse(
        request, "custody/alert_settings.html", {"page": page, "form": form, "told": get_messages(request)}
    )


def calendar(request: OfficerRequest) -> HttpResponse:
    page = calendar_page(request.officer, CalendarForm(request.GET).asked(), now=clock.now())
    request.note(result_count=len(page.entries))
    return TemplateResponse(request, "custody/calendar.html", {"page": page, "whose": WHOSE})


def calendar_link(request: OfficerRequest) -> HttpResponse:
    officer_id = request.officer.id
    if request.method == "POST" and request.POST.get("do") == "end":
        end_link(officer_id)
        return redirect("calendar_link")
    address = ""
    if request.method == "POST":
        # Shown once and kept nowhere, so it cannot be shown again after a redirect.
        address = request.build_absolute_uri(reverse("calendar_read", args=[make_link(officer_id)]))
    return TemplateResponse(request, "custody/calendar_link.html", {"link": live_link(officer_id), "address": address})


@require_safe
def calendar_read(request: HttpRequest, token: str) -> HttpResponse:
    now = clock.now()
    reading = read_link(token, today=clock.today())
    try:
        if reading is None:
            _note_refusal(request)
            raise Http404
        _note_reading(reading)
    except AuditUnavailableError:
        return HttpResponse(render_to_string("503.html"), status=HTTPStatus.SERVICE_UNAVAILABLE)
    if reading.is_too_often:
        answer = HttpResponse("Asked too often; ask again in an hour.\n", content_type="text/plain; charset=utf-8")
        answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
        answer["Retry-After"] = str(AN_HOUR_SECONDS)
        return answer
    page = request.build_absolute_uri(reverse("calendar"))
    text = calendar_text(reading.people, link_id=reading.link_id, page=page, now=now)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def help_page(request: OfficerRequest) -> HttpResponse:
    return TemplateResponse(request, "custody/help.html", {"topics": list(topics())})


def _acknowledge(request: OfficerRequest) -> HttpResponse:
    form, asked = AcknowledgeForm(request.POST), InboxForm(request.POST).asked()
    if not form.is_valid():
        return _inbox(request, asked, form)
    number = acknowledge(form.chosen(), officer=request.officer, note=form.cleaned_data["note"], now=clock.now())
    messages.success(request, done_words(number))
    if request.POST.get("back") == "morning":
        return redirect("morning")
    return redirect(f"{reverse('alerts')}?{query_of(asked)}")


def _inbox(request: OfficerRequest, asked: dict[str, Any], form: AcknowledgeForm) -> HttpResponse:
    page = inbox_page(request.officer, asked, now=clock.now())
    request.note(result_count=len(page.shown))
    return TemplateResponse(request, "custody/alerts.html", {"page": page, "form": form, "told": get_messages(request)})


def _note_reading(reading: Reading) -> None:
    """Write the reading down as the link's officer's; of those beyond the hour's measure only the first."""
    if reading.is_too_often and not reading.is_first_too_often:
        return
    reader = replace(current_actor(), id=reading.officer_id, name=reading.officer_name, role="calendar link")
    with acting_as(reader):
        record(
            Code.CALENDAR_READ,
            outcome=Outcome.DENIED if reading.is_too_often else Outcome.OK,
            object_type="calendarlink",
            object_id=reading.link_id,
            result_count=sum(reading.people.values()),
        )


def _note_refusal(request: HttpRequest) -> None:
    """Write down a link that opens nothing, ten times in five minutes for one address: none floods the trail."""
    if attempts.take(f"calendar link from {request.META.get('REMOTE_ADDR', '')}"):
        record(Code.CALENDAR_READ, outcome=Outcome.DENIED, object_type="calendarlink")
