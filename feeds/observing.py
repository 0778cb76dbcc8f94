"""Puts a record's row versions and member runs together as observations, extract by extract."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from feeds.models import Delivery, DeliveryMember, RowVersion, SourceRecord
from feeds.sources.rows import Content
from feeds.streams import Stream, stream_of
from feeds.versions import opened_content
from vault.among import among


@dataclass(frozen=True, slots=True)
class Seen:
    """What one effective delivery held of a record; no content means that it did not hold it."""

    delivery: Delivery
    content: Content | None


@dataclass(frozen=True, slots=True)
class Sight:
    """A record with everything its stream's deliveries within the window held of it.

    ``last_seen_at`` is the last extract before the window that held it.
    """

    record_id: UUID
    feed: str
    stream: Stream
    seen: tuple[Seen, ...]
    last_seen_at: datetime | None = None


class Streams:
    """The streams needed in one piece of work, each read once."""

    def __init__(self, publishing: Delivery | None = None) -> None:
        """Count the delivery being published as published."""
        self._publishing = publishing
        self._known: dict[tuple[str, str], Stream] = {}

    def of(self, feed: str, supplier_id: str) -> Stream:
        """Return the stream of a feed and supplier."""
        key = (feed, supplier_id)
        if key not in self._known:
            publishing = self._publishing
            ours = publishing is not None and (publishing.feed, publishing.supplier_id) == key
            self._known[key] = stream_of(feed, supplier_id, with_delivery=publishing if ours else None)
        return self._known[key]


def sights_of(record_ids: Iterable[UUID], streams: Streams) -> Iterator[Sight]:
    """Yield what the deliveries within the window held of each record."""
    records = list(SourceRecord.objects.filter(among("id", record_ids)))
    versions = _versions([record.pk for record in records])
    runs = _runs(records)
    for record in records:
        stream = streams.of(record.feed, record.supplier_id)
        ran = runs[record.feed, record.supplier_id, bytes(record.token)]
        seen = tuple(_seen(stream, record.pk, versions[record.pk], ran))
        yield Sight(record.pk, record.feed, stream, seen, _last_seen_before(stream, ran))


def _seen(
    stream: Stream, record: UUID, versions: Mapping[int, bytes], runs: list[tuple[int, int | None]]
) -> Iterator[Seen]:
    start = stream.window_start
    positions = sorted(versions)
    opened: dict[int, Content] = {}
    for delivery in stream.effective:
        if start is None or delivery.extract_at < start:
            continue
        if not any(_covers(run, delivery.position) for run in runs):
            yield Seen(delivery, None)
            continue
        at = bisect_right(positions, delivery.position)
        if at == 0:
            # The row stood there but could not be read: no version, and no absence.
            continue
        position = positions[at - 1]
        if position not in opened:
            opened[position] = opened_content(record, versions[position])
        yield Seen(delivery, opened[position])


def _last_seen_before(stream: Stream, runs: list[tuple[int, int | None]]) -> datetime | None:
    start = stream.window_start
    for delivery in reversed(stream.effective):
        if start is not None and delivery.extract_at < start and any(_covers(run, delivery.position) for run in runs):
            return delivery.extract_at
    return None


def _covers(run: tuple[int, int | None], position: int) -> bool:
    first, last = run
    return first <= position and (last is None or position <= last)


def _versions(record_ids: list[UUID]) -> dict[UUID, dict[int, bytes]]:
    """Return the sealed content of each version, by record and position."""
    found: dict[UUID, dict[int, bytes]] = defaultdict(dict)
    held = RowVersion.objects.filter(among("record_id", record_ids))
    for record, position, content in held.values_list("record_id", "position", "content"):
        found[record][position] = content.token
    return found


def _runs(
    records: Iterable[SourceRecord],
) -> dict[tuple[str, str, bytes], list[tuple[int, int | None]]]:
    tokens: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for record in records:
        tokens[record.feed, record.supplier_id].append(bytes(record.token))
    runs: dict[tuple[str, str, bytes], list[tuple[int, int | None]]] = defaultdict(list)
    for (feed, supplier_id), wanted in tokens.items():
        found = DeliveryMember.objects.filter(feed=feed, supplier_id=supplier_id, token__in=wanted).values_list(
            "token", "first_seen", "last_seen"
        )
        for token, first, last in found:
            runs[feed, supplier_id, bytes(token)].append((first, last))
    return runs
