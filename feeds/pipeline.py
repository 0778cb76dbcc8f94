"""Publishes one delivery: opened in memory, written, linked, derived and accounted for at once.

Everything happens in one transaction under a lease and its fence. Officers see
the state before the delivery or after it; a refusal leaves nothing behind.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from access.models import Area
from audit import trail
from custody.models import Establishment
from feeds.envelope import open_sealed
from feeds.keys import service_identity
from feeds.linking import Linker, Linking
from feeds.manifest import EnvelopeError, Manifest
from feeds.members import Turnover, record_members
from feeds.models import Delivery, MatchCase, QuarantinedRow, SourceRecord
from feeds.observing import Streams
from feeds.overriding import overruled_codes
from feeds.reconciliation import Account, statement_of
from feeds.refreshing import Refresher
from feeds.sealed_stream import SealedStream
from feeds.sources import FileFault, Known, Reader, RowFault, source_for
from feeds.streams import stream_of
from feeds.thresholds import (
    ThresholdFault,
    check_control_total,
    check_quarantine,
    check_vanished,
)
from feeds.versions import VersionWriter, record_token
from offenders.links import live_links
from offenders.models import Profile, RecordLink

LEASE: Final = timedelta(minutes=35)
# One lock for each feed, and one for linking, which looks across all feeds.
LINK_LOCK: Final = 0x6A74_0000
FEED_LOCKS: Final = {"prison_roll": 0x6A74_0001, "ppo": 0x6A74_0002}
EXTRA_ESTABLISHMENTS: Final = frozenset({"TRN", "OUT"})


class LeaseLostError(Exception):
    """Another worker has taken the delivery over; this one publishes nothing."""


@dataclass(slots=True)
class Quarantine:
    """The rows that could not be taken, and whose they are as far as that can be read."""

    rows: list[QuarantinedRow] = field(default_factory=list)
    tokens: set[bytes] = field(default_factory=set)

    def add(self, delivery: Delivery, fault: RowFault) -> None:
        """Keep a faulty row; a key that could be read says that its person is present."""
        keys = [key for key in (fault.key, *fault.also) if key]
        tokens = [record_token(delivery.feed, key) for key in keys]
        self.tokens |= set(tokens)
        self.rows.append(
            QuarantinedRow(
                delivery=delivery,
                line=fault.line,
                code=fault.code,
                field=fault.field[:60],
                message=fault.message[:300],
                cure=fault.cure[:300],
                token=tokens[0] if tokens else None,
            )
        )


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
    clock = Clock()
    _lock(FEED_LOCKS[_feed_of(delivery_id)])
    delivery = _held(delivery_id, fence)
    stream = stream_of(delivery.feed, delivery.supplier_id)
    earlier, later = stream.before(delivery.position), stream.after(delivery.position)
    writer = VersionWriter(delivery, later=later)
    with clock.step("Opened, checked and compared"):
        reader, quarantine = _read(delivery, writer)
    account = Account(delivery=delivery, reader=reader, written=writer.written)
    with clock.step("Compared with the file before"):
        tokens = writer.written.tokens.keys() | quarantine.tokens
        turnover = record_members(delivery, set(tokens), earlier=earlier, later=later)
        QuarantinedRow.objects.bulk_create(quarantine.rows, batch_size=1000)
    account.quarantine, account.turnover = quarantine.rows, turnover
    overruled = overruled_codes(delivery)
    check_quarantine(reader.rows_seen, len(quarantine.rows), overruled)
    check_vanished(delivery, tokens, stream.to_compare_with(delivery), overruled)
    _link_and_derive(delivery, writer, turnover, account, clock)
    delivery.statement = statement_of(account, clock.steps)
    delivery.state, delivery.published_at = Delivery.State.PUBLISHED, timezone.now()
    delivery.lease_until = None
    delivery.save()
    _record_in_trail(delivery, account)


def _record_in_trail(delivery: Delivery, account: Account) -> None:
    """Written before the commit: what could not be recorded is not published."""
    told: dict[str, Any] = {"object_type": "delivery", "object_id": delivery.pk, "delivery_id": delivery.pk}
    if account.linking.people:
        people = account.linking.people
        linked = len(account.linking.linked)
        trail.record(trail.Code.RECORDS_LINKED, people=people, result_count=linked, **told)
    trail.record(trail.Code.DELIVERY_PUBLISHED, result_count=account.reader.rows_seen, **told)


def _link_and_derive(
    delivery: Delivery,
    writer: VersionWriter,
    turnover: Turnover,
    account: Account,
    clock: "Clock",
) -> None:
    with clock.step("Matched to people"):
        _lock(LINK_LOCK)
        account.linking = Linker(delivery).link(writer.written.changed.values())
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
    account.followed_tokens = _followed_tokens(delivery)


def _read(delivery: Delivery, writer: VersionWriter) -> tuple[Reader, Quarantine]:
    """Read the file to its clean end; nothing of it counts before that."""
    manifest = Manifest.from_json(json.dumps(delivery.manifest).encode())
    overridden = overruled_codes(delivery)
    quarantine = Quarantine()
    pieces = delivery.pieces.order_by("number").values_list("ciphertext", flat=True)
    ciphertext = (bytes(piece) for piece in pieces.iterator(chunk_size=4))
    with open_sealed(ciphertext, identity=service_identity(), manifest=manifest) as stream:
        reader = source_for(manifest).read(stream, manifest, known=_known(), overridden=overridden)
        for row in reader:
            if isinstance(row, RowFault):
                quarantine.add(delivery, row)
            else:
                writer.add(row)
        _insist_on_end(stream)
    writer.flush()
    check_control_total(manifest.rows, reader.rows_seen, overridden)
    _quarantine_conflicts(quarantine, delivery, writer)
    return reader, quarantine


def _insist_on_end(stream: SealedStream) -> None:
    """Good plaintext comes out before a cut is known: read on until the last check has passed."""
    while not stream.complete and stream.read(65536):
        continue


def _quarantine_conflicts(quarantine: Quarantine, delivery: Delivery, writer: VersionWriter) -> None:
    """One key with two contents: which is right is for the sender to say. Source: feeds.md 10.4."""
    writer.take_back_conflicts()
    for token, lines in writer.written.conflicts.items():
        for line in lines:
            quarantine.rows.append(
                QuarantinedRow(
                    delivery=delivery,
                    line=line,
                    code="K-01",
                    field="key",
                    message=f"line {line}: the same key stands here with different content",
                    cure="Ask the sender which row is right, and for a corrected file",
                    token=token,
                )
            )


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


def _known() -> Known:
    establishments = Establishment.objects.values_list("code", flat=True)
    areas = dict(Area.objects.values_list("code", "force_id"))
    return Known(frozenset(establishments) | EXTRA_ESTABLISHMENTS, areas)


def _lock(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


class Clock:
    """Times the steps of an import, for the delivery's page."""

    def __init__(self) -> None:
        """Start at nothing."""
        self.steps: list[tuple[str, float]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step, in seconds."""
        started = time.perf_counter()
        yield
        self.steps.append((name, round(time.perf_counter() - started, 3)))
