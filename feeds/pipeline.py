"""Publishes one delivery: opened in memory, written, linked, derived and accounted for at once.

Everything happens in one transaction under a lease and its fence. Officers see
the state before the delivery or after it; a refusal leaves nothing behind.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import trail
from feeds.clock import Clock
from feeds.crash_points import CrashPoint, reach
from feeds.deriving import link_and_derive
from feeds.health import end_incident
from feeds.leases import claim, hold, insist_on_lease
from feeds.locks import FEED_LOCKS, take_lock
from feeds.manifest import EnvelopeError
from feeds.members import Present, record_members
from feeds.models import Delivery
from feeds.overriding import OVERRULABLE, overruled_codes
from feeds.progress import ProgressTeller
from feeds.reading import keep_quarantine, read_delivery
from feeds.reconciliation import Account, statement_of
from feeds.sources import FileFault
from feeds.streams import stream_of
from feeds.thresholds import check_quarantine, check_vanished
from feeds.versions import VersionWriter


def import_delivery(delivery_id: UUID) -> Delivery:
    """Publish, refuse or hold a received delivery, and return it as it stands then.

    A delivery that is not waiting for work, or that another worker holds, is
    returned as it is: the same work may be asked for any number of times.
    Raises: LeaseLostError when another worker took the delivery over meanwhile.
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


def _publish(delivery_id: UUID, fence: int) -> None:
    # The row first: its lock tells others that this worker lives while it waits for the feed's.
    delivery = hold(delivery_id, fence)
    take_lock(FEED_LOCKS[delivery.feed])
    teller = ProgressTeller(delivery.pk, rows=delivery.rows)
    clock = Clock(teller)
    stream = stream_of(delivery.feed, delivery.supplier_id)
    earlier, later = stream.before(delivery.position), stream.after(delivery.position)
    writer = VersionWriter(delivery, earlier=earlier, later=later)
    with clock.step("Opened, checked and compared"):
        reading = read_delivery(delivery, writer, teller)
    reader, quarantine = reading.reader, reading.quarantine
    reach(CrashPoint.ROWS_WRITTEN)
    account = Account(delivery=delivery, reader=reader, written=writer.written, fields=reading.fields)
    with clock.step("Compared with the file before"):
        tokens = Present(writer.written.tokens, quarantine.tokens)
        turnover = record_members(delivery, tokens, earlier=earlier, later=later)
        keep_quarantine(delivery, quarantine)
    reach(CrashPoint.MEMBERS_RECORDED)
    account.quarantine, account.turnover = quarantine.rows, turnover
    overruled = overruled_codes(delivery)
    check_quarantine(reader.rows_seen, len(quarantine.rows), overruled)
    check_vanished(delivery, tokens, stream, overruled)
    link_and_derive(delivery, writer, turnover, account, clock)
    delivery.statement = statement_of(account, clock.steps)
    insist_on_lease(delivery)
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
    """Keep why the file was not taken; what an operator may know better waits for one, the rest is refused."""
    waits = fault.code in OVERRULABLE
    message = fault.message if isinstance(fault, FileFault) else f"{fault.place}: {fault.thing}"
    with transaction.atomic():
        delivery = hold(delivery_id, fence)
        delivery.state = Delivery.State.WAITING if waits else Delivery.State.REFUSED
        delivery.refused_at, delivery.lease_until = timezone.now(), None
        delivery.fault_code = fault.code
        delivery.fault_message, delivery.fault_cure = message[:300], fault.cure[:300]
        delivery.save()
        code = trail.Code.DELIVERY_HELD if waits else trail.Code.DELIVERY_REFUSED
        # Before the commit, as with publishing: a refusal that nobody could read up has not happened.
        trail.record(code, object_type="delivery", object_id=delivery_id, delivery_id=delivery_id)
        reach(CrashPoint.REFUSAL_RECORDED)
