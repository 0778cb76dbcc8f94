"""Erases what the roll may no longer hold: old row versions and the ciphertext of old deliveries."""

from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from audit import trail
from custody.routing import reroute
from feeds.models import Delivery, DeliveryPiece, ReturnPackage, position_of
from feeds.streams import stream_of
from offenders.models import Offender

CIPHERTEXT_KEPT: Final = timedelta(days=28)
BATCH: Final = 500
# A record's newest version before the limit still says what was so at the limit.
PURGE: Final = """
DELETE FROM feeds_rowversion v
 USING feeds_sourcerecord r
 WHERE r.id = v.record_id AND r.feed = %(feed)s AND r.supplier_id = %(supplier)s
   AND v.position < %(limit)s
   AND EXISTS (SELECT FROM feeds_rowversion n
                WHERE n.record_id = v.record_id AND n.position > v.position
                  AND n.position < %(limit)s)
"""


def purge_roll() -> int:
    """Erase row versions before each stream's 35 days, and ciphertext and returned rows published 28 days ago.

    The version in effect where the 35 days begin stays. Returns how many versions went.
    Source: feeds.md 1 and 8.
    """
    with transaction.atomic():
        erased = sum(
            _purge(feed, supplier) for feed, supplier in Delivery.objects.values_list("feed", "supplier_id").distinct()
        )
        past = timezone.now() - CIPHERTEXT_KEPT
        DeliveryPiece.objects.filter(delivery__published_at__lt=past).delete()
        ReturnPackage.objects.filter(delivery__published_at__lt=past).delete()
    if erased:
        trail.record(trail.Code.ROWS_ERASED, object_type="rowversion", result_count=erased)
    return erased


def _purge(feed: str, supplier: str) -> int:
    start = stream_of(feed, supplier).window_start
    if start is None:
        return 0
    limit = position_of(extract_epoch=int(start.timestamp()) + 1, sequence=0)
    with connection.cursor() as cursor:
        cursor.execute(PURGE, {"limit": limit, "feed": feed, "supplier": supplier})
        return int(cursor.rowcount)


def reroute_everybody() -> int:
    """Let sight lapse that has had its days; return how many people were re-routed."""
    ids = list(Offender.objects.values_list("pk", flat=True))
    moved = 0
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            moved += reroute(ids[start : start + BATCH], today=timezone.localdate())
    return moved
