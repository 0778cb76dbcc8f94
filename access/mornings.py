"""The first page of an access administrator: accounts that sleep, lack something or are about to lose a role."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.utils import timezone

from access.models import Account, Grant, Officer
from access.roles import ROLES
from audit.mornings import DutyMorning, Figure, Table, Task

GATE: Final = "gate"
WARN_AFTER: Final = timedelta(days=23)
DISABLE_AFTER: Final = timedelta(days=30)
ENDS_SOON: Final = timedelta(days=14)


def admin_morning(*, now: datetime) -> DutyMorning:
    """Return the morning of an access administrator. Four queries. Source: product.md P20; security.md A7."""
    accounts = list(Account.objects.using(GATE).order_by("last_login", "created_at"))
    names = dict(Officer.objects.using(GATE).values_list("account_id", "name"))
    with_factor = set(Authenticator.objects.using(GATE).values_list("user_id", flat=True))
    grants = list(Grant.objects.using(GATE).live(now).select_related("officer"))
    active = [account for account in accounts if account.is_active]
    asleep = [account for account in active if _idle(account, now) >= WARN_AFTER]
    bare = [account for account in active if account.pk not in with_factor]
    roleless = [account for account in active if account.pk not in {grant.officer.account_id for grant in grants}]
    ending = [grant for grant in grants if grant.ends_at and grant.ends_at <= now + ENDS_SOON]
    tasks = [
        *(_asleep(account, names, now) for account in asleep),
        *(Task(grant.ends_at, grant.officer.name, f"loses the role {_role(grant)} then") for grant in ending),
        *(Task(account.created_at, _name(account, names), "has no role") for account in roleless),
        *(Task(account.created_at, _name(account, names), "has no second factor yet") for account in bare),
    ]
    return DutyMorning(
        today=timezone.localdate(now),
        place="Access",
        headline=f"{len(tasks)} {'thing waits' if len(tasks) == 1 else 'things wait'} for you." if tasks else "",
        sentence="An account that nobody has used for 30 days is to be disabled."
        if asleep
        else "No account has been idle for 23 days or more.",
        figures=(
            Figure(len(active), "active accounts"),
            Figure(len(asleep), "idle for 23 days or more"),
            Figure(len(bare), "without a second factor"),
            Figure(len(accounts) - len(active), "disabled"),
        ),
        tasks_title="Waits for you",
        tasks=tuple(tasks),
        nothing="Nothing waits.",
        would_be="Here stand accounts that nobody uses, that lack a role or a second factor, and roles about to end.",
        table=_roles(grants),
    )


def _asleep(account: Account, names: dict[uuid.UUID, str], now: datetime) -> Task:
    idle = _idle(account, now)
    since = "since it was made" if account.last_login is None else "since the last sign-in"
    end = "; to be disabled now" if idle >= DISABLE_AFTER else f"; to be disabled on {_day(account, now)}"
    return Task(
        account.last_login or account.created_at,
        _name(account, names),
        f"idle for {idle.days} days {since}{end}",
        is_urgent=idle >= DISABLE_AFTER,
    )


def _idle(account: Account, now: datetime) -> timedelta:
    return now - (account.last_login or account.created_at)


def _day(account: Account, now: datetime) -> str:
    end: date = timezone.localdate(now + (DISABLE_AFTER - _idle(account, now)))
    return f"{end.day} {end:%B}"


def _name(account: Account, names: dict[uuid.UUID, str]) -> str:
    return names.get(account.pk, str(account))


def _role(grant: Grant) -> str:
    return ROLES[grant.role].name if grant.role in ROLES else grant.role


def _roles(grants: list[Grant]) -> Table:
    counted = [
        (role.name, len({grant.officer_id for grant in grants if grant.role == role.code})) for role in ROLES.values()
    ]
    return Table("Officers by role", ("Role", "Officers"), tuple(counted))
