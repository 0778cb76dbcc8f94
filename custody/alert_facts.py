"""What the alert rules look at, and what they give: plain values, without a database."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from custody.alert_kinds import AlertKind, Side
from custody.snapshots import RecordFacts


@dataclass(frozen=True, slots=True)
class EventSeen:
    """A live custody event. ``learned_at`` is the extract that first showed it."""

    id: UUID
    record_id: UUID
    kind: str
    key: bytes
    occurred_at: datetime
    precision: str
    learned_at: datetime
    from_establishment: str = ""
    to_establishment: str = ""
    old_date: date | None = None
    new_date: date | None = None
    certainty: str = ""
    before_tracking: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """An area manages the person from one list of its scheme until another; open while it lasts."""

    area_code: str
    since: datetime
    until: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Return whether the area managed the person then."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class Discharge:
    """From an extract on, the areas in whose postcode district the discharge address lies; none when it has none."""

    since: datetime
    record_id: UUID
    areas: frozenset[str]


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """One person as the alert rules see them. ``facts``: by record; ``tracked_since``: None when never adopted."""

    events: tuple[EventSeen, ...] = ()
    facts: Mapping[UUID, RecordFacts] | None = None
    holdings: tuple[Holding, ...] = ()
    discharges: tuple[Discharge, ...] = ()
    tracked_since: datetime | None = None

    def sides_at(self, moment: datetime) -> list[tuple[str, Side]]:
        """Return the areas concerned at a moment, those that manage first; an area is told once."""
        managing = {holding.area_code for holding in self.holdings if holding.covers(moment)}
        return [
            *((area, Side.MANAGING) for area in sorted(managing)),
            *((area, Side.RELEASING) for area in sorted(self.releasing_at(moment) - managing)),
        ]

    def releasing_at(self, moment: datetime) -> frozenset[str]:
        """Return the areas to which the newest discharge address known at a moment would lead."""
        known = [one for one in self.discharges if one.since <= moment]
        return max(known, key=lambda one: one.since).areas if known else frozenset()

    def is_tracked_at(self, moment: datetime) -> bool:
        """Return whether somebody had adopted the person by then; the unadopted have no beginning to be before."""
        return self.tracked_since is None or self.tracked_since <= moment

    def told_moment(self, moment: datetime) -> datetime:
        """Return the moment, or when tracking began where that was later: before, nobody was there to be told."""
        return max(moment, self.tracked_since) if self.tracked_since else moment


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that areas are owed an alert of. It may be raised from ``due_at`` on.

    ``is_late`` by the facts, or when it is raised at ``passes_at`` or after: kept, and not sent.
    ``day_out``: the day of the release that it tells of, where it tells of one.
    """

    kind: AlertKind
    mark: bytes
    due_at: datetime
    occurred_at: datetime
    learned_at: datetime
    precision: str
    is_late: bool = False
    passes_at: datetime | None = None
    event_id: UUID | None = None
    from_establishment: str = ""
    to_establishment: str = ""
    old_date: date | None = None
    new_date: date | None = None
    certainty: str = ""
    day_out: date | None = None
    only_to: frozenset[str] | None = None

    def is_late_at(self, now: datetime) -> bool:
        """Return whether raising it now comes too late to be of use."""
        return self.is_late or (self.passes_at is not None and now >= self.passes_at)


@dataclass(frozen=True, slots=True)
class Owed:
    """An alert that is owed: what of, and to which area in which part."""

    occasion: Occasion
    area_code: str
    side: Side

    @property
    def identity(self) -> tuple[bytes, str, str]:
        """What makes two alerts of a person one."""
        return self.occasion.mark, self.area_code, self.side.value


def mark_of(kind: AlertKind, *parts: object) -> bytes:
    """Return what tells an occasion from every other of the same person: 16 bytes."""
    return hashlib.sha256("|".join([kind.value, *map(str, parts)]).encode()).digest()[:16]
