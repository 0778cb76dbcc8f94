"""The pages on deliveries and the plain list of doubtful matches."""

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from access.gate import OfficerRequest
from audit import trail
from feeds.doubts import matches_page
from feeds.forms import UploadForm
from feeds.manifest import EnvelopeError
from feeds.models import Delivery
from feeds.pages import deliveries_page, delivery_page
from feeds.receiving import Receipt, receive_delivery
from feeds.tasks import import_task


def deliveries(request: OfficerRequest) -> HttpResponse:
    listed = deliveries_page(request.GET.get("page"))
    return TemplateResponse(request, "feeds/deliveries.html", {"deliveries": listed})


def delivery(request: OfficerRequest, delivery_id: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("supplier"), pk=delivery_id)
    page = delivery_page(found, now=timezone.now())
    return TemplateResponse(request, "feeds/delivery.html", {"page": page})


def upload_delivery(request: OfficerRequest) -> HttpResponse:
    if request.method != "POST":
        return TemplateResponse(request, "feeds/upload.html", {"form": UploadForm()})
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            receipt = _received(form, request)
        except EnvelopeError as fault:
            trail.record(trail.Code.DELIVERY_REFUSED, reason_code=fault.code)
            form.add_error(None, f"{fault.code}: {fault}")
        else:
            return redirect("delivery", delivery_id=receipt.delivery.pk)
    return TemplateResponse(request, "feeds/upload.html", {"form": form})


def matches(request: OfficerRequest) -> HttpResponse:
    page, doubts = matches_page(request.GET.get("page"))
    request.note(result_count=len(doubts))
    return TemplateResponse(request, "feeds/matches.html", {"page": page, "doubts": doubts})


def _received(form: UploadForm, request: OfficerRequest) -> Receipt:
    """Store the delivery and ring for the worker once it is committed; the sweep finds it otherwise."""
    sealed, manifest = form.cleaned_data["sealed"], form.cleaned_data["manifest"]
    receipt = receive_delivery(manifest.read(), sealed.chunks(), received_by=request.officer.id)
    code = trail.Code.DELIVERY_REPEATED if receipt.is_repeat else trail.Code.DELIVERY_RECEIVED
    trail.record(code, object_type="delivery", object_id=receipt.delivery.pk)
    delivery_id = str(receipt.delivery.pk)
    transaction.on_commit(lambda: import_task.delay(delivery_id), robust=True)
    return receipt
