"""Finds deliveries that wait for work: new ones, and those whose worker's lease ran out."""

from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from feeds.models import Delivery


def deliveries_to_do() -> list[UUID]:
    """Return received deliveries that no live lease holds, in the order of their extracts."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    waiting = Delivery.objects.filter(free, state=Delivery.State.RECEIVED)
    return list(waiting.order_by("position", "feed").values_list("pk", flat=True))
