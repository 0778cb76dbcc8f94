"""The words that pages use for feeds, for columns of their files, and for what was mended in reading them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from custody.wording import full_date

FEED_WORDS: Final[Mapping[str, str]] = {"prison_roll": "Prison file", "ppo": "PPO file"}
COLUMN_WORDS: Final[Mapping[str, str]] = {
    "born": "Date of birth",
    "adopted": "Adopted on",
    "area": "Area",
    "booking": "Booking number",
    "discharge_relationship": "Discharge address, of whom",
    "earlier_bookings": "Earlier booking numbers",
    "establishment": "Prison",
    "establishment_name": "Name of the prison",
    "lead": "Lead officer",
    "number": "Prison number",
    "reference": "PPO reference",
    "removed": "Removed on",
    "sex_offender": "Registered sex offender",
    "confirmed": "Confirmed release date",
    "crd": "Conditional release date (CRD)",
    "cro": "CRO number",
    "discharge": "Discharge address",
    "earliest": "Earliest release date",
    "first_moved": "First movement",
    "hdcad": "Approved curfew date (HDCAD)",
    "hdced": "Curfew eligibility date (HDCED)",
    "home": "Home address",
    "led": "Licence expiry date (LED)",
    "legal": "Legal status",
    "licence": "Licence type",
    "mappa": "MAPPA level",
    "move_reason": "Reason of the last movement",
    "move_type": "Type of the last movement",
    "moved": "Time of the last movement",
    "moved_at_prison": "Prison of the last movement",
    "npd": "Non-parole date (NPD)",
    "ped": "Parole eligibility date (PED)",
    "pnc": "PNC ID",
    "received": "First reception",
    "sed": "Sentence expiry date (SED)",
    "service": "Supervising service",
    "status": "Custody status",
    "tused": "Top-up supervision expiry date (TUSED)",
}
# Columns of one name that mean something else in one feed.
OWN_COLUMN_WORDS: Final[Mapping[tuple[str, str], str]] = {("ppo", "status"): "Adopted or removed"}
CAME_BY_WORDS: Final[Mapping[str, str]] = {"upload": "Upload", "drop": "Drop folder", "command": "Command"}
IDENTIFIER_WORDS: Final[Mapping[str, str]] = {"prison_number": "Prison number", "pnc": "PNC ID", "cro": "CRO number"}
MENDED_WORDS: Final[Mapping[str, str]] = {
    "line_break": "line breaks inside a value",
    "tab": "tabs",
    "doubled_blank": "doubled spaces",
    "outer_blank": "spaces around a value",
    "lone_bar": "lone bars read as empty",
    "unquoted_last": "last columns without quotes",
    "missing_last": "rows without the last column",
    "bad_pnc": "PNC IDs of a wrong form, kept as stated",
    "bad_cro": "CRO numbers of a wrong form, kept as stated",
}


def delivery_words(feed: str, extract_at: datetime) -> str:
    """Return a delivery in words: ``Prison file of 22 November 2026``."""
    return f"{FEED_WORDS.get(feed, feed)} of {full_date(extract_at)}"


def column_words(name: str, *, feed: str = "") -> str:
    """Return a column in words: ``SED`` as ``Sentence expiry date (SED)``, ``lead_officer`` as ``Lead officer``."""
    own = OWN_COLUMN_WORDS.get((feed, name))
    return own or COLUMN_WORDS.get(name.lower(), name.replace("_", " ").capitalize())


def mended_words(code: str) -> str:
    """Return what was mended or noted, in words that follow its number."""
    return MENDED_WORDS.get(code, code.replace("_", " "))
