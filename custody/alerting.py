"""Keeps the stored alerts equal to what the facts owe: raises, tells and withdraws them.

One transaction at a time does so, under an advisory lock: an import to its end, or a timed job,
which does not wait but comes again with the next minute.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from access.keys import key_ids
from custody.alert_facts import Owed
from custody.alert_kinds import Side
from custody.alert_loading import load_people
from custody.alert_models import Alert
from custody.alerts import alerts_owed, escalates, settles_at
from custody.due_people import people_due
from custody.escalation import first_hop
from custody.telling import tell, tell_withdrawal
from offenders.models import Offender
from vault.inserting import insert_all

ALERT_LOCK: Final = 0x6A74_0100
BATCH: Final = 500
BY_CLOCK: Final = Alert.Because.STATED
Identity = tuple[bytes, str, str]


@dataclass(slots=True)
class AlertChanges:
    """How many alerts were raised, told and withdrawn, and how many receipts went out."""

    raised: int = 0
    late: int = 0
    withdrawn: int = 0
    receipts: int = 0
    withdrawal_receipts: int = 0


@dataclass(slots=True)
class _Plan:
    """What has to be done about some people's alerts."""

    fresh: list[tuple[UUID, Owed]] = field(default_factory=list)
    in_time_after_all: list[tuple[Alert, Owed]] = field(default_factory=list)
    gone: list[tuple[Alert, str]] = field(default_factory=list)


def bring_alerts_into_line(offender_ids: Iterable[UUID], *, because: str, now: datetime) -> AlertChanges:
    """Raise the alerts that the people's facts owe by now, and withdraw those that they owe no longer.

    ``because``: what changed the facts, one of ``Alert.Because``. Call it inside the transaction that
    changed them, after routing. Safe to repeat: the same facts change nothing.
    """
    ids = list(offender_ids)
    changes = AlertChanges()
    with transaction.atomic():
        take_lock()
        for start in range(0, len(ids), BATCH):
            _bring_some(ids[start : start + BATCH], because, now, changes)
    return changes


def raise_timed(now: datetime) -> AlertChanges:
    """Raise the alerts that only time owes: due out in so many days, at court overnight, overdue."""
    with transaction.atomic():
        if not _lock_is_free():
            return AlertChanges()
        return bring_alerts_into_line(people_due(now), because=BY_CLOCK, now=now)


def deliver_settled(now: datetime) -> int:
    """Tell the alerts whose settling window has passed; return how many alerts those were."""
    with transaction.atomic():
        if not _lock_is_free():
            return 0
        settled = list(
            Alert.objects.live().filter(delivered_at__isnull=True, late=False, settle_until__lte=now).order_by("pk")
        )
        for alert in settled:
            _mark_told(alert, now)
        Alert.objects.bulk_update(settled, TOLD_COLUMNS, batch_size=BATCH)
        tell([alert.pk for alert in settled], now=now)
        return len(settled)


TOLD_COLUMNS: Final = ("delivered_at", "late", "settle_until", "escalates", "next_hop_at")


def _bring_some(ids: Sequence[UUID], because: str, now: datetime, changes: AlertChanges) -> None:
    stored: dict[UUID, dict[Identity, Alert]] = {}
    for alert in Alert.objects.live().filter(offender_id__in=ids):
        stored.setdefault(alert.offender_id, {})[bytes(alert.occasion), alert.area_code, alert.side] = alert
    people = load_people(ids, also=stored.keys(), today=timezone.localdate(now))
    plan = _Plan()
    for offender_id, person in people.items():
        owed = {one.identity: one for one in alerts_owed(person)}
        joined = not person.holdings and person.facts == {}
        _compare(offender_id, owed, stored.get(offender_id, {}), "joined" if joined else because, now, plan)
    again = _withdraw(plan.gone, now, changes)
    raised = _raise(plan.fresh, now, changes)
    _tell_after_all(plan.in_time_after_all, now)
    told = [alert.pk for alert in raised if alert.late or alert.delivered_at is not None]
    told += [alert.pk for alert, _ in plan.in_time_after_all if alert.delivered_at is not None]
    changes.receipts += tell([*again, *told], now=now)


