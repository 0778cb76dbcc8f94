"""The movements of a person, newest first, corrections struck through beside what replaced them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from custody.models import Movement, MovementReason
from custody.wording import short_date, short_moment
from offenders.models import Supersession

WORDS: Final = {
    ("ADM", "IN"): "Received",
    ("TRN", "OUT"): "Left for another prison",
    ("TRN", "IN"): "Transferred",
    ("CRT", "OUT"): "To court",
    ("CRT", "IN"): "Back from court",
    ("TAP", "OUT"): "Out for a time",
    ("TAP", "IN"): "Back",
    ("REL", "OUT"): "Released",
}
TRANSFER_REASONS: Final = frozenset({"INT", "TRNCRT", "TRNTAP"})


@dataclass(frozen=True, slots=True)
class Move:
    """One movement. ``struck`` says what corrected it; empty while it stands."""

    happened: str
    words: str
    place: str
    reason: str
    learned_at: datetime
    source: str
    struck: str


def moves_of(record_ids: Sequence[UUID], establishments: Mapping[str, str]) -> list[Move]:
    """Return every movement of the records, newest first. Three queries; opens the reasons."""
    gone = {fact.fact_id: fact.recorded_at for fact in Supersession.objects.filter(record_id__in=record_ids)}
    reasons = _reasons()
    stated = Movement.objects.filter(record_id__in=record_ids).order_by("-valid_at", "-learned_at")
    return [_move(movement, establishments, reasons, gone.get(movement.pk)) for movement in stated]


def _reasons() -> dict[tuple[str, str], str]:
    rows: Iterable[tuple[str, str, str]] = MovementReason.objects.values_list("movement_type", "code", "description")
    return {(movement_type, code): words for movement_type, code, words in rows}


def _move(
    movement: Movement,
    establishments: Mapping[str, str],
    reasons: Mapping[tuple[str, str], str],
    gone_at: datetime | None,
) -> Move:
    code = movement.reason_code
    day_only = movement.precision == Movement.Precision.DAY
    return Move(
        happened=short_date(movement.valid_at) if day_only else short_moment(movement.valid_at),
        words=_words(movement, code),
        place=establishments.get(movement.establishment_code, movement.establishment_code),
        reason=reasons.get((movement.movement_type, code), code).capitalize(),
        learned_at=movement.learned_at,
        source=f"Prison file of {short_date(movement.learned_at)}",
        struck=f"Wrong; corrected {short_moment(gone_at)}" if gone_at else "",
    )


def _words(movement: Movement, reason: str) -> str:
    if movement.movement_type == "ADM" and reason in TRANSFER_REASONS:
        return "Transferred in"
    return WORDS.get((movement.movement_type, movement.direction), movement.movement_type)
