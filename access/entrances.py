"""Where somebody comes from and goes to when they sign in."""

from __future__ import annotations

from django.http import HttpRequest  # noqa: TID251 - reads the peer and the browser of a request
from django.urls import reverse
from django.utils import timezone

from access.models import Account, Grant, Officer
from access.permissions import Permission
from access.roles import permissions_of
from access.sessions import key_hash
from audit.numbers import request_number
from audit.trail import Actor

MORNING = "morning"
OWN_ACCOUNT = "mfa_index"


def home(request: HttpRequest) -> str:
    """Return the address of the first page of whoever is signed in: the morning, or the account without a role."""
    account = request.user
    permissions = _permissions(account) if isinstance(account, Account) else frozenset()
    return reverse(MORNING if Permission.VIEW_MORNING in permissions else OWN_ACCOUNT)


def stranger(request: HttpRequest) -> Actor:
    """Return somebody who is not known yet, by where they come from."""
    return Actor(
        id=None,
        name="",
        ip=request.META.get("REMOTE_ADDR", ""),
        device=request.headers.get("User-Agent", ""),
        request_id=request_number(),
    )


def actor_of(request: HttpRequest, account: Account) -> Actor:
    """Return the officer behind an account, before a door has looked at the grants."""
    officer = Officer.objects.using("gate").filter(account=account).first()
    key = request.session.session_key
    return Actor(
        id=officer.pk if officer else None,
        name=officer.name if officer else str(account),
        session_hash=key_hash(key) if key else "",
        ip=request.META.get("REMOTE_ADDR", ""),
        device=request.headers.get("User-Agent", ""),
        request_id=request_number(),
    )


def _permissions(account: Account) -> frozenset[Permission]:
    live = Grant.objects.using("gate").live(timezone.now()).filter(officer__account=account)
    return permissions_of(live.values_list("role", flat=True))
