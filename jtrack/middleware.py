"""What every answer passes: it is numbered, timed, counted and logged, and carries the headers of the site."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from audit.numbers import number_requests
from jtrack.logging import OwnWord, known_method
from jtrack.metrics.requests import NO_DOOR, STATIC, count_answer

logger = logging.getLogger("jtrack.answers")
ANSWER = OwnWord("answer")

# The one page with an image in its text: the code that an authenticator app photographs.
PAGES_WITH_DATA_IMAGES = frozenset({"mfa_activate_totp"})
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers then send a form's origin as null, and the form's token check refuses it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
    "X-Robots-Tag": "noindex, nofollow",
}
CLEAR_SITE_DATA = '"cache", "cookies", "storage"'
# A machine asks for these every few seconds.
NOT_LOGGED = frozenset({"health_live", "health_ready", STATIC})


def watched(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Return middleware that numbers each request and tells counts and log, by door, how it was answered.

    Neither ever holds an address: it names people, and may be whatever somebody typed.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        number_requests(uuid.uuid4())
        try:
            response = get_response(request)
            _tell(request, response.status_code, time.perf_counter() - began)
        finally:
            number_requests(None)
        return response

    return answer


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    door = _door(request)
    count_answer(door=door, method=request.method, status=status, seconds=seconds)
    if door not in NOT_LOGGED:
        method, milliseconds = OwnWord(known_method(request.method)), round(seconds * 1000)
        told = {"door": OwnWord(door), "method": method, "status": status, "milliseconds": milliseconds}
        logger.info("%s %s %s in %d ms", method, door, status, milliseconds, extra={"event": ANSWER, **told})


def _door(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None and match.url_name:
        return match.url_name
    return STATIC if request.path.startswith(settings.STATIC_URL) else NO_DOOR


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Return middleware that lets a page load from this site only, be kept nowhere and be framed by nobody.

    Source: security.md A14 and A15.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for header, value in HEADERS.items():
            if header == "Cache-Control" and request.path.startswith(settings.STATIC_URL):
                continue
            response[header] = value
        response["Content-Security-Policy"] = _policy(request)
        if _signs_out(request):
            response["Clear-Site-Data"] = CLEAR_SITE_DATA
        return response

    return answer


def _policy(request: HttpRequest) -> str:
    match = request.resolver_match
    policy = dict(CONTENT_SECURITY_POLICY)
    if match and match.url_name in PAGES_WITH_DATA_IMAGES:
        policy["img-src"] = "'self' data:"
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())


def _signs_out(request: HttpRequest) -> bool:
    match = request.resolver_match
    return bool(match and match.url_name == "account_logout" and request.method == "POST")
