"""Makes officers and their grants; every act is recorded before it stands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.db import connections, transaction
from django.utils import timezone

from access.models import Account, Grant, Officer
from access.roles import ROLES, refuse_forbidden
from audit.trail import Code, record

GATE = "gate"


@dataclass(frozen=True)
class Place:
    """Where a role holds: an area's code, a force's code, an establishment's code, or nowhere."""

    area: str | None = None
    force: str | None = None
    establishment: str = ""


NOWHERE = Place()


def create_officer(*, username: str, password: str, name: str, title: str = "", email: str = "") -> Officer:
    """Store and return a new officer with an account that has no second factor yet.

    Raises: ValidationError when the password is too weak.
    """
    validate_password(password, Account(username=username))
    with transaction.atomic(using=GATE):
        account = Account.objects.db_manager(GATE).create_account(username=username, password=password)
        officer = Officer.objects.using(GATE).create(account=account, name=name, title=title, email=email)
        _record(Code.ACCOUNT_CREATED, officer.pk)
    return officer


def grant_role(officer: Officer, *, role: str, place: Place = NOWHERE, granted_by: Officer | None = None) -> Grant:
    """Grant a role from now on and return the grant; a standing one is returned as it is.

    Raises: ForbiddenRolesError when the officer holds a duty that must be apart from it; KeyError for an
    unknown role or a grant to oneself.
    """
    if granted_by and granted_by.pk == officer.pk:
        raise KeyError("nobody grants a role to themselves; ask another access administrator")
    with transaction.atomic(using=GATE):
        # Two grants at once to one officer would each miss the other's role.
        Account.objects.using(GATE).select_for_update().get(pk=officer.account_id)
        live = Grant.objects.using(GATE).live(timezone.now()).filter(officer=officer)
        refuse_forbidden([*live.values_list("role", flat=True), ROLES[role].code])
        where = {"area_id": place.area, "force_id": place.force, "establishment": place.establishment}
        grant = live.filter(role=role, **where).first() or Grant.objects.using(GATE).create(
            officer=officer,
            role=role,
            starts_at=timezone.now(),
            granted_by=granted_by.pk if granted_by else None,
            **where,
        )
        _record(Code.GRANT_MADE, officer.pk, role=role)
    return grant


def end_grant(grant: Grant) -> None:
    """End a grant now; the next statement of its officer sees nothing of it."""
    with transaction.atomic(using=GATE):
        Grant.objects.using(GATE).filter(pk=grant.pk, ends_at=None).update(ends_at=timezone.now())
        _record(Code.GRANT_ENDED, grant.officer_id, role=grant.role)


def _record(code: Code, officer_id: uuid.UUID, *, role: str = "") -> None:
    """Write the event as the last act of the transaction, so that it stands or falls with what it tells."""
    # What could still fail at the commit fails here, before the event takes its number.
    connections[GATE].check_constraints()
    record(code, object_type="officer", object_id=officer_id, reason_code=role)
