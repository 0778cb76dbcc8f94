"""Finds whom a timed alert may concern by now and has not been raised for: what the clock looks at every minute."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from custody.alert_kinds import DUE, AlertKind
from custody.alert_models import Alert
from custody.due_alerts import day_out, due_moment
from custody.models import CustodyState, Whereabouts
from custody.state import LONGEST_ABSENCE

LONDON: Final = ZoneInfo("Europe/London")
# A release on a holiday is shown, and counted to, up to so many days before.
MOVES_BACK_DAYS: Final = 7


def people_due(now: datetime) -> list[UUID]:
    """Return the people for whom time alone may owe an alert that is not stored. Three queries.

    It looks at the state only; whether an alert is owed, the facts decide.
    """
    return sorted({*_due_out(now), *_lasting(now)})


def _seen() -> QuerySet[CustodyState]:
    """People whom somebody may see: of others nobody is told, and they would come up again each minute."""
    return CustodyState.objects.exclude(visible_to=[])


def _due_out(now: datetime) -> Iterator[UUID]:
    today = now.astimezone(LONDON).date()
    last = today + timedelta(days=max(DUE) + MOVES_BACK_DAYS)
    due = _seen().filter(release_date__range=(today, last))
    rows = list(due.values_list("offender_id", "release_date", "certainty"))
    raised = set(
        Alert.objects.live()
        .filter(offender_id__in=[pk for pk, _, _ in rows], kind__in=[kind.value for kind in DUE.values()])
        .values_list("offender_id", "kind", "new_date")
    )
    for pk, release_date, certainty in rows:
        assert release_date is not None
        kind = _nearest(day_out(release_date, is_confirmed=certainty == "confirmed"), now)
        if kind is not None and (pk, kind.value, release_date) not in raised:
            yield pk


def _nearest(day: date, now: datetime) -> AlertKind | None:
    """The last of the days before it that has come; the ones before that passed with it."""
    come = [days for days in DUE if due_moment(day, days) <= now]
    return DUE[min(come)] if come else None


def _lasting(now: datetime) -> Iterable[UUID]:
    midnight = datetime.combine(now.astimezone(LONDON).date(), time(), LONDON)
    overnight = Q(whereabouts=Whereabouts.AT_COURT, since__lt=midnight)
    overdue = Q(whereabouts=Whereabouts.TEMPORARY_ABSENCE, since__lte=now - LONGEST_ABSENCE)
    out = dict(_seen().filter(overnight | overdue).values_list("offender_id", "since"))
    kinds = (AlertKind.AT_COURT_OVERNIGHT.value, AlertKind.ABSENCE_OVERDUE.value)
    told = Alert.objects.live().filter(offender_id__in=out.keys(), kind__in=kinds)
    return out.keys() - {pk for pk, at in told.values_list("offender_id", "occurred_at") if out[pk] == at}
