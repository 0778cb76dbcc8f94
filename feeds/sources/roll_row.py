"""The typed view of a roll row's stored content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from feeds.manifest import LONDON
from feeds.sources.roll_layout import RELEASE_DATE_TYPES
from feeds.sources.rows import Content


@dataclass(frozen=True, slots=True)
class Movement:
    """The last movement a row states. ``movement_type``: ADM, TRN, REL, CRT or TAP.

    ``at`` is UK local time, midnight where only the day is known; None where not even that is.
    ``establishment_name`` is the reporting prison's.
    """

    movement_type: str
    reason: str
    at: datetime | None
    precision: Literal["day", "second"]
    establishment_name: str


@dataclass(frozen=True, slots=True)
class RollRow:
    """What one row of the roll says. Texts are empty and dates None where it says nothing.

    ``custody_status``: ACTIVE IN, ACTIVE OUT, INACTIVE TRN. ``sex``: M, F, NK, NS. ``mappa``: 1 to 3.
    ``dates`` is keyed by release-date type; ``unstated`` names the types that the file had no column for,
    which is not the same as withdrawn.
    """

    prison_number: str
    booking_number: str
    previous_bookings: tuple[str, ...]
    surname: str
    forenames: tuple[str, ...]
    cro: str
    pnc: tuple[str, ...]
    date_of_birth: date | None
    sex: str
    establishment: str
    establishment_name: str
    custody_status: str
    legal_status: str
    transfer_reason: str
    first_reception: date | None
    received_from: str
    pending_transfer: str
    offence: str
    other_offences: tuple[str, ...]
    earliest_release: date | None
    confirmed_release: date | None
    release_reason: str
    dates: Mapping[str, date]
    unstated: frozenset[str]
    discharge_relationship: str
    discharge_address: tuple[str, ...]
    discharge_postcode: str
    home_address: tuple[str, ...]
    home_postcode: str
    movement: Movement | None
    first_movement: date | None
    mappa: str
    sex_offender: bool | None
    supervising_service: str
    licence_type: str
    alerts: tuple[str, ...]


def roll_row(content: Content) -> RollRow:
    """Return the typed view of a stored row.

    Source: feeds.md 3; the keys are listed in docs/feeds/prison_roll.md.
    """
    return RollRow(
        prison_number=_text(content, "number"),
        booking_number=_text(content, "booking"),
        previous_bookings=_texts(content, "earlier_bookings"),
        surname=_text(content, "surname"),
        forenames=_texts(content, "forenames"),
        cro=_text(content, "cro"),
        pnc=_texts(content, "pnc"),
        date_of_birth=_day(content, "born"),
        sex=_text(content, "sex"),
        establishment=_text(content, "establishment"),
        establishment_name=_text(content, "establishment_name"),
        custody_status=_text(content, "status"),
        legal_status=_text(content, "legal"),
        transfer_reason=_text(content, "transfer_reason"),
        first_reception=_day(content, "received"),
        received_from=_text(content, "received_from"),
        pending_transfer=_text(content, "pending_transfer"),
        offence=_text(content, "offence"),
        other_offences=_texts(content, "other_offences"),
        earliest_release=_day(content, "earliest"),
        confirmed_release=_day(content, "confirmed"),
        release_reason=_text(content, "release_reason"),
        dates={kind: day for kind in RELEASE_DATE_TYPES if (day := _day(content, kind)) is not None},
        unstated=frozenset(_texts(content, "unstated")),
        discharge_relationship=_text(content, "discharge_relationship"),
        discharge_address=_texts(content, "discharge"),
        discharge_postcode=_text(content, "discharge_postcode"),
        home_address=_texts(content, "home"),
        home_postcode=_text(content, "home_postcode"),
        movement=_movement(content),
        first_movement=_day(content, "first_moved"),
        mappa=_text(content, "mappa"),
        sex_offender=_yes_no(_text(content, "sex_offender")),
        supervising_service=_text(content, "service"),
        licence_type=_text(content, "licence"),
        alerts=_texts(content, "alerts"),
    )


def _text(content: Content, key: str) -> str:
    value = content.get(key, "")
    return value if isinstance(value, str) else ""


def _texts(content: Content, key: str) -> tuple[str, ...]:
    value = content.get(key, ())
    return () if isinstance(value, str) else tuple(value)


def _day(content: Content, key: str) -> date | None:
    text = _text(content, key)
    return date.fromisoformat(text) if text else None


def _yes_no(stated: str) -> bool | None:
    return stated == "Y" if stated else None


def _movement(content: Content) -> Movement | None:
    movement_type = _text(content, "move_type")
    if not movement_type:
        return None
    moved = _text(content, "moved")
    # The doubled autumn hour is the first of the two: fold 0.
    return Movement(
        movement_type=movement_type,
        reason=_text(content, "move_reason"),
        at=datetime.fromisoformat(moved).replace(tzinfo=LONDON) if moved else None,
        precision="second" if "T" in moved else "day",
        establishment_name=_text(content, "moved_at_prison"),
    )
