"""A record's facts as steps: from one extract that says something new to the next, and where the person stands.

Pure. An extract says something new when custody differs or a movement is stated for the first time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from custody.legal_status import parse_legal_status
from custody.reasons import Meaning, meaning_of
from custody.snapshots import CustodyFact, MovementFact, RecordFacts

LONDON: Final = ZoneInfo("Europe/London")
IN_TRANSIT: Final = "TRN"
# Codes that stand where an establishment would and are none.
NO_ESTABLISHMENT: Final = frozenset({IN_TRANSIT, "OUT"})
TRANSIT_STATUS: Final = "INACTIVE TRN"
OUT_STATUS: Final = "ACTIVE OUT"
GONE_STATUS: Final = "INACTIVE OUT"
# The kind of event by which each reason of a release lets go; other reasons say nothing of leaving.
LEFT_AS: Final[Mapping[Meaning, str]] = {
    Meaning.RELEASE: "released",
    Meaning.ESCAPE: "escaped",
    Meaning.ABSCOND: "absconded",
    Meaning.AT_LARGE: "at_large",
    Meaning.HOSPITAL: "to_hospital",
    Meaning.REMOVED: "removed",
    Meaning.DIED: "died",
}


class Position(StrEnum):
    """Where an extract puts somebody. ``LEFT``: its last movement says that they are gone."""

    IN = "in"
    OUT = "out"
    TRANSIT = "transit"
    LEFT = "left"
    ABSENT = "absent"

    @property
    def is_inside(self) -> bool:
        """Say whether a prison answers for the person."""
        return self not in (Position.LEFT, Position.ABSENT)


@dataclass(frozen=True, slots=True)
class Step:
    """What one extract says anew, beside what was known before it.

    ``newest`` is the movement stated last while the person was there; ``held`` the last fact that had them
    inside; ``last_establishment`` the last prison named, never the code for being in transit.
    """

    at: datetime
    delivery_id: UUID
    before: CustodyFact | None
    was: Position | None
    known_at: datetime | None
    now: CustodyFact
    position: Position
    movements: tuple[MovementFact, ...]
    newest: MovementFact | None
    held: CustodyFact | None
    last_establishment: str

    @property
    def has_moved(self) -> bool:
        """Say whether another prison is named than before."""
        now = self.now.establishment_code
        return self.last_establishment not in ("", now) and now not in NO_ESTABLISHMENT

    @property
    def is_same_booking(self) -> bool:
        """Say whether the booking is the one that last had them inside."""
        return self.held is not None and self.held.booking_number == self.now.booking_number

    @property
    def is_recalled_now(self) -> bool:
        """Say whether the legal status says recalled, and did not when last inside."""
        return _is_recall(self.now) and not (self.held is not None and _is_recall(self.held))

    @property
    def received(self) -> MovementFact | None:
        """Return the newest admission among the movements first stated here."""
        admissions = [m for m in self.movements if m.movement_type == "ADM"]
        return max(admissions, key=lambda m: m.valid_at, default=None)

    @property
    def received_as(self) -> Meaning | None:
        """Return what that admission means; None where none is stated."""
        return None if self.received is None else meaning_of("ADM", self.received.reason_code)


def steps_of(facts: RecordFacts) -> Iterator[Step]:
    """Yield the steps of a record, oldest first."""
    facts_at = {fact.valid_at: fact for fact in facts.custody}
    news: dict[datetime, list[MovementFact]] = {}
    for movement in facts.movements:
        news.setdefault(movement.learned_at, []).append(movement)
    last: Step | None = None
    for at in sorted(facts_at.keys() | news.keys()):
        now = facts_at.get(at) or (last.now if last else None)
        # Versions that are held no longer leave their movements behind without the custody they came with.
        if now is not None:
            last = _step(last, at, now, tuple(news.get(at, ())), is_new=at in facts_at)
            yield last


def left_as(movement: MovementFact | None) -> str | None:
    """Return the kind of event by which a movement says that somebody left; None when it does not."""
    if movement is None or movement.movement_type != "REL":
        return None
    return LEFT_AS.get(meaning_of("REL", movement.reason_code))


def is_after(movement: MovementFact, moment: datetime) -> bool:
    """Say whether a movement happened after a moment; of one whose day alone is known, that same day may be."""
    if movement.precision == "day":
        return london_day(movement.valid_at) >= london_day(moment)
    return movement.valid_at > moment


def london_day(moment: datetime) -> date:
    """Return the UK day of a moment."""
    return moment.astimezone(LONDON).date()


def midnight(day: date) -> datetime:
    """Return the start of a UK day."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)


def _step(
    last: Step | None, at: datetime, now: CustodyFact, movements: tuple[MovementFact, ...], *, is_new: bool
) -> Step:
    newest = _newest(last, movements)
    position = _position(now, newest)
    if last and last.position is Position.LEFT and position.is_inside and newest is last.newest:
        newest = None  # Back inside: the movement that had let them go tells nothing of what follows.
    return Step(
        at=at,
        delivery_id=now.delivery_id if is_new else movements[0].delivery_id,
        before=last.now if last else None,
        was=last.position if last else None,
        known_at=last.at if last else None,
        now=now,
        position=position,
        movements=movements,
        newest=newest,
        held=_held(last),
        last_establishment=_last_establishment(last),
    )


def _newest(last: Step | None, movements: Iterable[MovementFact]) -> MovementFact | None:
    """A release from before an absence tells nothing of what comes after it."""
    carried = last.newest if last and last.now.is_present else None
    return max(movements, key=lambda m: m.valid_at, default=carried)


def _held(last: Step | None) -> CustodyFact | None:
    if last is None:
        return None
    return last.now if last.position.is_inside else last.held


def _last_establishment(last: Step | None) -> str:
    if last is None:
        return ""
    named = last.now.is_present and last.now.establishment_code not in NO_ESTABLISHMENT
    return last.now.establishment_code if named else last.last_establishment


def _position(now: CustodyFact, newest: MovementFact | None) -> Position:
    if not now.is_present:
        return Position.ABSENT
    if now.custody_status == GONE_STATUS or (now.custody_status == OUT_STATUS and left_as(newest) is not None):
        return Position.LEFT
    if now.custody_status == TRANSIT_STATUS or now.establishment_code == IN_TRANSIT:
        return Position.TRANSIT
    return Position.OUT if now.custody_status == OUT_STATUS else Position.IN


def _is_recall(fact: CustodyFact) -> bool:
    status = parse_legal_status(fact.legal_status)
    return status is not None and status.is_recall
