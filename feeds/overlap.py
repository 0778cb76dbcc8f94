"""The overlap ledger: how the people of a delivery spread over the combinations of feeds, on its day."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.db import connection

from feeds.models import Delivery, OverlapCount

Region = tuple[tuple[str, ...], bool]
# From the followed to their records: they are some thousands, the feed's records ten times as many and more.
FEEDS_OF_FOLLOWED: Final = """
SELECT r.token, r.supplier_id, array_agg(DISTINCT o.feed)
  FROM offenders_recordlink l
  JOIN feeds_sourcerecord r ON r.id = l.record_id
  JOIN offenders_recordlink o ON o.offender_id = l.offender_id AND o.ended_at IS NULL
 WHERE l.ended_at IS NULL AND l.feed = %s
 GROUP BY r.token, r.supplier_id
"""


def record_overlaps(delivery: Delivery, *, known: Iterable[bytes], new: Iterable[bytes]) -> dict[Region, int]:
    """Count the delivery's people by the feeds that know them, and keep the counts with a digest of who.

    A region is a set of feeds, this one included, and whether the person had stood in this feed before.
    People are the same when their records are linked; the untracked stand in this feed alone.
    Source: security.md 4.2.
    """
    regions: dict[Region, list[bytes]] = defaultdict(list)
    linked, alone = _feeds_by_token(delivery), (delivery.feed,)
    for tokens, known_before in ((known, True), (new, False)):
        for token in tokens:
            regions[linked.get(token, alone), known_before].append(token)
    OverlapCount.objects.bulk_create(
        OverlapCount(
            delivery=delivery,
            feeds=list(feeds),
            known_before=known_before,
            people=len(members),
            digest=_digest(members),
        )
        for (feeds, known_before), members in sorted(regions.items())
    )
    return {region: len(members) for region, members in regions.items()}


def _digest(tokens: list[bytes]) -> bytes:
    """Anybody who holds the same tokens can show that they are these people, and no others."""
    tokens.sort()
    return hashlib.sha256(b"".join(tokens)).digest()


def _feeds_by_token(delivery: Delivery) -> dict[bytes, tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(FEEDS_OF_FOLLOWED, [delivery.feed])
        found = cursor.fetchall()
    return {bytes(token): tuple(sorted(feeds)) for token, by, feeds in found if by == delivery.supplier_id}
