"""The officer behind a session, with the roles and places that stand now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from access.models import Area, Grant, Officer, Session
from access.permissions import Permission
from access.roles import ROLES, permissions_of


@dataclass(frozen=True)
class OfficerContext:
    """Who is asking: all that a view or template may know of it."""

    id: uuid.UUID
    name: str
    title: str
    roles: tuple[str, ...]
    areas: dict[str, str]
    forces: dict[str, str]
    establishments: tuple[str, ...]
    permissions: frozenset[Permission]
    seen_before: datetime | None
    session_ends_at: datetime

    @property
    def role_names(self) -> list[str]:
        """The roles in words."""
        return [ROLES[code].name for code in self.roles if code in ROLES]

    @property
    def place_names(self) -> list[str]:
        """Forces, then areas granted by name, then establishments."""
        return [*self.forces.values(), *self.areas.values(), *self.establishments]

    def may(self, permission: Permission) -> bool:
        """Say whether a permission is among the officer's."""
        return permission in self.permissions


def officer_of(row: Session) -> OfficerContext | None:
    """Return the officer of a session that passed its second factor, else None. One query, two for a whole force.

    The session was read with its officer and account. Forces are granted whole: their areas are all in `areas`.
    """
    officer = row.officer
    if officer is None or row.account is None:
        return None
    grants = list(_live_grants(officer))
    forces = {grant.force.code: grant.force.name for grant in grants if grant.force}
    areas = {grant.area.code: grant.area.name for grant in grants if grant.area}
    if forces:
        of_forces = Area.objects.using("gate").filter(force__in=forces)
        areas |= dict(of_forces.values_list("code", "name"))
    roles = tuple(sorted({grant.role for grant in grants}))
    return OfficerContext(
        id=officer.pk,
        name=officer.name,
        title=officer.title,
        roles=roles,
        areas=dict(sorted(areas.items(), key=lambda area: area[1])),
        forces=forces,
        establishments=tuple(sorted({grant.establishment for grant in grants if grant.establishment})),
        permissions=permissions_of(roles),
        seen_before=row.account.previous_sign_in_at,
        session_ends_at=row.expires_at,
    )


def _live_grants(officer: Officer) -> list[Grant]:
    live = Grant.objects.using("gate").live(timezone.now())
    return list(live.filter(officer=officer).select_related("area", "force"))
