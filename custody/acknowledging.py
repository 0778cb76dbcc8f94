"""An officer says that the area knows: one alert or many, with a note."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from access.officers import OfficerContext
from audit import trail
from custody.alert_models import Acknowledgement, Alert

LONGEST_NOTE: Final = 500


class NoteTooLongError(Exception):
    """The note is longer than is kept; the message says how long it may be."""


def acknowledge(alert_ids: Collection[UUID], *, officer: OfficerContext, note: str, now: datetime) -> int:
    """Write down that an officer acknowledges the alerts; return how many were waiting for it.

    What the officer cannot see, what was withdrawn and what is acknowledged already is left alone. Alerts of the
    same occasions to the officer's other areas go with them. Call it inside the door's transaction.
    Raises: NoteTooLongError.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise NoteTooLongError(f"Write at most {LONGEST_NOTE} characters; the note is kept as it stands.")
    chosen = list(Alert.objects.waiting().filter(pk__in=list(alert_ids)))
    if not chosen:
        return 0
    waiting = list(Alert.objects.waiting().filter(_same_occasions(chosen)))
    Acknowledgement.objects.bulk_create(
        (
            Acknowledgement(
                alert=alert,
                offender_id=alert.offender_id,
                officer_id=officer.id,
                officer_name=officer.name[:120],
                at=now,
                note=note,
            )
            for alert in waiting
        ),
        ignore_conflicts=True,
    )
    trail.record(
        trail.Code.ALERT_ACKNOWLEDGED,
        people={alert.offender_id for alert in waiting},
        object_type="alert",
        object_id=chosen[0].pk if len(chosen) == 1 else "",
        result_count=len(waiting),
    )
    return len(chosen)


def _same_occasions(chosen: Collection[Alert]) -> Q:
    found = Q()
    for alert in chosen:
        found |= Q(offender_id=alert.offender_id, occasion=alert.occasion)
    return found
