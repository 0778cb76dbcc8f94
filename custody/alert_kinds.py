"""The kinds of alert, and which of them wait, hurry, or cannot be switched off."""

from enum import StrEnum
from typing import Final


class AlertKind(StrEnum):
    """What an alert tells. The stored code is permanent; the label is the words of the pages."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "AlertKind":
        """Attach the label to the stored code."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    ENTERED = "entered", "entered custody"
    ADOPTED_IN_CUSTODY = "adopted_in_custody", "adopted, found in custody"
    TRANSFERRED = "transferred", "transferred"
    MOVED_LATE = "moved_late", "moved within 7 days of release"
    AT_COURT_OVERNIGHT = "at_court_overnight", "at court overnight"
    ABSENCE_BEGUN = "absence_begun", "left on temporary absence"
    ABSENCE_RETURNED = "absence_returned", "returned from temporary absence"
    ABSENCE_OVERDUE = "absence_overdue", "overdue from temporary absence"
    DATE_SET = "date_set", "release date set"
    DATE_BROUGHT_FORWARD = "date_brought_forward", "release brought forward"
    DATE_PUT_BACK = "date_put_back", "release put back"
    DATE_WITHDRAWN = "date_withdrawn", "release date withdrawn"
    DATE_CONFIRMED = "date_confirmed", "release date confirmed"
    DUE_28 = "due_28", "due out in 28 days"
    DUE_14 = "due_14", "due out in 14 days"
    DUE_7 = "due_7", "due out in 7 days"
    DUE_2 = "due_2", "due out in 2 days"
    DUE_1 = "due_1", "due out tomorrow"
    RELEASING_HERE = "releasing_here", "releasing to your area"
    RELEASED = "released", "released"
    RECALLED = "recalled", "recalled to prison"
    ESCAPED = "escaped", "escaped"
    ABSCONDED = "absconded", "absconded"
    AT_LARGE = "at_large", "unlawfully at large"
    RECAPTURED = "recaptured", "back in custody after being at large"
    DIED = "died", "died"
    REMOVED = "removed", "removed from the country"
    HOSPITAL = "hospital", "moved to hospital"
    MISSING = "missing", "missing from the prison file"
    BACK_IN_FEED = "back_in_feed", "back in the prison file"


class Side(StrEnum):
    """As what an area is told: it manages the person, or the person is released to it."""

    MANAGING = "managing"
    RELEASING = "releasing"


# Days before the day out, the farthest first.
DUE: Final = {
    28: AlertKind.DUE_28,
    14: AlertKind.DUE_14,
    7: AlertKind.DUE_7,
    2: AlertKind.DUE_2,
    1: AlertKind.DUE_1,
}
DATE_KINDS: Final = frozenset(
    {
        AlertKind.DATE_SET,
        AlertKind.DATE_BROUGHT_FORWARD,
        AlertKind.DATE_PUT_BACK,
        AlertKind.DATE_WITHDRAWN,
        AlertKind.DATE_CONFIRMED,
    }
)
# Received and released: most mistaken ones are put right within half an hour. Source: domain.md b.3, product.md 4.
SETTLES: Final = frozenset(
    {
        AlertKind.ENTERED,
        AlertKind.RECALLED,
        AlertKind.RECAPTURED,
        AlertKind.TRANSFERRED,
        AlertKind.MOVED_LATE,
        AlertKind.RELEASED,
        AlertKind.REMOVED,
        AlertKind.HOSPITAL,
    }
)
# Somebody is out, or will be within two days: an officer who could switch these off would never hear that a
# person of theirs walked out, which is what the service is for. They may still be left unread; then they escalate.
ALWAYS_ON: Final = frozenset(
    {
        AlertKind.DUE_2,
        AlertKind.DUE_1,
        AlertKind.RELEASED,
        AlertKind.ESCAPED,
        AlertKind.ABSCONDED,
        AlertKind.AT_LARGE,
        AlertKind.MISSING,
    }
)
# Mailed at once; the rest waits for the officer's digest hour.
URGENT: Final = ALWAYS_ON | {AlertKind.MOVED_LATE, AlertKind.ABSENCE_OVERDUE}
# A release inside so many days is escalated when nobody acknowledges it.
ESCALATES_WITHIN_DAYS: Final = 2
ESCALATES: Final = frozenset({AlertKind.DUE_2, AlertKind.DUE_1, *DATE_KINDS} - {AlertKind.DATE_WITHDRAWN})
