"""The overlap ledger: how the people of a delivery spread over the combinations of feeds, on its day."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Set
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Subquery

from feeds.models import Delivery, OverlapCount, SourceRecord
from offenders.models import RecordLink

Region = tuple[tuple[str, ...], bool]
BATCH: Final = 500


def record_overlaps(delivery: Delivery, tokens: Iterable[bytes], *, known_before: Set[bytes]) -> dict[Region, int]:
    """Count the delivery's people by the feeds that know them, and keep the counts with a digest of who.

    A region is a set of feeds, this one included, and whether the person had stood in this feed before.
    People are the same when their records are linked; the untracked stand in this feed alone.
    Source: security.md 4.2.
    """
    regions: dict[Region, list[bytes]] = defaultdict(list)
    linked = _feeds_by_token(delivery)
    for token in tokens:
        feeds = linked.get(token, (delivery.feed,))
        regions[feeds, token in known_before].append(token)
    OverlapCount.objects.bulk_create(
        OverlapCount(
            delivery=delivery,
            feeds=list(feeds),
            known_before=known,
            people=len(members),
            digest=_digest(members),
        )
        for (feeds, known), members in sorted(regions.items())
    )
    return {region: len(members) for region, members in regions.items()}


def _digest(tokens: list[bytes]) -> bytes:
    """Anybody who holds the same tokens can show that they are these people, and no others."""
    return hashlib.sha256(b"".join(sorted(tokens))).digest()


def _feeds_by_token(delivery: Delivery) -> dict[bytes, tuple[str, ...]]:
    ours = RecordLink.objects.filter(record_id=OuterRef("pk"), ended_at__isnull=True)
    records = SourceRecord.objects.filter(feed=delivery.feed, supplier_id=delivery.supplier_id).annotate(
        person=Subquery(ours.values("offender_id")[:1])
    )
    people = dict(records.filter(person__isnull=False).values_list("token", "person"))
    live = RecordLink.objects.filter(ended_at__isnull=True, offender_id__in=set(people.values()))
    feeds = dict(
        live.values("offender_id").annotate(all=ArrayAgg("feed", distinct=True)).values_list("offender_id", "all")
    )
    return {bytes(token): tuple(sorted(feeds[person])) for token, person in people.items() if person in feeds}
