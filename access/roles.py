"""The ten roles: what each may do, which visibility keys it holds, and which may never meet in one account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from access.models import VisibilityKey
from access.permissions import Permission

Kind = VisibilityKey.Kind
P = Permission


class ForbiddenRolesError(Exception):
    """Two duties that must be apart would meet in one account."""


@dataclass(frozen=True)
class Role:
    """A duty that people are granted. The key kinds are the same as in the SQL of sec.keys()."""

    code: str
    name: str
    description: str
    permissions: frozenset[Permission]
    key_kinds: frozenset[str] = frozenset()
    opens_people: bool = False


AREA_WORK = frozenset({P.VIEW_CASELOAD, P.VIEW_OFFENDER, P.ACKNOWLEDGE_ALERT, P.PLAN_GATE_MEET, P.REQUEST_DISCLOSURE})

EVERYBODY = frozenset({P.VIEW_MORNING, P.VIEW_HELP})

ROLES: dict[str, Role] = {
    role.code: replace(role, permissions=role.permissions | EVERYBODY)
    for role in (
        Role(
            code="area_officer",
            name="Area officer",
            description="Works the caseload of one or a few areas.",
            permissions=AREA_WORK,
            key_kinds=frozenset({Kind.AREA, Kind.RELEASING, Kind.OFFICER}),
            opens_people=True,
        ),
        Role(
            code="area_supervisor",
            name="Area supervisor",
            description="Leads the area's team: assigns, adopts, removes and approves.",
            permissions=AREA_WORK | {P.ASSIGN_OFFICER, P.CHANGE_OFFENDER, P.APPROVE_DISCLOSURE, P.VIEW_FIGURES},
            key_kinds=frozenset({Kind.AREA, Kind.RELEASING, Kind.CANDIDATE, Kind.OFFICER}),
            opens_people=True,
        ),
        Role(
            code="prison_liaison",
            name="Prison liaison",
            description="Keeps the movements and releases of tracked people in one establishment right.",
            permissions=frozenset({P.VIEW_OFFENDER, P.RECORD_MOVEMENT}),
            key_kinds=frozenset({Kind.ESTABLISHMENT, Kind.OFFICER}),
            opens_people=True,
        ),
        Role(
            code="cps",
            name="Prosecutor",
            description="Reads custody and convictions of the area's people.",
            permissions=frozenset({P.VIEW_CASELOAD, P.VIEW_OFFENDER}),
            key_kinds=frozenset({Kind.AREA, Kind.OFFICER}),
            opens_people=True,
        ),
        Role(
            code="dip_worker",
            name="Drug intervention worker",
            description="Works the area's drug intervention caseload.",
            permissions=frozenset({P.VIEW_DIP}),
            key_kinds=frozenset({Kind.DIP}),
            opens_people=True,
        ),
        Role(
            code="feed_operator",
            name="Feed operator",
            description="Receives deliveries and answers for their statements.",
            permissions=frozenset({P.VIEW_DELIVERIES, P.UPLOAD_DELIVERY}),
        ),
        Role(
            code="match_reviewer",
            name="Match reviewer",
            description="Decides doubtful matches on the deciding fields alone.",
            permissions=frozenset({P.VIEW_MATCHES, P.DECIDE_MATCH}),
            key_kinds=frozenset({Kind.REVIEW}),
        ),
        Role(
            code="access_admin",
            name="Access administrator",
            description="Creates officers and grants roles, never to themselves.",
            permissions=frozenset({P.MANAGE_OFFICERS}),
        ),
        Role(
            code="assurance",
            name="Information assurance",
            description="Reads the audit trail and watches over every copy.",
            permissions=frozenset({P.VIEW_AUDIT, P.VIEW_DISCLOSURES}),
        ),
        Role(
            code="national",
            name="National programme",
            description="Sees performance across areas, in figures only.",
            permissions=frozenset({P.VIEW_FIGURES}),
        ),
    )
}

# Granting and watching stand alone; whoever imports, decides matches or counts opens nobody.
STAND_ALONE = frozenset({"access_admin", "assurance"})


def forbidden_pairs() -> frozenset[frozenset[str]]:
    """Return the pairs of role codes that cannot meet in one account.

    Source: product.md 1, "duties that must be apart".
    """
    return frozenset(
        frozenset({first.code, second.code})
        for first, second in combinations(ROLES.values(), 2)
        if STAND_ALONE & {first.code, second.code} or first.opens_people != second.opens_people
    )


def refuse_forbidden(codes: Iterable[str]) -> None:
    """Refuse role codes that must not meet in one account.

    Raises: ForbiddenRolesError naming the first such pair; KeyError for an unknown role.
    """
    held = sorted({ROLES[code].code for code in codes})
    for first, second in combinations(held, 2):
        if frozenset({first, second}) in forbidden_pairs():
            raise ForbiddenRolesError(
                f"{ROLES[first].name} and {ROLES[second].name} must be two people; end the one role first."
            )


def permissions_of(codes: Iterable[str]) -> frozenset[Permission]:
    """Return what the roles together may do; a role that no longer exists gives nothing."""
    return frozenset(p for code in codes if code in ROLES for p in ROLES[code].permissions)
