"""Finds deliveries that wait for work: new ones, and those that a worker may have left behind."""

from uuid import UUID

from django.utils import timezone

from feeds.leases import may_be_claimed
from feeds.models import Delivery


def deliveries_to_do() -> list[UUID]:
    """Return received deliveries in the order of their extracts.

    Those that somebody is working at may be among them: the claim finds that out.
    """
    waiting = Delivery.objects.filter(may_be_claimed(timezone.now()))
    return list(waiting.order_by("position", "feed").values_list("pk", flat=True))
