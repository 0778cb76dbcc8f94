"""A table of doors for tests of the gate."""

from typing import cast

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse

from access.gate import OfficerRequest, door
from access.models import Area
from access.permissions import Permission
from audit.codes import Code
from jtrack.urls import handler404
from jtrack.urls import urlpatterns as real

__all__ = ["handler404", "urlpatterns"]

CONTEXT = "SELECT current_setting('jt.ctx', true)"


def secret_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the canary sings")


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404("nobody of that number")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


def answers_500(request: HttpRequest) -> HttpResponse:
    return HttpResponse("something went wrong", status=500)


def streams(request: HttpRequest) -> HttpResponse:
    return cast(HttpResponse, StreamingHttpResponse(iter(["the canary sings"])))


def lazy(request: OfficerRequest) -> HttpResponse:
    """Query only while the template is rendered."""
    page = engines["django"].from_string("{% for area in areas %}{{ area.context }}{% endfor %}")
    areas = Area.objects.extra(select={"context": "current_setting('jt.ctx', true)"})[:1]
    return TemplateResponse(request, page, {"areas": areas})


def notes(request: OfficerRequest) -> HttpResponse:
    request.note(result_count=7, terms="the words searched for")
    return HttpResponse("noted")


def context(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(CONTEXT)
        row = cursor.fetchone()
    return HttpResponse(row[0] if row else "")


urlpatterns = [
    *real,
    *(
        door(f"test/{view.__name__}/", view, may=Permission.VIEW_DELIVERIES, logs=Code.HELP_VIEW)
        for view in (secret_page, missing, broken, answers_500, streams, lazy, notes, context)
    ),
    door(
        "test/posts/", secret_page, may=Permission.VIEW_DELIVERIES, logs=Code.HELP_VIEW, name="posts", methods=("POST",)
    ),
]
