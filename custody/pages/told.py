"""What officers were told of one person: every alert, who acknowledged it and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from custody.alert_models import Alert
from custody.inbox import of_person
from custody.pages.alert_words import BECAUSE, AlertWords, words_of
from custody.wording import short_moment

SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Told:
    """One alert of the person. ``why`` says why it was withdrawn; ``answers`` who acknowledged it and when."""

    words: AlertWords
    told: str
    answers: tuple[str, ...]
    is_withdrawn: bool
    why: str
    is_waiting: bool


def alerts_told(offender_id: UUID, establishments: Mapping[str, str], *, now: datetime) -> list[Told]:
    """Return the newest alerts of a person, latest first. Three queries; notes stay sealed, they are in the inbox."""
    return [_told(alert, establishments, now) for alert in of_person(offender_id)[:SHOWN]]


def _told(alert: Alert, establishments: Mapping[str, str], now: datetime) -> Told:
    gone = alert.withdrawn_at is not None
    return Told(
        words=words_of(alert, establishments, now=now),
        told=short_moment(alert.delivered_at) if alert.delivered_at else "Came too late, sent to nobody",
        answers=tuple(f"{answer.officer_name}, {short_moment(answer.at)}" for answer in alert.acknowledgements.all()),
        is_withdrawn=gone,
        why=BECAUSE.get(alert.withdrawn_because, "") if gone else "",
        is_waiting=not gone and alert.delivered_at is not None and alert.acknowledged_at is None,
    )
