"""The next release of a person, as tables and charts show it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from custody.models import CustodyState
from custody.pages.signs import HELD
from custody.release_dates import Certainty, ReleaseDateType, shown_date

SOON_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Due:
    """When somebody is due out. ``day`` is a working day; ``stated`` is the date as the prison holds it.

    ``otherwise`` is the date that counts where an earlier day is one of eligibility only.
    """

    day: date
    stated: date
    date_type: ReleaseDateType
    certainty: Certainty
    days_to_go: int
    otherwise: date | None = None

    @property
    def is_past(self) -> bool:
        """Whether the day has gone by and the person is still held."""
        return self.days_to_go < 0

    @property
    def is_moved(self) -> bool:
        """Whether the day is shown earlier than the prison states it, for a weekend or holiday."""
        return self.day != self.stated

    @property
    def which(self) -> str:
        """Return the words of the date type where the certainty does not say it already."""
        if self.date_type is ReleaseDateType.CONFIRMED:
            return ""
        return self.date_type.label[:1].lower() + self.date_type.label[1:]

    @property
    def is_soon(self) -> bool:
        """Whether the day is within a week, or gone by."""
        return self.days_to_go <= SOON_DAYS


def due_of(state: CustodyState, *, today: date) -> Due | None:
    """Return the next release of somebody held, or None without a date.

    An eligibility day still ahead is shown as the earliest possible day while the date behind it is
    only calculated; it never counts as operative. Source: feeds.md 3, feeds.md 10.10.
    """
    if state.whereabouts not in HELD:
        return None
    operative = operative_due(state, today=today)
    if state.eligible_date is None or state.eligible_date < today:
        return operative
    if operative is not None and operative.certainty is not Certainty.CALCULATED:
        return operative
    date_type = ReleaseDateType(state.eligible_date_type)
    day = shown_date(state.eligible_date, date_type, today=today)
    return Due(
        day=day,
        stated=state.eligible_date,
        date_type=date_type,
        certainty=Certainty.ELIGIBLE,
        days_to_go=(day - today).days,
        otherwise=operative.day if operative else None,
    )


def operative_due(state: CustodyState, *, today: date) -> Due | None:
    """Return the release on the date that counts, whatever day of eligibility comes before it; None without one."""
    if state.release_date is None:
        return None
    date_type = ReleaseDateType(state.release_date_type)
    day = shown_date(state.release_date, date_type, today=today)
    return Due(
        day=day,
        stated=state.release_date,
        date_type=date_type,
        certainty=Certainty(state.certainty),
        days_to_go=(day - today).days,
    )
