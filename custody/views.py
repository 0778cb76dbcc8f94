"""The pages of custody: the morning, the caseload, who is absent from the lists, and one person."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from access.gate import OfficerRequest
from custody.forms import CaseloadForm
from custody.pages.absent import absent_page
from custody.pages.caseload import caseload_page
from custody.pages.morning import morning_page
from custody.pages.person import person_page
from offenders.models import Profile


def morning(request: OfficerRequest) -> HttpResponse:
    page = morning_page(request.officer, now=timezone.now())
    return TemplateResponse(request, "custody/morning.html", {"page": page})


def caseload(request: OfficerRequest) -> HttpResponse:
    asked = CaseloadForm(request.GET).asked()
    page = caseload_page(request.officer, asked, now=timezone.now())
    request.note(result_count=page.found)
    return TemplateResponse(request, "custody/caseload.html", {"page": page})


def absent(request: OfficerRequest) -> HttpResponse:
    page = absent_page(request.officer, now=timezone.now())
    request.note(result_count=len(page.people))
    return TemplateResponse(request, "custody/absent.html", {"page": page})


def person(request: OfficerRequest, offender_id: uuid.UUID) -> HttpResponse:
    profile = get_object_or_404(Profile.objects.select_related("offender"), pk=offender_id)
    request.note(people=[offender_id])
    page = person_page(profile, request.officer, now=timezone.now())
    return TemplateResponse(request, "custody/person.html", {"page": page})
