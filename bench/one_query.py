"""The least site that is one: a view with one query."""

from django.http import HttpRequest, HttpResponse  # noqa: TID251 - a view of the peer
from django.urls import path

from access.models import Area


def one_query(_request: HttpRequest) -> HttpResponse:
    """Answer with what one query finds."""
    return HttpResponse(Area.objects.get(code="00DA").name)


urlpatterns = [path("", one_query)]
