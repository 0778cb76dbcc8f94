"""Reads what the alert rules look at: events, custody facts, and the areas concerned over time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from custody.alert_facts import Discharge, EventSeen, Holding, PersonSeen
from custody.models import CustodyEvent, PostcodeDistrict, ReleaseDate
from custody.postcodes import district_of, is_no_fixed_abode
from custody.recording import load_custody_facts
from offenders.facts import standing
from offenders.links import records_of
from offenders.models import Address, SchemeMembership
from offenders.schemes import memberships_of, tracking

# Release dates from so long ago until so far ahead can owe an alert of a day before them that is not stored yet.
LOOKS_BACK: Final = timedelta(days=70)
LOOKS_AHEAD: Final = timedelta(days=36)
EVENT_COLUMNS: Final = (
    "pk",
    "record_id",
    "kind",
    "key",
    "occurred_at",
    "precision",
    "learned_at",
    "from_establishment",
    "to_establishment",
    "old_date",
    "new_date",
    "certainty",
    "before_tracking",
)


def load_people(offender_ids: Iterable[UUID], *, also: Collection[UUID], today: date) -> dict[UUID, PersonSeen]:
    """Return those of the people who may owe an alert: with an event, or a release date not far from today.

    ``also``: people to return whatever is known of them, because something stored has to be held against it.
    """
    ids = list(offender_ids)
    events = _events_of(ids)
    records = records_of(ids)
    near = _with_near_dates(records, today)
    wanted = [pk for pk in ids if pk in events or pk in near or pk in also]
    of_wanted = [record for pk in wanted for record in records.get(pk, ())]
    memberships = memberships_of(of_wanted)
    facts = load_custody_facts(of_wanted)
    discharges = _discharges_of(of_wanted)
    return {
        pk: PersonSeen(
            events=tuple(events.get(pk, ())),
            facts={r: facts[r] for r in records.get(pk, ()) if facts[r].custody},
            holdings=tuple(h for r in records.get(pk, ()) for h in _holdings(memberships.get(r, ()))),
            discharges=tuple(d for r in records.get(pk, ()) for d in discharges.get(r, ())),
            tracked_since=tracking(memberships[r] for r in records.get(pk, ()) if r in memberships).starts_at,
        )
        for pk in wanted
    }


def _events_of(ids: Sequence[UUID]) -> dict[UUID, list[EventSeen]]:
    found: dict[UUID, list[EventSeen]] = defaultdict(list)
    live = CustodyEvent.objects.filter(offender_id__in=ids, withdrawn_at__isnull=True)
    for offender_id, pk, record_id, kind, key, *rest in live.values_list("offender_id", *EVENT_COLUMNS):
        found[offender_id].append(EventSeen(pk, record_id, kind, bytes(key), *rest))
    return found


def _with_near_dates(records: Mapping[UUID, Sequence[UUID]], today: date) -> set[UUID]:
    owner = {record: pk for pk, found in records.items() for record in found}
    span = (today - LOOKS_BACK, today + LOOKS_AHEAD)
    stated = ReleaseDate.objects.filter(record_id__in=list(owner), date__range=span)
    return {owner[record] for record in stated.values_list("record_id", flat=True).distinct()}


def _holdings(history: Sequence[SchemeMembership]) -> Iterable[Holding]:
    """The times during which one scheme had adopted the person, by its own lists."""
    since = None
    for fact in history:
        if fact.strand and since is None:
            since = fact.valid_at
        elif not fact.strand and since is not None:
            yield Holding(fact.area_code, since, fact.valid_at)
            since = None
    if since is not None:
        yield Holding(history[-1].area_code, since)


def _discharges_of(record_ids: Sequence[UUID]) -> dict[UUID, list[Discharge]]:
    """Each change of a discharge address, as the areas it leads to."""
    stated = [
        (fact.record_id, fact.valid_at, _district(fact.postcode))
        for fact in standing(Address, record_ids).filter(kind=Address.Kind.DISCHARGE)
    ]
    districts = {district for _, _, district in stated}
    areas = dict(PostcodeDistrict.objects.filter(pk__in=districts).values_list("pk", "area_codes")) if stated else {}
    found: dict[UUID, list[Discharge]] = defaultdict(list)
    for record_id, since, district in stated:
        found[record_id].append(Discharge(since, record_id, frozenset(areas.get(district, ()))))
    return found


def _district(postcode: str) -> str:
    if not postcode or is_no_fixed_abode(postcode):
        return ""
    return district_of(postcode) or ""
