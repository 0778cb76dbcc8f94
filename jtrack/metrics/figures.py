"""Figures that the database and the broker hold: read by the beat, of which there is one, when it is asked.

Feeds, states, steps and roles are closed lists; whatever else might stand there is counted as `other`.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import redis
from django.db import DatabaseError, connection, connections
from django.db.models import Count, Max, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from custody.alert_models import Alert, Notice
from feeds.freshness import NAMES, seconds_late
from feeds.models import Delivery, FeedIncident, MatchCase
from jtrack.broker import broker
from jtrack.roles import ROLES

KEPT_SECONDS: Final = 5.0
QUEUE: Final = "celery"
OTHER: Final = "other"
STEPS: Final = {
    "Opened, checked and compared": "read",
    "Compared with the file before": "compare",
    "Matched to people": "match",
    "Custody facts, release dates and events": "derive",
}
SESSIONS: Final = """
SELECT usename::text, count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1
"""
Figures = Iterator[Metric]


class FiguresCollector(Collector):
    """Reads the figures, at most once in five seconds however many ask."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._metrics: list[Metric] = []

    def forget(self) -> None:
        """Read anew when asked next."""
        self._read_at = float("-inf")

    def collect(self) -> Figures:
        """Give the figures."""
        with self._lock:
            if time.monotonic() - self._read_at > KEPT_SECONDS:
                self._metrics = [*_of_the_database(), *_of_the_broker()]
                self._read_at = time.monotonic()
            yield from self._metrics

    def describe(self) -> Figures:
        """Give nothing: being registered must not ask the database."""
        return iter(())


def text() -> bytes:
    """Return the figures in the text form of Prometheus."""
    return generate_latest(_registry)


def _of_the_database() -> Figures:
    up = GaugeMetricFamily("jtrack_database_up", "Whether the database answered.")
    try:
        found = [metric for read in READERS for metric in read()]
    except DatabaseError:
        found = []
    finally:
        # Each question comes in a thread of its own, whose connection nobody would use again.
        connections.close_all()
    up.add_metric([], float(bool(found)))
    yield up
    yield from found


def _deliveries() -> Figures:
    metric = GaugeMetricFamily("jtrack_deliveries", "Deliveries by feed and state.", labels=["feed", "state"])
    # A feed that is no longer one of ours goes into one figure with the others, or the text would not be readable.
    counts: Counter[tuple[str, str]] = Counter()
    for feed, state, number in Delivery.objects.order_by().values_list("feed", "state").annotate(Count("pk")):
        counts[_feed(feed), Delivery.State(state).value] += number
    for labels, number in counts.items():
        metric.add_metric(labels, number)
    yield metric
    waiting = GaugeMetricFamily(
        "jtrack_delivery_oldest_seconds", "Age of the oldest delivery in a state that waits.", labels=["state"]
    )
    states = (Delivery.State.RECEIVED, Delivery.State.WAITING)
    oldest = dict(Delivery.objects.filter(state__in=states).values_list("state").annotate(Min("received_at")))
    for state in states:
        waiting.add_metric([state.value], _age(oldest.get(state)))
    yield waiting


def _feeds() -> Figures:
    late = GaugeMetricFamily("jtrack_feed_late_seconds", "Seconds since a delivery was due.", labels=["feed"])
    rows = GaugeMetricFamily("jtrack_delivery_rows", "Rows of the newest published delivery.", labels=["feed"])
    steps = GaugeMetricFamily(
        "jtrack_import_step_seconds", "Seconds of each step of its import.", labels=["feed", "step"]
    )
    published = Delivery.objects.filter(state=Delivery.State.PUBLISHED)
    newest = {each.feed: each for each in published.order_by("feed", "-published_at").distinct("feed")}
    latest = dict(published.order_by().values_list("feed").annotate(Max("extract_at")))
    for feed in NAMES:
        delivery = newest.get(feed)
        late.add_metric([feed], seconds_late(latest.get(feed), feed, now=timezone.now()))
        rows.add_metric([feed], delivery.rows if delivery else 0)
        for step, seconds in _steps(delivery).items():
            steps.add_metric([feed, step], seconds)
    yield from (late, rows, steps)


def _steps(delivery: Delivery | None) -> dict[str, float]:
    """Return the seconds of each step of an import, those of unknown steps together."""
    steps: dict[str, float] = {}
    for name, seconds in ((delivery and delivery.statement) or {}).get("steps", ()):
        step = STEPS.get(name, OTHER)
        steps[step] = steps.get(step, 0.0) + seconds
    return steps


def _desk() -> Figures:
    for name, words, number in (
        ("jtrack_feed_incidents", "Feeds that are late now.", FeedIncident.objects.filter(ended_at=None).count()),
        (
            "jtrack_match_cases",
            "Doubtful matches that nobody decided.",
            MatchCase.objects.filter(closed_at=None).count(),
        ),
    ):
        metric = GaugeMetricFamily(name, words)
        metric.add_metric([], number)
        yield metric


def _alerts() -> Figures:
    unsent = Notice.objects.filter(sent_at=None, due_at__lte=timezone.now()).aggregate(
        number=Count("pk"), due=Min("due_at")
    )
    # One that came too late is kept and never given, which is no fault.
    settling = Alert.objects.live().filter(delivered_at=None, late=False, settle_until__lt=timezone.now())
    for name, words, number in (
        ("jtrack_notices_due", "Mails that are due and not sent.", unsent["number"]),
        ("jtrack_notice_oldest_seconds", "How long the oldest of them has been due.", _age(unsent["due"])),
        ("jtrack_alerts_held", "Alerts whose time to settle is over and that nobody was given.", settling.count()),
    ):
        metric = GaugeMetricFamily(name, words)
        metric.add_metric([], number)
        yield metric


def _sessions() -> Figures:
    metric = GaugeMetricFamily("jtrack_database_sessions", "Open sessions by login.", labels=["role"])
    most = GaugeMetricFamily("jtrack_database_sessions_most", "Sessions that the server allows.")
    counts = dict.fromkeys((*ROLES, OTHER), 0)
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS)
        for role, number in cursor.fetchall():
            counts[role if role in ROLES else OTHER] += number
        cursor.execute("SELECT current_setting('max_connections')::int")
        most.add_metric([], cursor.fetchall()[0][0])
    for role, number in counts.items():
        metric.add_metric([role], number)
    yield from (metric, most)


def _of_the_broker() -> Figures:
    up = GaugeMetricFamily("jtrack_broker_up", "Whether the broker answered.")
    depth = GaugeMetricFamily("jtrack_queue_depth", "Rings that no worker has heard yet.")
    try:
        waiting: Any = broker().llen(QUEUE)
    except redis.RedisError:
        up.add_metric([], 0)
    else:
        up.add_metric([], 1)
        depth.add_metric([], waiting)
    yield from (up, depth)


def _feed(feed: str) -> str:
    return feed if feed in NAMES else OTHER


def _age(since: datetime | None) -> float:
    return (timezone.now() - since).total_seconds() if since else 0.0


READERS: Final[tuple[Callable[[], Figures], ...]] = (_deliveries, _feeds, _desk, _alerts, _sessions)
_collector: Final = FiguresCollector()
_registry: Final = CollectorRegistry()
_registry.register(_collector)
