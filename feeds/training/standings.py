"""What each file shows of each tracked person, and which areas hold them: lines of the truth beside its events."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a roll shows of a person from then on; written where it differs from the roll before.

    ``file`` is the sequence of the roll, ``extract_at`` its moment (aware). Who is not in it has no ``status``.
    ``postcode`` is that of the discharge address, empty where the file gives none. ``is_mistaken``: a later
    sequence of the same moment corrects this one.
    """

    prison_number: str
    file: int
    extract_at: datetime
    status: str = ""
    prison: str = ""
    booking: str = ""
    operative: date | None = None
    operative_type: str = ""
    postcode: str = ""
    is_mistaken: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """An area's adoption of a person, from one PPO file (aware moment) until another; None while it lasts."""

    prison_number: str
    area: str
    since: datetime
    until: datetime | None = None
