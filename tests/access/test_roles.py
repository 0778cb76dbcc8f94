"""Roles give what they say, and duties that must be apart do not meet."""

import pytest

from access.permissions import Permission
from access.roles import ROLES, ForbiddenRolesError, forbidden_pairs, permissions_of, refuse_forbidden

CODES = {
    "area_officer",
    "area_supervisor",
    "prison_liaison",
    "cps",
    "dip_worker",
    "feed_operator",
    "match_reviewer",
    "access_admin",
    "assurance",
    "national",
}
APART = {
    "import and browse": ("feed_operator", "area_officer"),
    "match and browse": ("match_reviewer", "cps"),
    "grant and browse": ("access_admin", "area_supervisor"),
    "grant and hold": ("access_admin", "feed_operator"),
    "grant and watch": ("access_admin", "assurance"),
    "watch and browse": ("assurance", "area_officer"),
    "watch and import": ("assurance", "feed_operator"),
    "count and browse": ("national", "dip_worker"),
}
TOGETHER = {
    "officer and supervisor": ("area_officer", "area_supervisor"),
    "officer and liaison": ("area_officer", "prison_liaison"),
    "import and match": ("feed_operator", "match_reviewer"),
    "one role": ("assurance", "assurance"),
}


def test_the_ten_roles_exist() -> None:
    assert set(ROLES) == CODES


@pytest.mark.parametrize("roles", APART.values(), ids=APART)
def test_duties_that_must_be_apart_do_not_meet(roles: tuple[str, str]) -> None:
    with pytest.raises(ForbiddenRolesError, match="must be two people"):
        refuse_forbidden(roles)


@pytest.mark.parametrize("roles", TOGETHER.values(), ids=TOGETHER)
def test_duties_that_go_together_meet(roles: tuple[str, str]) -> None:
    refuse_forbidden(roles)


def test_no_role_that_opens_nobody_may_open_a_person() -> None:
    opens_nobody = [role for role in ROLES.values() if not role.opens_people]

    assert not any(Permission.VIEW_OFFENDER in role.permissions for role in opens_nobody)


def test_roles_add_up_and_unknown_ones_give_nothing() -> None:
    together = permissions_of(["area_officer", "prison_liaison", "retired_role"])

    assert together == ROLES["area_officer"].permissions | ROLES["prison_liaison"].permissions


def test_every_permission_is_held_by_somebody_and_described() -> None:
    held = permissions_of(ROLES)

    assert held == set(Permission)
    assert all(permission.description[0].isupper() for permission in Permission)


def test_pairs_are_of_two_roles() -> None:
    assert all(len(pair) == 2 for pair in forbidden_pairs())
