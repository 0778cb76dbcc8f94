"""Which sign and words stand for where somebody is and for what happened."""

from dataclasses import dataclass
from typing import Final

from custody.models import CustodyState, EventKind, Whereabouts

SIGNS: Final[dict[str, str]] = {
    Whereabouts.IN_CUSTODY: "custody",
    Whereabouts.AT_COURT: "court",
    Whereabouts.TEMPORARY_ABSENCE: "absence",
    Whereabouts.IN_TRANSIT: "transit",
    Whereabouts.MISSING: "missing",
    Whereabouts.COMMUNITY: "community",
    Whereabouts.UNLAWFULLY_AT_LARGE: "large",
    Whereabouts.HOSPITAL: "absence",
    Whereabouts.REMOVED: "community",
    Whereabouts.DIED: "community",
}
EVENT_SIGNS: Final[dict[str, str]] = {
    EventKind.ENTERED: "entered",
    EventKind.ADOPTED_IN_CUSTODY: "entered",
    EventKind.BACK_IN_FEED: "entered",
    EventKind.TRANSFERRED: "moved",
    EventKind.AT_COURT: "court",
    EventKind.RETURNED_FROM_COURT: "custody",
    EventKind.TEMPORARY_ABSENCE: "absence",
    EventKind.RETURNED_FROM_ABSENCE: "custody",
    EventKind.IN_TRANSIT: "transit",
    EventKind.RELEASED: "released",
    EventKind.RECALLED: "entered",
    EventKind.REMOVED: "released",
    EventKind.TO_HOSPITAL: "absence",
    EventKind.DIED: "released",
    EventKind.ESCAPED: "large",
    EventKind.ABSCONDED: "large",
    EventKind.UNLAWFULLY_AT_LARGE: "large",
    EventKind.RECAPTURED: "entered",
    EventKind.MISSING_FROM_FEED: "missing",
    EventKind.RELEASE_DATE_SET: "due",
    EventKind.RELEASE_DATE_CHANGED: "due",
    EventKind.RELEASE_DATE_WITHDRAWN: "due",
    EventKind.RELEASE_DATE_CONFIRMED: "due",
}
SHORT_EVENTS: Final[dict[str, str]] = {
    EventKind.ENTERED: "Entered",
    EventKind.ADOPTED_IN_CUSTODY: "Adopted",
    EventKind.BACK_IN_FEED: "Back in file",
    EventKind.TRANSFERRED: "Moved",
    EventKind.AT_COURT: "At court",
    EventKind.RETURNED_FROM_COURT: "From court",
    EventKind.TEMPORARY_ABSENCE: "Out",
    EventKind.RETURNED_FROM_ABSENCE: "Back",
    EventKind.IN_TRANSIT: "On the way",
    EventKind.RELEASED: "Released",
    EventKind.RECALLED: "Recalled",
    EventKind.REMOVED: "Removed",
    EventKind.TO_HOSPITAL: "To hospital",
    EventKind.DIED: "Died",
    EventKind.ESCAPED: "Escaped",
    EventKind.ABSCONDED: "Absconded",
    EventKind.UNLAWFULLY_AT_LARGE: "At large",
    EventKind.RECAPTURED: "Recaptured",
    EventKind.MISSING_FROM_FEED: "Missing",
    EventKind.RELEASE_DATE_SET: "Date set",
    EventKind.RELEASE_DATE_CHANGED: "New date",
    EventKind.RELEASE_DATE_WITHDRAWN: "Date gone",
    EventKind.RELEASE_DATE_CONFIRMED: "Confirmed",
}
HELD: Final = frozenset(
    {
        Whereabouts.IN_CUSTODY,
        Whereabouts.AT_COURT,
        Whereabouts.TEMPORARY_ABSENCE,
        Whereabouts.IN_TRANSIT,
        Whereabouts.MISSING,
    }
)
MISSED: Final = frozenset({Whereabouts.MISSING, Whereabouts.UNLAWFULLY_AT_LARGE})


@dataclass(frozen=True, slots=True)
class State:
    """A sign and its words; ``spoken`` is the status word for those who do not see the sign."""

    sign: str
    words: str
    spoken: str = ""


def state_of(state: CustodyState, establishments: dict[str, str]) -> State:
    """Return the sign and words of where somebody is, short enough for a table."""
    label = Whereabouts(state.whereabouts).label
    sign = SIGNS[state.whereabouts]
    if state.whereabouts not in HELD:
        return State(sign, label)
    place = establishments.get(state.establishment_code, state.establishment_code)
    words = {
        Whereabouts.AT_COURT: f"At court, {place}",
        Whereabouts.TEMPORARY_ABSENCE: f"Out, {place}",
        Whereabouts.IN_TRANSIT: f"Leaving {place}" if place else "Between prisons",
        Whereabouts.MISSING: f"{place}, unconfirmed",
    }.get(Whereabouts(state.whereabouts), place)
    return State(sign, words, label)
