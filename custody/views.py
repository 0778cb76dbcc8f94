"""The pages of custody: the morning, the caseload, who is absent from the lists, and one person."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from access import clock
from access.gate import OfficerRequest
from custody.forms import CaseloadForm, SearchForm
from custody.pages import duties
from custody.pages.absent import absent_page
from custody.pages.caseload import caseload_page
from custody.pages.morning import morning_page
from custody.pages.person import person_page
from custody.saved_searches import TooManySearchesError, forget_search, query_of, save_search
from offenders.models import Profile


def area_morning(request: OfficerRequest) -> HttpResponse:
    page = morning_page(request.officer, now=clock.now())
    return TemplateResponse(request, "custody/morning.html", {"page": page})


def liaison_morning(request: OfficerRequest) -> HttpResponse:
    page = duties.liaison_morning(request.officer, now=clock.now())
    return TemplateResponse(request, "duty_morning.html", {"page": page})


def dip_morning(request: OfficerRequest) -> HttpResponse:
    page = duties.dip_morning(request.officer, now=clock.now())
    return TemplateResponse(request, "duty_morning.html", {"page": page})


def caseload(request: OfficerRequest) -> HttpResponse:
    asked = CaseloadForm(request.GET).asked()
    page = caseload_page(request.officer, asked, now=clock.now())
    request.note(result_count=page.found)
    return TemplateResponse(request, "custody/caseload.html", {"page": page})


def caseload_searches(request: OfficerRequest) -> HttpResponse:
    asked, form = CaseloadForm(request.POST).asked(), SearchForm(request.POST)
    form.is_valid()
    if form.cleaned_data.get("forget"):
        forget_search(form.cleaned_data["forget"])
        return redirect(_caseload_address(query_of(asked)))
    if form.is_valid():
        try:
            return redirect(_caseload_address(save_search(request.officer, form.cleaned_data["name"], asked)))
        except TooManySearchesError as refused:
            form.add_error("name", str(refused))
    page = caseload_page(request.officer, asked, now=clock.now())
    return TemplateResponse(request, "custody/caseload.html", {"page": page, "form": form})


def _caseload_address(query: str) -> str:
    return f"{reverse('caseload')}?{query}" if query else reverse("caseload")


def absent(request: OfficerRequest) -> HttpResponse:
    page = absent_page(request.officer, now=clock.now())
    request.note(result_count=len(page.people))
    return TemplateResponse(request, "custody/absent.html", {"page": page})


def person(request: OfficerRequest, offender_id: uuid.UUID) -> HttpResponse:
    profile = get_object_or_404(Profile.objects.select_related("offender"), pk=offender_id)
    request.note(people=[offender_id])
    page = person_page(profile, request.officer, now=clock.now())
    return TemplateResponse(request, "custody/person.html", {"page": page})
