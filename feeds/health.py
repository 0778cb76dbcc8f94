"""Whether each feed keeps its rhythm: a late one raises an incident, its delivery ends it."""

from datetime import date

from django.db.models import Max
from django.utils import timezone

from audit import trail
from feeds.freshness import expected_after, freshness
from feeds.models import Delivery, FeedIncident


def watch_feeds(*, today: date) -> list[FeedIncident]:
    """Raise an incident for each feed whose day has passed, unless one stands; return the new ones.

    Source: feeds.md 1, feed health.
    """
    raised = []
    for age in freshness(today=today):
        if not age.is_late or age.extract_at is None:
            continue
        incident, is_new = FeedIncident.objects.get_or_create(
            feed=age.feed, ended_at=None, defaults={"expected_on": expected_after(age.extract_at, age.feed)}
        )
        if is_new:
            trail.record(trail.Code.FEED_LATE, object_type="feed", object_id=age.feed)
            raised.append(incident)
    return raised


def end_incident(delivery: Delivery, *, today: date) -> bool:
    """End the feed's incident when the delivery makes it fresh again; return whether one ended."""
    newest = Delivery.objects.filter(feed=delivery.feed, state=Delivery.State.PUBLISHED).aggregate(at=Max("extract_at"))
    latest = max(filter(None, (newest["at"], delivery.extract_at)))
    if expected_after(latest, delivery.feed) < today:
        return False
    ended = FeedIncident.objects.filter(feed=delivery.feed, ended_at__isnull=True).update(
        ended_at=timezone.now(), ended_by=delivery
    )
    return bool(ended)
