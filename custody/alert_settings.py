"""How an officer wants to be told: which kinds, by mail or not, and when the day's digest comes."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from access.officers import OfficerContext
from audit import trail
from custody.alert_kinds import ALWAYS_ON, AlertKind
from custody.alert_models import AlertSetting
from custody.telling import DEFAULT_DIGEST_HOUR

HOURS_OF_A_DAY: Final = 24


class KindStaysOnError(Exception):
    """A kind that must reach everybody was to be switched off; the message names it."""


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """An officer's choice. ``digest_hour``: 0 to 23, UK time."""

    kinds_off: frozenset[str] = frozenset()
    by_mail: bool = True
    digest_hour: int = DEFAULT_DIGEST_HOUR


def settings_of(officer_id: UUID) -> AlertSettings:
    """Return what the officer chose last, or what holds for those who never chose."""
    row = AlertSetting.objects.filter(officer_id=officer_id).order_by("-pk").first()
    return AlertSettings(frozenset(row.kinds_off), row.by_mail, row.digest_hour) if row else AlertSettings()


def save_settings(officer: OfficerContext, chosen: AlertSettings) -> None:
    """Write down what an officer wants from now on; alerts told before stay as they are.

    Raises: KindStaysOnError; ValueError for an unknown kind or hour, which no page offers.
    """
    kinds = {AlertKind(kind) for kind in chosen.kinds_off}
    if not 0 <= chosen.digest_hour < HOURS_OF_A_DAY:
        raise ValueError("the digest hour is one of 0 to 23")
    kept = sorted(kind.label for kind in kinds & ALWAYS_ON)
    if kept:
        raise KindStaysOnError(f"These alerts cannot be switched off: {', '.join(kept)}.")
    AlertSetting.objects.create(
        officer_id=officer.id,
        kinds_off=sorted(kind.value for kind in kinds),
        by_mail=chosen.by_mail,
        digest_hour=chosen.digest_hour,
    )
    trail.record(trail.Code.ALERT_SETTINGS_CHANGED, object_type="officer", object_id=officer.id)
