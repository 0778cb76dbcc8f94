"""Who may work at a delivery: one worker at a time, under a fence, and nobody for longer than a lease.

The lease says how long a worker may take. Whether it still lives, the lock on the delivery's
row shows: it is held from soon after the claim to the end of the work, and goes with its holder.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from feeds.models import Delivery

# Longer than the task's own limit, so that a worker is ended by that and not by losing its lease.
LEASE: Final = timedelta(minutes=35)
# Between its claim and its lock a worker holds nothing that could be seen; it is given this long.
SETTLING: Final = timedelta(minutes=1)


class LeaseLostError(Exception):
    """Another worker has taken the delivery over, or the lease ran out; this one publishes nothing."""


def may_be_claimed(now: datetime) -> Q:
    """Return the condition for a delivery that waits for work, as far as its own columns tell."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now + LEASE - SETTLING)
    return free & Q(state=Delivery.State.RECEIVED)


def claim(delivery_id: UUID) -> int | None:
    """Lease a received delivery and return the fence under which to publish, or None.

    A row whose lock somebody holds is being worked at, whatever its lease says.
    Source: security.md 4.4, claim.
    """
    now = timezone.now()
    with transaction.atomic():
        waiting = Delivery.objects.select_for_update(skip_locked=True).filter(may_be_claimed(now), pk=delivery_id)
        delivery = waiting.first()
        if delivery is None:
            return None
        delivery.lease_until, delivery.fence = now + LEASE, delivery.fence + 1
        delivery.save(update_fields=["lease_until", "fence"])
        return delivery.fence


def hold(delivery_id: UUID, fence: int) -> Delivery:
    """Lock a leased delivery to the end of the transaction and return it.

    Raises: LeaseLostError when another worker has it.
    """
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.fence != fence or delivery.state != Delivery.State.RECEIVED:
        raise LeaseLostError(f"delivery {delivery_id}: the lease was lost; another worker has it")
    return delivery


def insist_on_lease(delivery: Delivery) -> None:
    """Check that the lease of a held delivery still runs.

    Raises: LeaseLostError. A worker that slept must not publish what it began before.
    """
    if delivery.lease_until is None or delivery.lease_until < timezone.now():
        raise LeaseLostError(f"delivery {delivery.pk}: the lease ran out; the next sweep takes it up again")
