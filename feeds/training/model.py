"""What the invented world keeps of each person: identity, stay in custody, adoption, and what happened today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

from feeds.training.places import Area

ACTIVE_IN: Final = "ACTIVE IN"
ACTIVE_OUT: Final = "ACTIVE OUT"
IN_TRANSIT: Final = "INACTIVE TRN"


class Movement(NamedTuple):
    """A movement as the prison records it; ``at`` is London clock time."""

    type: str
    reason: str
    at: datetime


@dataclass(slots=True, eq=False)
class Custody:
    """One stay in custody. ``dates`` is keyed by SED, CRD, HDCED… and CONFIRMED, as the file's columns are."""

    booking: str
    prison: str
    legal_status: str
    first_reception: date
    received_from: str
    moved: Movement
    offence: str
    status: str = ACTIVE_IN
    first_movement: date | None = None
    transfer_reason: str = ""
    pending_transfer: str = ""
    other_offences: tuple[str, ...] = ()
    dates: dict[str, date] = field(default_factory=dict)
    sentenced_on: date | None = None
    sentence_days: int = 0
    licence_type: str = ""
    release_reason: str = ""
    discharge_lines: tuple[str, ...] = ()
    discharge_postcode: str = ""
    # Counts re-planned releases, so that a release planned for an older date does nothing.
    plan: int = 0
    # What the truth calls the departure of somebody who has left and still stands in the file.
    left_as: str = ""
    lost_by_feed: bool = False

    @property
    def operative(self) -> date | None:
        """The day on which the prison means to let the person go, as its own dates say."""
        return operative_of(self.dates)


class Happening(NamedTuple):
    """Something that happened to a person since the last file."""

    kind: str
    at: datetime
    booking: str
    origin: str = ""
    destination: str = ""
    old_date: date | None = None
    new_date: date | None = None


class Filed(NamedTuple):
    """What the last file shows of a person. ``prison`` is never the transit code."""

    booking: str
    prison: str
    status: str
    moved: Movement
    operative: date | None
    operative_type: str
    # Of the discharge address, as far as the file says it.
    postcode: str = ""


@dataclass(slots=True, eq=False)
class Adoption:
    """One area's adoption of a person, week by week. Weeks count the PPO files from 0."""

    reference: str
    area: Area
    strand: str
    adopted_on: date
    lead_officer: str
    first_week: int = 0
    removed_week: int | None = None
    removal_reason: str = ""
    # From this week on the force forgets the row without removing the person.
    forgotten_week: int | None = None
    # What this area writes otherwise than the truth: column name to text.
    stated: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Person:
    """Somebody who does not exist."""

    serial: int
    surname: str
    forenames: tuple[str, ...]
    sex: str
    born: date
    background: str
    prison_number: str
    pnc: str
    cro: str
    area: Area
    address: tuple[str, ...]
    postcode: str
    is_prolific: bool = False
    mappa_level: str = ""
    is_sex_offender: bool = False
    aliases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    past_bookings: tuple[str, ...] = ()
    roll_pnc: bool = True
    # Surname that the prison wrote, when it is not the one of today (married since).
    prison_surname: str = ""
    adoptions: list[Adoption] = field(default_factory=list)
    # The PPO rows contradict the numbers they carry: a person has to look at them before anything is joined.
    needs_review: bool = False
    on_licence: bool = False
    # Dead, removed from the country or in hospital: never comes back in this world.
    is_gone: bool = False
    # The stay from which somebody at large is missing, to which they are brought back.
    at_large_from: Custody | None = None
    custody: Custody | None = None
    filed: Filed | None = None
    happenings: list[Happening] = field(default_factory=list)
    row: str = ""

    @property
    def alerts(self) -> tuple[str, ...]:
        """The alert codes that the prison keeps.

        Source: domain.md a.3.
        """
        is_known_here = any(adoption.first_week == 0 for adoption in self.adoptions) and self.serial % 3 > 0
        codes = ["OPPO"] if is_known_here else []
        codes += [f"P{self.mappa_level}"] if self.mappa_level else []
        codes += ["SR"] if self.is_sex_offender else []
        codes += ["XVL"] if self.serial % 17 == 0 else []
        codes += ["RDV"] if self.serial % 13 == 0 else []
        return tuple(codes)


def operative_of(dates: Mapping[str, date]) -> date | None:
    """Return the release date that counts among the dates of the flat prison form."""
    found = operative_type_of(dates)
    return dates[found] if found else None


def operative_type_of(dates: Mapping[str, date]) -> str:
    """Return which type of date counts, empty when none does.

    Written for the training world alone, so that the truth does not rest on the product's own rule.
    Source: domain.md a.5; feeds.md 3.
    """
    for first in ("CONFIRMED", "HDCAD"):
        if first in dates:
            return first
    automatic = [kind for kind in ("CRD", "NPD") if kind in dates]
    if automatic:
        return max(automatic, key=lambda kind: dates[kind])
    return "SED" if "SED" in dates else ""
