"""How often release dates change at each establishment: figures only, nobody is named.

A prison whose dates move late and often is one whose gate cannot be trusted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, DateField, DateTimeField, F, Value

from custody.date_changes import FIRST_CHECK_DAYS, is_inside
from custody.models import CustodyEvent, CustodyState, EventKind, Whereabouts

WINDOW_DAYS: Final = 90
HUNDRED: Final = 100
CHANGES: Final = (EventKind.RELEASE_DATE_CHANGED, EventKind.RELEASE_DATE_WITHDRAWN)
HELD: Final = (
    Whereabouts.IN_CUSTODY,
    Whereabouts.AT_COURT,
    Whereabouts.TEMPORARY_ABSENCE,
    Whereabouts.IN_TRANSIT,
    Whereabouts.MISSING,
)


class ChangeThere(NamedTuple):
    """One change of an operative date of somebody held at an establishment."""

    establishment_code: str
    old_date: date | None
    new_date: date | None
    learned_at: datetime


@dataclass(frozen=True, slots=True)
class Volatility:
    """The changes of 90 days at one establishment beside the people held there now."""

    held: int
    changes: int
    inside_14_days: int

    @property
    def per_100(self) -> float | None:
        """Return changes for each 100 people held, one decimal; None where nobody is held."""
        return _per_100(self.changes, self.held)

    @property
    def inside_14_days_per_100(self) -> float | None:
        """Return changes inside 14 days of a release for each 100 people held; None where nobody is held."""
        return _per_100(self.inside_14_days, self.held)


def volatility(
    changes: Iterable[ChangeThere], held: Mapping[str, int], *, now: datetime, window_days: int = WINDOW_DAYS
) -> dict[str, Volatility]:
    """Return the volatility of each establishment that holds somebody or had a change, by code. Pure.

    A change is an operative date moved or withdrawn; one set for the first time or confirmed moves nothing.
    """
    since = now - timedelta(days=window_days)
    within = [change for change in changes if since <= change.learned_at <= now]
    every = Counter(change.establishment_code for change in within)
    late = Counter(change.establishment_code for change in within if _is_late(change))
    return {code: Volatility(held.get(code, 0), every[code], late[code]) for code in sorted({*held, *every})}


def read_volatility(*, now: datetime) -> dict[str, Volatility]:
    """Return the volatility of each establishment by the people whom the reader may see. One query."""
    changed = CustodyEvent.objects.filter(
        kind__in=CHANGES, withdrawn_at__isnull=True, learned_at__gte=now - timedelta(days=WINDOW_DAYS)
    ).values_list("to_establishment", "old_date", "new_date", "learned_at", Value(1))
    held = (
        CustodyState.objects.filter(whereabouts__in=HELD)
        .values(place=F("establishment_code"))
        .annotate(
            old=Value(None, output_field=DateField()),
            new=Value(None, output_field=DateField()),
            at=Value(None, output_field=DateTimeField()),
            people=Count("pk"),
        )
        .values_list("place", "old", "new", "at", "people")
    )
    changes, people = [], {}
    for code, old, new, learned_at, count in changed.union(held, all=True):
        if learned_at is None:
            people[code] = count
        else:
            changes.append(ChangeThere(code, old, new, learned_at))
    return volatility(changes, people, now=now)


def _is_late(change: ChangeThere) -> bool:
    return is_inside(FIRST_CHECK_DAYS, change.old_date, change.new_date, learned_at=change.learned_at)


def _per_100(number: int, held: int) -> float | None:
    return round(number * HUNDRED / held, 1) if held else None
