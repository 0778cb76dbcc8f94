"""The headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

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
