"""Passes on what nobody acknowledged: to the supervisors after two working hours, to the whole area after two more.

Where the release would come before the working clock has run out, the clock runs in plain hours.
Source: product.md 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from custody.alert_models import Alert, AlertHop
from custody.telling import pass_on
from custody.working_days import after_working_time

LONDON: Final = ZoneInfo("Europe/London")
PATIENCE: Final = timedelta(hours=2)
# From when on the day out somebody may have left already.
GATE_OPENS: Final = time(9)
LEVELS: Final = (AlertHop.Level.SUPERVISOR, AlertHop.Level.AREA)
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Clock:
    """When an alert is passed on, and whether nights and weekends count because the release is so near."""

    due_at: datetime
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Escalation:
    """How far an alert has been passed on, and what comes next; ``due_at`` is None when nothing does."""

    level: str
    next_level: str
    due_at: datetime | None
    in_plain_hours: bool
    hops: Sequence[AlertHop]


def hop_after(start: datetime, day_out: date) -> Clock:
    """Return when a clock that starts now has run out: two working hours, or plain ones before a near release.

    Source: product.md 4, "a Monday 9am release told on Saturday".
    """
    working = after_working_time(start, PATIENCE)
    if working < datetime.combine(day_out, GATE_OPENS, LONDON):
        return Clock(working, is_plain=False)
    # Reckoned in UTC: on the night when the clocks change, two hours are two hours.
    return Clock((start.astimezone(UTC) + PATIENCE).astimezone(LONDON), is_plain=True)


def first_hop(told_at: datetime, day_out: date) -> datetime:
    """Return when an alert told now goes to the supervisors unless somebody acknowledges it."""
    return hop_after(told_at, day_out).due_at


def escalation_of(alert: Alert, now: datetime) -> Escalation | None:
    """Return the clock and the hops of an alert, or None for one that is never passed on.

    Reads ``alert.hops``: prefetch them.
    """
    if not alert.escalates or alert.day_out is None or alert.delivered_at is None:
        return None
    hops = sorted(alert.hops.all(), key=lambda hop: hop.at)
    is_over = alert.acknowledged_at is not None or _has_ended(alert, now)
    due_at = None if is_over else alert.next_hop_at
    started = hops[-1].at if hops else alert.delivered_at
    return Escalation(
        level=LEVELS[alert.level - 1].value if alert.level else "",
        next_level=LEVELS[alert.level].value if due_at is not None else "",
        due_at=due_at,
        in_plain_hours=due_at is not None and hop_after(started, alert.day_out).is_plain,
        hops=hops,
    )


def escalate(now: datetime) -> int:
    """Pass on the alerts whose clock has run out; return how many. Safe to run twice, or two at a time."""
    with transaction.atomic():
        waiting = Alert.objects.live().filter(acknowledged_at__isnull=True, next_hop_at__lte=now)
        rows = list(waiting.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
        over = [alert for alert in rows if _has_ended(alert, now)]
        going = [alert for alert in rows if alert not in over]
        # Sorted out first: an alert goes one level at a time.
        by_level = [[alert for alert in going if alert.level == before] for before, _ in enumerate(LEVELS)]
        for alerts, level in zip(by_level, LEVELS, strict=True):
            _hop(alerts, level, now)
        for alert in over:
            alert.next_hop_at = None
        Alert.objects.bulk_update(rows, ["level", "next_hop_at"], batch_size=BATCH)
        return len(going)


def _hop(alerts: Sequence[Alert], level: AlertHop.Level, now: datetime) -> None:
    if not alerts:
        return
    AlertHop.objects.bulk_create(
        AlertHop(alert=alert, level=level, due_at=alert.next_hop_at or now, at=now) for alert in alerts
    )
    for alert in alerts:
        alert.level += 1
        is_last = alert.level == len(LEVELS)
        alert.next_hop_at = None if is_last or alert.day_out is None else hop_after(now, alert.day_out).due_at
    pass_on([alert.pk for alert in alerts], level=level, now=now)


def _has_ended(alert: Alert, now: datetime) -> bool:
    """Whether the day of the release is over: whoever reads it then can only read that it was missed."""
    return alert.day_out is None or now.astimezone(LONDON).date() > alert.day_out