def _compare(
    offender_id: UUID,
    owed: Mapping[Identity, Owed],
    stored: Mapping[Identity, Alert],
    because: str,
    now: datetime,
    plan: _Plan,
) -> None:
    occasions = {mark for mark, _, _ in owed}
    for identity, one in owed.items():
        alert = stored.get(identity)
        if alert is None and one.occasion.due_at <= now:
            plan.fresh.append((offender_id, one))
        elif alert is not None and alert.late and not one.occasion.is_late_at(now):
            plan.in_time_after_all.append((alert, one))
    for identity, alert in stored.items():
        if identity not in owed:
            plan.gone.append((alert, Alert.Because.AREA if identity[0] in occasions else because))


def _raise(fresh: Sequence[tuple[UUID, Owed]], now: datetime, changes: AlertChanges) -> list[Alert]:
    if not fresh:
        return []
    keys = {
        Side.MANAGING: key_ids("area", {one.area_code for _, one in fresh if one.side is Side.MANAGING}),
        Side.RELEASING: key_ids("releasing", {one.area_code for _, one in fresh if one.side is Side.RELEASING}),
    }
    sight = dict(Offender.objects.filter(pk__in={pk for pk, _ in fresh}).values_list("pk", "visible_to"))
    alerts = [
        _alert(pk, one, keys[one.side][one.area_code], sight[pk], now)
        for pk, one in fresh
        if one.area_code in keys[one.side]
    ]
    insert_all(alerts)
    changes.raised += len(alerts)
    changes.late += sum(alert.late for alert in alerts)
    return alerts


def _alert(offender_id: UUID, owed: Owed, key_id: int, sight: Collection[int], now: datetime) -> Alert:
    occasion = owed.occasion
    alert = Alert(
        offender_id=offender_id,
        event_id=occasion.event_id,
        kind=occasion.kind.value,
        side=owed.side.value,
        area_code=owed.area_code,
        key_id=key_id,
        occasion=occasion.mark,
        occurred_at=occasion.occurred_at,
        precision=occasion.precision,
        learned_at=occasion.learned_at,
        raised_at=now,
        settle_until=settles_at(occasion, settling()),
        late=occasion.is_late_at(now),
        old_date=occasion.old_date,
        new_date=occasion.new_date,
        day_out=occasion.day_out,
        certainty=occasion.certainty,
        from_establishment=occasion.from_establishment,
        to_establishment=occasion.to_establishment,
        visible_to=[key_id] if key_id in sight else [],
    )
    if not alert.late and (alert.settle_until is None or alert.settle_until <= now):
        _mark_told(alert, now)
    return alert


def _mark_told(alert: Alert, now: datetime) -> None:
    alert.delivered_at = now
    alert.escalates = escalates(alert.kind, alert.day_out, told_on=timezone.localdate(now))
    alert.next_hop_at = first_hop(now, alert.day_out) if alert.escalates and alert.day_out else None


def _tell_after_all(found: Sequence[tuple[Alert, Owed]], now: datetime) -> None:
    """Tracking began earlier than was known: what was kept as too early is told now."""
    for alert, one in found:
        alert.late = False
        alert.settle_until = settles_at(one.occasion, settling())
        if alert.settle_until is None or alert.settle_until <= now:
            _mark_told(alert, now)
    Alert.objects.bulk_update([alert for alert, _ in found], TOLD_COLUMNS, batch_size=BATCH)


def _withdraw(gone: Sequence[tuple[Alert, str]], now: datetime, changes: AlertChanges) -> list[UUID]:
    """Withdraw alerts; return those left of the same occasions, whose recipients may have had the withdrawn one."""
    if not gone:
        return []
    for reason in {reason for _, reason in gone}:
        ids = [alert.pk for alert, because in gone if because == reason]
        Alert.objects.filter(pk__in=ids).update(withdrawn_at=now, withdrawn_because=reason, next_hop_at=None)
    ids = [alert.pk for alert, _ in gone]
    changes.withdrawn += len(ids)
    changes.withdrawal_receipts += tell_withdrawal(ids, now=now)
    marks = {(alert.offender_id, bytes(alert.occasion)) for alert, _ in gone}
    left = Alert.objects.live().filter(offender_id__in={pk for pk, _ in marks}, occasion__in={m for _, m in marks})
    return [alert.pk for alert in left if (alert.offender_id, bytes(alert.occasion)) in marks]


def settling() -> timedelta:
    """Return how long received and released wait from when they happened."""
    return timedelta(minutes=settings.SETTLING_MINUTES)


def take_lock() -> None:
    """Wait until nobody else brings alerts into line, and keep others from it to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALERT_LOCK])


def _lock_is_free() -> bool:
    """Take the lock to the end of the transaction unless somebody has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ALERT_LOCK])
        return bool(cursor.fetchall()[0][0])
