"""The alerts that an officer may see: what waits, what is done, what was withdrawn or came too late.

Whose alerts these are is said by row security alone; nothing here filters by area.
"""

from typing import Final
from uuid import UUID

from django.db.models import Exists, Func, OuterRef, Q, Subquery

from access.officers import OfficerContext
from custody.alert_models import Alert, AlertQuerySet, AlertSetting

NEWEST_FIRST: Final = ("-delivered_at", "-occurred_at", "pk")


class ArrayOfOne(Func):
    """One value as an array, to be held against one."""

    function = "ARRAY"
    template = "ARRAY[%(expressions)s]"


def inbox(officer: OfficerContext) -> AlertQuerySet:
    """Return what waits for an acknowledgement, passed-on ones first, then the newest.

    Kinds that the officer switched off are left out, unless one was passed on to them.
    """
    return _shown(_wanted(officer)).order_by("-level", *NEWEST_FIRST)


def unacknowledged_count(officer: OfficerContext) -> int:
    """Return how many alerts wait in the officer's inbox. One query: every page asks."""
    return _wanted(officer).count()


def acknowledged() -> AlertQuerySet:
    """Return what somebody has acknowledged, the newest first."""
    return _shown(Alert.objects.told().live().filter(acknowledged_at__isnull=False).once()).order_by(*NEWEST_FIRST)


def withdrawn() -> AlertQuerySet:
    """Return what was told and turned out wrong, the newest first."""
    found = Alert.objects.told().filter(withdrawn_at__isnull=False)
    return _shown(found).order_by("-withdrawn_at", *NEWEST_FIRST)


def late() -> AlertQuerySet:
    """Return what was kept and not sent, because it came too late to be of use."""
    return _shown(Alert.objects.live().filter(late=True).once()).order_by("-occurred_at", "pk")


def of_person(offender_id: UUID) -> AlertQuerySet:
    """Return the alerts of one person that were told or came too late, withdrawn ones too, the newest first."""
    known = Alert.objects.filter(offender_id=offender_id).filter(Q(late=True) | Q(delivered_at__isnull=False))
    return _shown(known.once()).order_by("-occurred_at", "pk")


def _wanted(officer: OfficerContext) -> AlertQuerySet:
    newest = AlertSetting.objects.filter(officer_id=officer.id).order_by("-pk").values("pk")[:1]
    kind = ArrayOfOne(OuterRef("kind"), output_field=AlertSetting._meta.get_field("kinds_off"))
    switched_off = AlertSetting.objects.filter(pk=Subquery(newest), kinds_off__contains=kind)
    return Alert.objects.waiting().once().exclude(Exists(switched_off), level=0)


def _shown(found: AlertQuerySet) -> AlertQuerySet:
    return found.prefetch_related("acknowledgements", "hops")
