"""Routes people to those who may see them: sets ``visible_to``, which is routing and not fact."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from access.keys import key_ids
from custody.models import CustodyState, PostcodeDistrict
from custody.postcodes import district_of, is_no_fixed_abode
from custody.state import State
from offenders.facts import standing_of
from offenders.links import records_of
from offenders.models import Address, Offender, SchemeMembership
from offenders.schemes import areas_that_may_see
from vault.among import among

KEEPS_SIGHT: Final = timedelta(days=28)
LEFT_FOR_GOOD: Final = ("community", "died", "removed")
OF_OFFENDER: Final = (
    "offenders_profile",
    "offenders_recordlink",
    "custody_custodyevent",
    "custody_custodystate",
)
# An alert is seen by its own area's key alone, as long as the person carries it.
OF_ALERT: Final = """
UPDATE custody_alert t SET visible_to = CASE WHEN t.key_id = ANY (o.visible_to) THEN ARRAY[t.key_id] ELSE '{}' END
  FROM offenders_offender o
 WHERE o.id = t.offender_id AND o.id = ANY(%s::uuid[])
   AND (t.key_id = ANY (o.visible_to)) <> (t.key_id = ANY (t.visible_to))
"""
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


@dataclass(frozen=True, slots=True)
class Grounds:
    """What people are routed by: their records, the records' memberships and addresses, their states."""

    records: Mapping[UUID, Sequence[UUID]]
    memberships: Mapping[UUID, Sequence[SchemeMembership]]
    addresses: Mapping[UUID, Sequence[Address]]
    states: Mapping[UUID, State | CustodyState]


def routes_of(offender_ids: Iterable[UUID], *, today: date, grounds: Grounds | None = None) -> dict[UUID, Route]:
    """Return who may see each person; the grounds are read unless they are handed in.

    Source: architecture.md 3, the table of keys.
    """
    ids = list(offender_ids)
    grounds = grounds or _grounds_of(ids)
    records, memberships = grounds.records, grounds.memberships
    towns = _discharge_areas(grounds, today)
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


def _grounds_of(ids: Sequence[UUID]) -> Grounds:
    records = records_of(ids)
    facts = standing_of((SchemeMembership, Address), [record for found in records.values() for record in found])
    return Grounds(records, facts[SchemeMembership], facts[Address], CustodyState.objects.in_bulk(ids))


def reroute(
    offender_ids: Iterable[UUID],
    *,
    today: date,
    grounds: Grounds | None = None,
    rejoined: Set[UUID] | None = None,
) -> int:
    """Store who may see each person on all their rows; return how many people were re-routed.

    Rows are written with their person's keys, so only rows of people whose keys change have to be brought into line,
    and of those ``rejoined``, who have taken over another's rows; without the latter all rows are looked at.
    """
    routes = routes_of(offender_ids, today=today, grounds=grounds)
    managing = key_ids("area", {code for route in routes.values() for code in route.managing})
    releasing = key_ids("releasing", {c for route in routes.values() for c in route.releasing})
    wanted = {
        pk: sorted(
            [managing[code] for code in route.managing if code in managing]
            + [releasing[code] for code in route.releasing if code in releasing]
        )
        for pk, route in routes.items()
    }
    current = dict(Offender.objects.filter(among("id", routes)).values_list("pk", "visible_to"))
    moved = [pk for pk, keys in wanted.items() if current.get(pk) != keys]
    _store_keys({pk: wanted[pk] for pk in moved})
    _copy_keys(
        [pk for pk in routes if rejoined is None or pk in rejoined] + [pk for pk in moved if rejoined is not None]
    )
    return len(moved)


def _store_keys(keys: Mapping[UUID, Sequence[int]]) -> None:
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE offenders_offender o SET visible_to = n.keys::int[] "
            "FROM unnest(%s::uuid[], %s::text[]) AS n (id, keys) WHERE o.id = n.id",
            [[str(pk) for pk in keys], ["{" + ",".join(map(str, some)) + "}" for some in keys.values()]],
        )


def _copy_keys(offender_ids: list[UUID]) -> None:
    """Bring every row of the people into line; rows that already are stay untouched."""
    if not offender_ids:
        return
    ids = "{" + ",".join(map(str, offender_ids)) + "}"
    with connection.cursor() as cursor:
        for table in OF_OFFENDER:
            cursor.execute(
                f"UPDATE {table} t SET visible_to = o.visible_to FROM offenders_offender o "  # noqa: S608 – constants above
                "WHERE o.id = t.offender_id AND o.id = ANY(%s::uuid[]) AND t.visible_to <> o.visible_to",
                [ids],
            )
        for table in OF_RECORD:
            cursor.execute(
                f"UPDATE {table} t SET visible_to = o.visible_to "  # noqa: S608 – constants above
                "FROM offenders_recordlink l JOIN offenders_offender o ON o.id = l.offender_id "
                "WHERE l.record_id = t.record_id AND l.ended_at IS NULL AND o.id = ANY(%s::uuid[]) "
                "AND t.visible_to <> o.visible_to",
                [ids],
            )
        cursor.execute(OF_ALERT, [ids])


def _discharge_areas(grounds: Grounds, today: date) -> dict[UUID, frozenset[str]]:
    """Where the discharge address lies, while held or at large, and for 28 days after release, removal or death."""
    waiting = {pk for pk, state in grounds.states.items() if _may_still_route(state, today)}
    owner = {record: pk for pk in waiting for record in grounds.records.get(pk, ())}
    facts = [fact for record in owner for fact in grounds.addresses.get(record, ())]
    districts: dict[UUID, str] = {}
    for fact in sorted(facts, key=lambda fact: (fact.valid_at, fact.recorded_at)):
        if fact.kind == Address.Kind.DISCHARGE:
            districts[owner[fact.record_id]] = _district(fact.postcode)
    areas = dict(PostcodeDistrict.objects.filter(pk__in=set(districts.values())).values_list("pk", "area_codes"))
    return {pk: frozenset(areas.get(district, ())) for pk, district in districts.items()}


def _may_still_route(state: State | CustodyState, today: date) -> bool:
    """Somebody at large is still to be expected there; of who left otherwise the area sees for a while how it ended."""
    left_at = state.released_at or (state.since if state.whereabouts in LEFT_FOR_GOOD else None)
    if left_at is not None:
        return timezone.localdate(left_at) + KEEPS_SIGHT >= today
    return state.whereabouts not in LEFT_FOR_GOOD


def _district(postcode: str) -> str:
    if not postcode or is_no_fixed_abode(postcode):
        return ""
    return district_of(postcode) or ""
