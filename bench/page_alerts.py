"""The alerts of the caseloads that the pages are measured with: some that wait, more that are done with."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from access.keys import key_ids
from custody.alert_kinds import AlertKind, Side
from custody.alert_models import Alert

# Of a hundred people: how many have an alert that waits, one with a clock, and how many old ones each has.
WAITING_SHARE: Final = 30
CLOCK_SHARE: Final = 5
OLD_EACH: Final = 10
KINDS: Final = (
    AlertKind.ENTERED,
    AlertKind.TRANSFERRED,
    AlertKind.DATE_BROUGHT_FORWARD,
    AlertKind.DATE_PUT_BACK,
    AlertKind.RELEASED,
    AlertKind.MISSING,
)


def add_alerts(people: Sequence[UUID], *, area: str, now: datetime) -> int:
    """Store the alerts of an area's people, told in the last weeks, and return how many."""
    key = key_ids("area", [area])[area]
    made = [alert for number, person in enumerate(people) for alert in _of(person, number, area, key, now)]
    Alert.objects.bulk_create(made, batch_size=1000)
    return len(made)


def _of(person: UUID, number: int, area: str, key: int, now: datetime) -> Iterator[Alert]:
    share = number % 100
    if share < WAITING_SHARE:
        yield _alert(person, number, area, key, now - timedelta(hours=number % 60))
    if share < CLOCK_SHARE:
        yield _with_clock(person, area, key, now)
    for week in range(1, OLD_EACH + 1):
        told = now - timedelta(weeks=week, hours=number % 60)
        old = _alert(person, number + week, area, key, told)
        old.acknowledged_at = told + timedelta(hours=1)
        yield old


def _alert(person: UUID, number: int, area: str, key: int, told: datetime) -> Alert:
    return Alert(
        offender_id=person,
        kind=KINDS[number % len(KINDS)],
        side=Side.MANAGING,
        area_code=area,
        key_id=key,
        visible_to=[key],
        occasion=uuid.uuid4().bytes,
        occurred_at=told - timedelta(hours=5),
        precision="second",
        learned_at=told,
        raised_at=told,
        delivered_at=told,
        from_establishment="LEI",
        to_establishment="MDI",
        old_date=_day(told, 40),
        new_date=_day(told, 31),
        certainty="calculated",
    )


def _with_clock(person: UUID, area: str, key: int, now: datetime) -> Alert:
    alert = _alert(person, 0, area, key, now - timedelta(minutes=30))
    alert.kind, alert.certainty, alert.escalates = AlertKind.DUE_1, "confirmed", True
    alert.old_date, alert.new_date, alert.day_out = None, _day(now, 1), _day(now, 1)
    alert.next_hop_at = now + timedelta(hours=2)
    return alert


def _day(moment: datetime, ahead: int) -> date:
    return moment.date() + timedelta(days=ahead)
