"""The worker's jobs on deliveries: thin doors to the functions that do the work."""

import logging
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from audit.trail import SERVICE, acting_as
from feeds.dropping import take_from_drop_folder
from feeds.health import watch_feeds
from feeds.overriding import resume_overruled
from feeds.pipeline import import_delivery
from feeds.retention import purge_roll, reroute_everybody
from feeds.sweeping import deliveries_to_do

logger: Final = logging.getLogger(__name__)


class ImportsFailedError(Exception):
    """Some of the deliveries that waited could not be imported; the log says which."""


@shared_task(name="feeds.import")
def import_task(delivery_id: str) -> None:
    """Publish a delivery. Asking twice does no harm."""
    with acting_as(SERVICE, because="import of a delivery"):
        import_delivery(UUID(delivery_id))


@shared_task(name="feeds.sweep")
def sweep_task() -> None:
    """Publish whatever waits: the broker is a doorbell that may not have been heard."""
    with acting_as(SERVICE, because="sweep for deliveries that wait"):
        resume_overruled()
        _import_each(deliveries_to_do())


@shared_task(name="feeds.drop")
def drop_task() -> None:
    """Receive what lies in the drop folder, and publish it."""
    with acting_as(SERVICE, because="drop folder"):
        _import_each(take_from_drop_folder())


@shared_task(name="feeds.watch")
def watch_task() -> None:
    """Raise an incident for each feed that is late."""
    with acting_as(SERVICE, because="watch over the feeds' rhythm"):
        watch_feeds(today=timezone.localdate())


@shared_task(name="feeds.night")
def night_task() -> None:
    """Erase row versions and ciphertext past their time, and let lapsed sight end."""
    with acting_as(SERVICE, because="retention of the roll"):
        purge_roll()
        reroute_everybody()


def _import_each(delivery_ids: Iterable[UUID]) -> None:
    """Import one after the other; one that cannot be imported does not keep the next from it.

    Raises: ImportsFailedError at the end, when any failed.
    """
    failed = 0
    for delivery_id in delivery_ids:
        try:
            import_delivery(delivery_id)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            failed += 1
            logger.exception("delivery %s could not be imported; the next sweep tries again", delivery_id)
    if failed:
        raise ImportsFailedError(f"{failed} deliveries could not be imported; the log says which")
