"""Counts refused passwords and codes by the name typed, in the database, whichever worker is asked.

django-axes counts by name and address; this count is by name alone, so that many addresses do not help.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest  # noqa: TID251 - the signature is django-axes' own
from django.utils import timezone

from access.models import FailedAttempt
from vault.keyring import keyring

LIMIT = 10
WINDOW = timedelta(minutes=5)
LABEL = "access.attempts"


def take(name: str) -> uuid.UUID | None:
    """Take one of the attempts that a name has, or return None when ten were refused in five minutes.

    The attempt is stored before it is tried, so that guesses made at the same moment all count. It is
    given back when it succeeds. One that is not allowed does not lengthen the lock.
    Source: security.md A3; Cyber Essentials, at most ten guesses in five minutes.
    """
    now = timezone.now()
    digest = _digest(name)
    FailedAttempt.objects.filter(at__lt=now - WINDOW).delete()
    attempt = FailedAttempt.objects.create(name_digest=digest, at=now)
    if FailedAttempt.objects.filter(name_digest=digest, at__gte=now - WINDOW).count() > LIMIT:
        give_back(attempt.pk)
        return None
    return attempt.pk


def give_back(attempt: uuid.UUID) -> None:
    """Forget an attempt that succeeded."""
    FailedAttempt.objects.filter(pk=attempt).delete()


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return the digest under which django-axes counts: people type other things than names where names belong."""
    return _digest(typed_name(request, credentials))


def typed_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return the name that was typed."""
    name = (credentials or {}).get("username") or request.POST.get("login") or ""
    return str(name).strip().lower()[:60]


def _digest(name: str) -> str:
    ring = keyring()
    key = ring.derive("sessions", LABEL, ring.primary("sessions"))
    return hmac.new(key, name.strip().lower().encode(), "sha256").hexdigest()
