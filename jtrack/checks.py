"""Refuses to start a site whose doors, tables or logins are not as the architecture says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from access.gate import Door, OpenDoor
from access.row_checks import row_security_faults
from access.site import is_training

Faults = list[CheckMessage]

# Tables without row security. None holds anything about the people we track: reference data, names and
# roles of colleagues, Django's own lists.
OPEN_TABLES = frozenset({
    "access_force", "access_area", "access_visibilitykey", "access_officer", "access_grant",
    "custody_establishment", "custody_movementreason", "custody_postcodedistrict",
    "feeds_delivery", "feeds_supplier", "feeds_overlapcount", "feeds_feedincident", "feeds_refusedfile",
    "django_migrations", "django_content_type", "auth_group", "auth_permission", "auth_group_permissions",
})  # fmt: skip
# Tables that only the gate reads; the web role has no right to them at all.
CLOSED_TABLES = frozenset({
    "access_account", "access_session", "access_usedcode", "access_failedattempt", "access_breakglass",
    "account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "axes_accessattempt",
    "axes_accessattemptexpiration", "axes_accesslog", "axes_accessfailurelog",
})  # fmt: skip


@register(Tags.urls)
def every_address_is_a_door(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Faults:  # noqa: ARG001 - Django's signature
    """Return an error for each address that is neither a door nor an open door.

    Source: architecture.md 3, "The table of doors".
    """
    return [
        Error(f"The address {pattern} is no door.", hint="Use door() or open_door() of access.gate.", id="jtrack.E001")
        for pattern, view in addresses()
        if not isinstance(getattr(view, "door", None), Door | OpenDoor)
    ]


@register(Tags.security)
def nothing_bypasses_the_second_factor(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - Django's signature
    **kwargs: Any,  # noqa: ARG001 - Django's signature
) -> Faults:
    """Return an error when a code that always works is set, or a browser may be trusted."""
    faults: Faults = []
    if getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", None):
        faults.append(Error("MFA_TOTP_INSECURE_BYPASS_CODE is set.", hint="Remove it.", id="jtrack.E002"))
    if getattr(settings, "MFA_TRUST_ENABLED", False):
        faults.append(Error("MFA_TRUST_ENABLED is on.", hint="Switch it off.", id="jtrack.E003"))
    return faults


def addresses() -> Iterator[tuple[str, Any]]:
    """Yield every address of the site with its view."""
    yield from _below(get_resolver(), "")


def refuse_unsafe_start() -> None:
    """Refuse to serve when the database does not hold what the site relies on.

    Raises: ImproperlyConfigured naming every fault.
    Source: security.md 2.3.
    """
    faults = [str(fault.msg) for fault in every_address_is_a_door(None) + nothing_bypasses_the_second_factor(None)]
    faults += row_security_faults(open_tables=OPEN_TABLES, closed_tables=CLOSED_TABLES)
    if not settings.HTTPS and not is_training():
        faults.append("Only a training site may be served without TLS; set JTRACK_HTTPS=yes behind a proxy.")
    if not settings.EMBEDDED and is_training():
        faults.append("A training database must not be at a configured address; use the embedded one.")
    # A server that forks after this must not share the connection.
    connection.close()
    if faults:
        raise ImproperlyConfigured("JTrack does not start: " + " ".join(faults))


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield where, entry.callback
        else:
            yield from _below(entry, where)
