"""Routes people to those who may see them: sets ``visible_to``, which is routing and not fact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from access.keys import key_ids
from custody.models import CustodyState, PostcodeDistrict
from custody.postcodes import district_of, is_no_fixed_abode
from offenders.facts import standing
from offenders.links import records_of
from offenders.models import Address, Offender
from offenders.schemes import areas_that_may_see, memberships_of

KEEPS_SIGHT: Final = timedelta(days=28)
OF_OFFENDER: Final = (
    "offenders_profile",
    "offenders_recordlink",
    "custody_custodyevent",
    "custody_custodystate",
)
OF_RECORD: Final = (
    "offenders_personaldetails",
    "offenders_identifier",
    "offenders_address",
    "offenders_schememembership",
    "offenders_supersession",
    "custody_custodystatement",
    "custody_movement",
    "custody_releasedate",
)


@dataclass(frozen=True, slots=True)
class Route:
    """The areas that manage a person and those that the person is released to."""

    managing: frozenset[str]
    releasing: frozenset[str]


def routes_of(offender_ids: Iterable[UUID], *, today: date) -> dict[UUID, Route]:
    """Return who may see each person. Source: architecture.md 3, the table of keys."""
    ids = list(offender_ids)
    records = records_of(ids)
    memberships = memberships_of(r for found in records.values() for r in found)
    states = CustodyState.objects.in_bulk(ids)
    towns = _discharge_areas(records, states, today)
    return {
        pk: Route(
            managing=frozenset(
                areas_that_may_see(
                    (memberships[r][-1] for r in records.get(pk, ()) if memberships.get(r)),
                    today=today,
                )
            ),
            releasing=towns.get(pk, frozenset()),
        )
        for pk in ids
    }


def reroute(offender_ids: Iterable[UUID], *, today: date) -> int:
    """Store who may see each person on all their rows; return how many people were re-routed."""
    routes = routes_of(offender_ids, today=today)
    managing = key_ids("area", {code for route in routes.values() for code in route.managing})
    releasing = key_ids("releasing", {c for route in routes.values() for c in route.releasing})
    wanted = {
        pk: sorted(
            [managing[code] for code in route.managing if code in managing]
            + [releasing[code] for code in route.releasing if code in releasing]
        )
        for pk, route in routes.items()
    }
    current = dict(Offender.objects.filter(pk__in=routes).values_list("pk", "visible_to"))
    moved = [pk for pk, keys in wanted.items() if current.get(pk) != keys]
    for pk in moved:
        Offender.objects.filter(pk=pk).update(visible_to=wanted[pk])
    _copy_keys(list(routes))
    return len(moved)


def _copy_keys(offender_ids: list[UUID]) -> None:
    """Bring every row of the people into line; rows that already are stay untouched."""
    with connection.cursor() as cursor:
        for table in OF_OFFENDER:
            cursor.execute(
                f"UPDATE {table} t SET visible_to = o.visible_to FROM offenders_offender o "  # noqa: S608 – constants above
                "WHERE o.id = t.offender_id AND o.id = ANY(%s) AND t.visible_to <> o.visible_to",
                [offender_ids],
            )
        for table in OF_RECORD:
            cursor.execute(
                f"UPDATE {table} t SET visible_to = o.visible_to "  # noqa: S608 – constants above
                "FROM offenders_recordlink l JOIN offenders_offender o ON o.id = l.offender_id "
                "WHERE l.record_id = t.record_id AND l.ended_at IS NULL AND o.id = ANY(%s) "
                "AND t.visible_to <> o.visible_to",
                [offender_ids],
            )


def _discharge_areas(
    records: Mapping[UUID, Sequence[UUID]], states: Mapping[UUID, CustodyState], today: date
) -> dict[UUID, frozenset[str]]:
    """Where the discharge address lies, while inside and for 28 days after release."""
    waiting = {pk for pk, state in states.items() if _may_still_route(state, today)}
    owner = {record: pk for pk in waiting for record in records.get(pk, ())}
    districts: dict[UUID, str] = {}
    for fact in standing(Address, owner):
        if fact.kind == Address.Kind.DISCHARGE:
            districts[owner[fact.record_id]] = _district(fact.postcode)
    areas = dict(PostcodeDistrict.objects.filter(pk__in=set(districts.values())).values_list("pk", "area_codes"))
    return {pk: frozenset(areas.get(district, ())) for pk, district in districts.items()}


def _may_still_route(state: CustodyState, today: date) -> bool:
    if state.released_at is not None:
        return timezone.localdate(state.released_at) + KEEPS_SIGHT >= today
    return state.whereabouts not in ("community", "at_large", "died")


def _district(postcode: str) -> str:
    if not postcode or is_no_fixed_abode(postcode):
        return ""
    return district_of(postcode) or ""
