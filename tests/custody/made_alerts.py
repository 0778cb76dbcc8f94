"""Alerts of invented people written straight into the table, for tests of how they are shown; run as the worker."""

import os
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from access.models import VisibilityKey
from custody.alert_kinds import AlertKind, Side
from custody.alert_models import Alert, AlertHop
from offenders.models import Offender

Kind = VisibilityKey.Kind
KEY_KINDS = {Side.MANAGING: Kind.AREA, Side.RELEASING: Kind.RELEASING}


def make_alert(
    offender_id: UUID, kind: AlertKind, *, now: datetime, area: str = "00DA", side: Side = Side.MANAGING, **values: Any
) -> Alert:
    """Return an alert told ten minutes ago of what happened an hour ago, unless said otherwise."""
    key, _ = VisibilityKey.objects.get_or_create(kind=KEY_KINDS[side], code=area)
    person = Offender.objects.get(pk=offender_id)
    if key.pk not in person.visible_to:
        Offender.objects.filter(pk=offender_id).update(visible_to=[*person.visible_to, key.pk])
    usual = {
        "occurred_at": now - timedelta(hours=1),
        "precision": "second",
        "learned_at": now - timedelta(minutes=12),
        "raised_at": now - timedelta(minutes=12),
        "delivered_at": now - timedelta(minutes=10),
        "to_establishment": "LEI",
    }
    return Alert.objects.create(
        offender_id=offender_id,
        kind=kind,
        side=side,
        area_code=area,
        key_id=key.pk,
        occasion=os.urandom(16),
        visible_to=[key.pk],
        **{**usual, **values},
    )


def make_hop(alert: Alert, level: str, *, at: datetime) -> AlertHop:
    """Return a hop of an alert that nobody had acknowledged."""
    return AlertHop.objects.create(alert=alert, level=level, due_at=at, at=at)
