"""Reads and moves the links between source records and people. Nothing else moves."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from offenders.models import Offender, RecordLink
from vault.among import among


def live_links(record_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the person of each record that has one."""
    found = RecordLink.objects.filter(among("record_id", record_ids), ended_at__isnull=True)
    return dict(found.values_list("record_id", "offender_id"))


def records_of(offender_ids: Iterable[UUID], *, feed: str | None = None) -> dict[UUID, list[UUID]]:
    """Return the records that speak of each person, of one feed or of all."""
    found = RecordLink.objects.filter(among("offender_id", offender_ids), ended_at__isnull=True)
    if feed is not None:
        found = found.filter(feed=feed)
    records: dict[UUID, list[UUID]] = defaultdict(list)
    for offender_id, record_id in found.values_list("offender_id", "record_id"):
        records[offender_id].append(record_id)
    return records


def join_offenders(keep: UUID, others: Iterable[UUID], *, delivery_id: UUID) -> set[UUID]:
    """Move every record of the others to the person kept, and return those records.

    The old links end and stay; the emptied people stay too, with no one to see them.
    """
    ending = list(RecordLink.objects.filter(offender_id__in=list(others), ended_at__isnull=True))
    RecordLink.objects.filter(pk__in=[link.pk for link in ending]).update(ended_at=timezone.now())
    RecordLink.objects.bulk_create(
        RecordLink(
            record_id=link.record_id,
            feed=link.feed,
            offender_id=keep,
            rule=RecordLink.Rule.JOINED,
            delivery_id=delivery_id,
        )
        for link in ending
    )
    Offender.objects.filter(pk__in=list(others)).update(visible_to=[])
    return {link.record_id for link in ending}
