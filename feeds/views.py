"""The pages on deliveries, the health of feeds, and the plain list of doubtful matches."""

import uuid
from collections.abc import Callable
from dataclasses import asdict

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst

from access.gate import OfficerRequest
from audit import trail
from feeds import mornings
from feeds.delivery_page import delivery_page
from feeds.doubts import matches_page
from feeds.forms import OverruleForm, UploadForm
from feeds.health_page import health_page
from feeds.live import is_live, live_of
from feeds.manifest import EnvelopeError
from feeds.models import Delivery, ReturnPackage
from feeds.overriding import OverrideRefusedError, ReasonTooShortError, decide_override, overruled_codes
from feeds.pages import deliveries_page
from feeds.receiving import Receipt, receive_delivery
from feeds.refusals import NO_MANIFEST, NOT_SEALED, CameBy, note_refusal
from feeds.tasks import import_task, sweep_task
from feeds.uploads import MANIFEST_FIELD, dropped_fields


def deliveries(request: OfficerRequest) -> HttpResponse:
    listed = deliveries_page(request.GET.get("page"))
    return TemplateResponse(request, "feeds/deliveries.html", {"deliveries": listed})


def operator_morning(request: OfficerRequest) -> HttpResponse:
    page = mornings.operator_morning(now=timezone.now())
    return TemplateResponse(request, "duty_morning.html", {"page": page})


def reviewer_morning(request: OfficerRequest) -> HttpResponse:
    page = mornings.reviewer_morning(now=timezone.now())
    return TemplateResponse(request, "duty_morning.html", {"page": page})


def national_morning(request: OfficerRequest) -> HttpResponse:
    page = mornings.national_morning(now=timezone.now())
    return TemplateResponse(request, "duty_morning.html", {"page": page})


def delivery(request: OfficerRequest, delivery_id: uuid.UUID) -> HttpResponse:
    return _delivery(request, _found(delivery_id), OverruleForm())


def overrule_delivery(request: OfficerRequest, delivery_id: uuid.UUID) -> HttpResponse:
    found, form = _found(delivery_id), OverruleForm(request.POST)
    if form.is_valid():
        try:
            decide_override(found, officer=request.officer, reason=form.cleaned_data["reason"])
        except OverrideRefusedError as refused:
            form.add_error("reason" if isinstance(refused, ReasonTooShortError) else None, capfirst(str(refused)))
        else:
            _ring(sweep_task.delay)
            return redirect("delivery", delivery_id=delivery_id)
    return _delivery(request, found, form)


def delivery_progress(_request: OfficerRequest, delivery_id: uuid.UUID) -> HttpResponse:
    found = _found(delivery_id)
    live = is_live(found, is_overruled=found.fault_code in overruled_codes(found))
    return JsonResponse({"live": live, "state": found.state, **asdict(live_of(found))})


def delivery_returns(request: OfficerRequest, delivery_id: uuid.UUID) -> HttpResponse:
    package = get_object_or_404(ReturnPackage.objects.select_related("delivery"), pk=delivery_id)
    request.note(result_count=package.rows)
    name = f"quarantined-{package.delivery.feed}-{package.delivery.sequence}.age"
    answer = HttpResponse(bytes(package.ciphertext), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def feed_health(request: OfficerRequest) -> HttpResponse:
    page = health_page(today=timezone.localdate())
    return TemplateResponse(request, "feeds/health.html", {"page": page})


def upload_delivery(request: OfficerRequest) -> HttpResponse:
    if request.method != "POST":
        return TemplateResponse(request, "feeds/upload.html", {"form": UploadForm()})
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            receipt = _received(form, request)
        except EnvelopeError as fault:
            note_refusal(fault, came_by=CameBy.UPLOAD, received_by=request.officer.id)
            form.add_error(None, f"{fault.code}: {fault}")
        else:
            return redirect("delivery", delivery_id=receipt.delivery.pk)
    for field in dropped_fields(request.upload_handlers):
        dropped = NO_MANIFEST if field == MANIFEST_FIELD else NOT_SEALED
        note_refusal(dropped, came_by=CameBy.UPLOAD, received_by=request.officer.id)
    return TemplateResponse(request, "feeds/upload.html", {"form": form})


def matches(request: OfficerRequest) -> HttpResponse:
    page, doubts = matches_page(request.GET.get("page"))
    request.note(result_count=len(doubts))
    return TemplateResponse(request, "feeds/matches.html", {"page": page, "doubts": doubts})


def _found(delivery_id: uuid.UUID) -> Delivery:
    return get_object_or_404(Delivery.objects.select_related("supplier"), pk=delivery_id)


def _delivery(request: OfficerRequest, found: Delivery, form: OverruleForm) -> HttpResponse:
    page = delivery_page(found, request.officer, now=timezone.now())
    return TemplateResponse(request, "feeds/delivery.html", {"page": page, "form": form})


def _received(form: UploadForm, request: OfficerRequest) -> Receipt:
    """Store the delivery and ring for the worker once it is committed; the sweep finds it otherwise."""
    sealed, manifest = form.cleaned_data["sealed"], form.cleaned_data["manifest"]
    receipt = receive_delivery(manifest.read(), sealed.chunks(), received_by=request.officer.id)
    code = trail.Code.DELIVERY_REPEATED if receipt.is_repeat else trail.Code.DELIVERY_RECEIVED
    trail.record(code, object_type="delivery", object_id=receipt.delivery.pk)
    delivery_id = str(receipt.delivery.pk)
    _ring(lambda: import_task.delay(delivery_id))
    return receipt


def _ring(bell: Callable[[], object]) -> None:
    """Ring for the worker once all is committed. A bell that nobody hears does no harm: the sweep comes by."""
    transaction.on_commit(lambda: bell() and None, robust=True)
