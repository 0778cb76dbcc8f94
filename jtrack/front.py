"""The front door: everybody's first page is the morning of their own duty."""

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse  # noqa: TID251 - the type of what every morning answers

from access import views as access
from access.gate import OfficerRequest
from access.permissions import Permission
from audit import views as audit
from custody import views as custody
from feeds import views as feeds

# The first permission that an officer holds decides; people come before files, and files before figures.
MORNINGS: Final[tuple[tuple[Permission, Callable[[OfficerRequest], HttpResponse]], ...]] = (
    (Permission.VIEW_CASELOAD, custody.area_morning),
    (Permission.RECORD_MOVEMENT, custody.liaison_morning),
    (Permission.VIEW_DIP, custody.dip_morning),
    (Permission.VIEW_DELIVERIES, feeds.operator_morning),
    (Permission.VIEW_MATCHES, feeds.reviewer_morning),
    (Permission.VIEW_AUDIT, audit.assurance_morning),
    (Permission.MANAGE_OFFICERS, access.admin_morning),
    (Permission.VIEW_FIGURES, feeds.national_morning),
)


def morning(request: OfficerRequest) -> HttpResponse:
    """Answer with the morning of the officer's duty; every role has one, which a test proves."""
    return next(view for permission, view in MORNINGS if request.officer.may(permission))(request)
