"""What the machines that watch the site ask: is it alive, and may officers be sent to it?"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from jtrack.health import kept


@require_safe
def health_live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view is handed the request
    return JsonResponse({"alive": True})


@require_safe
def health_ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view is handed the request
    health = kept.health()
    words = {
        "ready": health.is_ready,
        "database": health.database,
        "migrations": health.migrations,
        "keys": health.keys,
        "broker": health.broker,
    }
    return JsonResponse(words, status=HTTPStatus.OK if health.is_ready else HTTPStatus.SERVICE_UNAVAILABLE)
