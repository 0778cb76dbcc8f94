"""The worker's jobs on deliveries: thin doors to the functions that do the work."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from audit.trail import SERVICE, acting_as
from feeds.dropping import take_from_drop_folder
from feeds.health import watch_feeds
from feeds.overriding import resume_overruled
from feeds.pipeline import import_delivery
from feeds.retention import purge_roll, reroute_everybody
from feeds.sweeping import deliveries_to_do


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
        for delivery_id in deliveries_to_do():
            import_delivery(delivery_id)


@shared_task(name="feeds.drop")
def drop_task() -> None:
    """Receive what lies in the drop folder, and publish it."""
    with acting_as(SERVICE, because="drop folder"):
        for delivery_id in take_from_drop_folder():
            import_delivery(delivery_id)


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
