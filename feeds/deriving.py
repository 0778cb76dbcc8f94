"""What follows from a delivery's rows: links, facts, events, projections, routing, overlap."""

from uuid import UUID

from django.utils import timezone

from feeds.clock import Clock
from feeds.crash_points import CrashPoint, reach
from feeds.linking import Linker, Linking
from feeds.locks import LINK_LOCK, take_lock
from feeds.members import Turnover
from feeds.models import Delivery, MatchCase, SourceRecord
from feeds.observing import Streams
from feeds.overlap import record_overlaps
from feeds.reconciliation import Account
from feeds.refreshing import Refresher
from feeds.versions import VersionWriter
from offenders.links import live_links
from offenders.models import Profile, RecordLink


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
        account.linking = Linker(delivery).link(writer.written.changed.values())
    reach(CrashPoint.LINKED)
    with clock.step("Custody facts, release dates and events"):
        streams = Streams(publishing=delivery)
        refresher = Refresher(
            streams,
            delivery_id=delivery.pk,
            because=_because(delivery, streams),
            today=timezone.localdate(),
        )
        people = _people_touched(delivery, writer, turnover, account.linking)
        account.refreshed = refresher.refresh(people)
    reach(CrashPoint.DERIVED)
    account.followed_tokens = _followed_tokens(delivery)
    accepted = writer.written.tokens.keys() - writer.written.conflicts.keys()
    account.overlaps = record_overlaps(delivery, accepted, known_before=accepted - writer.written.new_tokens)


def _people_touched(delivery: Delivery, writer: VersionWriter, turnover: Turnover, linking: Linking) -> set[UUID]:
    """Whose facts the delivery can have changed: rows that differ, comings, goings, new links."""
    records = set(writer.written.changed.values())
    moved = turnover.came | turnover.gone | turnover.differs_later
    records |= set(
        SourceRecord.objects.filter(
            feed=delivery.feed, supplier_id=delivery.supplier_id, token__in=list(moved)
        ).values_list("pk", flat=True)
    )
    if delivery.corrects is not None:
        records |= _records_linked(delivery)
    return set(live_links(records).values()) | linking.people


def _records_linked(delivery: Delivery) -> set[UUID]:
    """A corrected file speaks of everybody it held: all followed records are derived anew."""
    linked = RecordLink.objects.filter(feed=delivery.feed, ended_at__isnull=True)
    return set(linked.values_list("record_id", flat=True))


def _followed_tokens(delivery: Delivery) -> tuple[set[bytes], set[bytes]]:
    """The tokens of tracked people's records in this feed, and of records under review."""
    ours = SourceRecord.objects.filter(feed=delivery.feed, supplier_id=delivery.supplier_id)
    tracked = Profile.objects.exclude(strand="").values("pk")
    links = RecordLink.objects.filter(ended_at__isnull=True)
    followed = ours.filter(pk__in=links.filter(offender_id__in=tracked).values("record_id"))
    doubtful = ours.filter(pk__in=MatchCase.objects.filter(closed_at__isnull=True).values("record_id")).exclude(
        pk__in=links.values("record_id")
    )
    return (
        {bytes(token) for token in followed.values_list("token", flat=True)},
        {bytes(token) for token in doubtful.values_list("token", flat=True)},
    )


def _because(delivery: Delivery, streams: Streams) -> str:
    stream = streams.of(delivery.feed, delivery.supplier_id)
    if delivery.corrects is not None:
        return "correction"
    return "late_file" if stream.after(delivery.position) is not None else "stated"
