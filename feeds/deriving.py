"""What follows from a delivery's rows: links, facts, events, projections, routing, overlap."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from feeds.clock import Clock
from feeds.crash_points import CrashPoint, reach
from feeds.linking import Linker, Linking
from feeds.locks import LINK_LOCK, take_lock
from feeds.members import Turnover
from feeds.models import Delivery
from feeds.observing import Streams
from feeds.overlap import record_overlaps
from feeds.reconciliation import Account
from feeds.refreshing import Refresher
from feeds.versions import VersionWriter
from feeds.written import State
from offenders.models import Profile, RecordLink

# The supplier is compared here: while a first file is being written nothing is known of how many records each has,
# and the planner would rather walk through all of a supplier's than look up one by its id.
FOLLOWED: Final = """
SELECT r.token, l.offender_id, r.supplier_id
  FROM offenders_recordlink l JOIN feeds_sourcerecord r ON r.id = l.record_id
 WHERE l.ended_at IS NULL AND l.feed = %s
"""
DOUBTFUL: Final = """
SELECT r.token, r.supplier_id
  FROM feeds_matchcase c JOIN feeds_sourcerecord r ON r.id = c.record_id
 WHERE c.closed_at IS NULL AND c.feed = %s
   AND NOT EXISTS (SELECT FROM offenders_recordlink l WHERE l.record_id = c.record_id AND l.ended_at IS NULL)
"""


def link_and_derive(
    delivery: Delivery,
    writer: VersionWriter,
    turnover: Turnover,
    account: Account,
    clock: Clock,
) -> None:
    """Link the changed records and bring everybody they touch into line; fill in the account."""
    with clock.step("Matched to people"):
        take_lock(LINK_LOCK)
        account.linking = Linker(delivery).link(writer.written.changed_records())
    reach(CrashPoint.LINKED)
    with clock.step("Custody facts, release dates and events"):
        streams = Streams(publishing=delivery)
        refresher = Refresher(
            streams,
            delivery_id=delivery.pk,
            because=_because(delivery, streams),
            today=timezone.localdate(),
            rejoined=account.linking.joined,
        )
        people = _people_touched(delivery, writer, turnover, account.linking)
        account.refreshed = refresher.refresh(people)
    reach(CrashPoint.DERIVED)
    account.followed_tokens = _followed_tokens(delivery)
    written = writer.written
    account.overlaps = record_overlaps(delivery, known=written.accepted(new=False), new=written.accepted(new=True))


def _people_touched(delivery: Delivery, writer: VersionWriter, turnover: Turnover, linking: Linking) -> set[UUID]:
    """Whose facts the delivery can have changed: rows that differ, comings, goings, new links."""
    if delivery.corrects is not None:
        # A corrected file speaks of everybody it held: all who are followed in the feed are derived anew.
        return set(_live_links(delivery).values_list("offender_id", flat=True)) | linking.people
    moved = (turnover.came, turnover.gone, turnover.differs_later)
    people = set(linking.people)
    for token, person in _followed(delivery):
        if writer.written.state_of(token) in (State.NEW, State.CHANGED) or any(token in some for some in moved):
            people.add(person)
    return people


def _followed(delivery: Delivery) -> Iterator[tuple[bytes, UUID]]:
    """Yield the token and the person of each record of the stream that has one; a national file changes far more."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED, [delivery.feed])
        found = cursor.fetchall()
    return ((bytes(token), person) for token, person, supplier in found if supplier == delivery.supplier_id)


def _live_links(delivery: Delivery) -> QuerySet[RecordLink]:
    return RecordLink.objects.filter(feed=delivery.feed, ended_at__isnull=True)


def _followed_tokens(delivery: Delivery) -> tuple[set[bytes], set[bytes]]:
    """The tokens of tracked people's records in this feed, and of records under review."""
    tracked = set(Profile.objects.exclude(strand="").values_list("pk", flat=True))
    followed = {token for token, person in _followed(delivery) if person in tracked}
    with connection.cursor() as cursor:
        cursor.execute(DOUBTFUL, [delivery.feed])
        found = cursor.fetchall()
    return followed, {bytes(token) for token, supplier in found if supplier == delivery.supplier_id}


def _because(delivery: Delivery, streams: Streams) -> str:
    stream = streams.of(delivery.feed, delivery.supplier_id)
    if delivery.corrects is not None:
        return "correction"
    return "late_file" if stream.after(delivery.position) is not None else "stated"
