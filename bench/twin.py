"""The bare twin's addresses: the same views and templates behind no session, no gate and no audit."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse  # noqa: TID251 - a view of the twin
from django.urls import URLPattern, path

from access.gate import Door, OfficerRequest
from access.officers import OfficerContext
from access.visits import Notes
from jtrack.urls import urlpatterns as doors

MIDDLEWARE = [
    "jtrack.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]


class Asking:
    """Who asks the twin; it looks nobody up."""

    officer: OfficerContext


def bare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return the view without its door."""

    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        known = cast(OfficerRequest, request)
        known.officer, known.note = Asking.officer, Notes()
        return view(known, **kwargs)

    return answer


def _without_door(entry: URLPattern) -> URLPattern:
    kept = entry.callback.door  # type: ignore[attr-defined]  # the mark that the door leaves
    view = bare(kept.view) if isinstance(kept, Door) else entry.callback
    return path(str(entry.pattern), view, name=entry.name)


urlpatterns = [_without_door(entry) for entry in doors]
