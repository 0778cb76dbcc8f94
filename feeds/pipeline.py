"""Publishes one delivery: opened in memory, written, linked, derived and accounted for at once.

Everything happens in one transaction under a lease and its fence. Officers see
the state before the delivery or after it; a refusal leaves nothing behind.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit import trail
from feeds.clock import Clock
from feeds.crash_points import CrashPoint, reach
from feeds.deriving import link_and_derive
from feeds.health import end_incident
from feeds.locks import FEED_LOCKS, take_lock
from feeds.manifest import EnvelopeError
from feeds.members import record_members
from feeds.models import Delivery, QuarantinedRow
from feeds.overriding import overruled_codes
from feeds.progress import ProgressTeller
from feeds.reading import read_delivery
from feeds.reconciliation import Account, statement_of
from feeds.sources import FileFault
from feeds.streams import stream_of
from feeds.thresholds import ThresholdFault, check_quarantine, check_vanished
from feeds.versions import VersionWriter

LEASE: Final = timedelta(minutes=35)


class LeaseLostError(Exception):
    """Another worker has taken the delivery over; this one publishes nothing."""


def import_delivery(delivery_id: UUID) -> Delivery:
    """Publish, refuse or hold a received delivery, and return it as it stands then.

    A delivery that is not waiting for work, or that another worker holds, is
    returned as it is: the same work may be asked for any number of times.
    """
    fence = claim(delivery_id)
    if fence is None:
        return Delivery.objects.get(pk=delivery_id)
    reach(CrashPoint.CLAIMED)
    try:
        with transaction.atomic():
            _publish(delivery_id, fence)
    except (FileFault, EnvelopeError) as fault:
        _refuse(delivery_id, fence, fault)
        reach(CrashPoint.REFUSED)
    else:
        reach(CrashPoint.PUBLISHED)
    return Delivery.objects.get(pk=delivery_id)


def claim(delivery_id: UUID) -> int | None:
    """Lease a received delivery and return the fence under which to publish, or None."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    taken = Delivery.objects.filter(free, pk=delivery_id, state=Delivery.State.RECEIVED).update(
        lease_until=now + LEASE, fence=F("fence") + 1
    )
    if not taken:
        return None
    return Delivery.objects.values_list("fence", flat=True).get(pk=delivery_id)


def _publish(delivery_id: UUID, fence: int) -> None:
    take_lock(FEED_LOCKS[_feed_of(delivery_id)])
    delivery = _held(delivery_id, fence)
    teller = ProgressTeller(delivery.pk, rows=delivery.rows)
    clock = Clock(teller)
    stream = stream_of(delivery.feed, delivery.supplier_id)
    earlier, later = stream.before(delivery.position), stream.after(delivery.position)
    writer = VersionWriter(delivery, later=later)
    with clock.step("Opened, checked and compared"):
        reader, quarantine = read_delivery(delivery, writer, teller)
    reach(CrashPoint.ROWS_WRITTEN)
    account = Account(delivery=delivery, reader=reader, written=writer.written)
    with clock.step("Compared with the file before"):
        tokens = writer.written.tokens.keys() | quarantine.tokens
        turnover = record_members(delivery, set(tokens), earlier=earlier, later=later)
        QuarantinedRow.objects.bulk_create(quarantine.rows, batch_size=1000)
    reach(CrashPoint.MEMBERS_RECORDED)
    account.quarantine, account.turnover = quarantine.rows, turnover
    overruled = overruled_codes(delivery)
    check_quarantine(reader.rows_seen, len(quarantine.rows), overruled)
    check_vanished(delivery, tokens, stream.to_compare_with(delivery), overruled)
    link_and_derive(delivery, writer, turnover, account, clock)
    delivery.statement = statement_of(account, clock.steps)
    delivery.state, delivery.published_at = Delivery.State.PUBLISHED, timezone.now()
    delivery.lease_until = None
    delivery.save()
    end_incident(delivery, today=timezone.localdate())
    reach(CrashPoint.ACCOUNTED)
    _record_in_trail(delivery, account)
    reach(CrashPoint.RECORDED_IN_TRAIL)
    teller.done()


def _record_in_trail(delivery: Delivery, account: Account) -> None:
    """Written before the commit: what could not be recorded is not published."""
    told: dict[str, Any] = {"object_type": "delivery", "object_id": delivery.pk, "delivery_id": delivery.pk}
    if account.linking.people:
        people = account.linking.people
        linked = len(account.linking.linked)
        trail.record(trail.Code.RECORDS_LINKED, people=people, result_count=linked, **told)
    trail.record(trail.Code.DELIVERY_PUBLISHED, result_count=account.reader.rows_seen, **told)


def _refuse(delivery_id: UUID, fence: int, fault: FileFault | EnvelopeError) -> None:
    """Keep why the file was not taken; a threshold waits for an operator, the rest is refused."""
    waits = isinstance(fault, ThresholdFault)
    message = fault.message if isinstance(fault, FileFault) else f"{fault.place}: {fault.thing}"
    changed = Delivery.objects.filter(pk=delivery_id, fence=fence, state=Delivery.State.RECEIVED).update(
        state=Delivery.State.WAITING if waits else Delivery.State.REFUSED,
        refused_at=timezone.now(),
        lease_until=None,
        fault_code=fault.code,
        fault_message=message[:300],
        fault_cure=fault.cure[:300],
    )
    if changed:
        code = trail.Code.DELIVERY_HELD if waits else trail.Code.DELIVERY_REFUSED
        trail.record(code, object_type="delivery", object_id=delivery_id, delivery_id=delivery_id)


def _held(delivery_id: UUID, fence: int) -> Delivery:
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.fence != fence or delivery.state != Delivery.State.RECEIVED:
        raise LeaseLostError(f"delivery {delivery_id}: the lease was lost; another worker has it")
    return delivery


def _feed_of(delivery_id: UUID) -> str:
    return Delivery.objects.values_list("feed", flat=True).get(pk=delivery_id)
