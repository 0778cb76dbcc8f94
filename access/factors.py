"""The second factor: its sealed seed, and codes that are spent once."""

from __future__ import annotations

import base64
import time
import uuid

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.db import IntegrityError
from django.utils.crypto import constant_time_compare

from access.models import Account, UsedCode
from vault.seal import seal, unseal

LABEL = "mfa.seed"
PERIOD_SECONDS = 30
KEEP_STEPS = 20


def seal_seed(account_id: uuid.UUID, seed: str) -> str:
    """Return the seed sealed for one account, as text for allauth's JSON column."""
    token = seal(seed.encode(), purpose="sessions", label=LABEL, row=account_id.bytes)
    return base64.b64encode(token).decode()


def seed_of(authenticator: Authenticator) -> str:
    """Return the seed of an account's authenticator.

    Raises: SealError when it was sealed for another account.
    """
    token = base64.b64decode(authenticator.data["secret"])
    return unseal(token, purpose="sessions", label=LABEL, row=authenticator.user_id.bytes).decode()


def totp_of(account: Account) -> Authenticator | None:
    """Return the account's authenticator app, if it has enrolled one."""
    return Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).first()


def enrol(account: Account) -> str:
    """Give an account a new authenticator and return its seed; for accounts of training sites and tests."""
    seed: str = generate_totp_secret()
    data = {"secret": seal_seed(account.pk, seed)}
    Authenticator.objects.create(user=account, type=Authenticator.Type.TOTP, data=data)
    return seed


def spend(account: Account, seed: str, code: str) -> bool:
    """Say whether a code is right, now and for the first time, and spend it.

    The database refuses the second use, so that it holds across workers and restarts.
    """
    step = _matching_step(seed, code)
    if step is None:
        return False
    UsedCode.objects.filter(account=account, timestep__lt=step - KEEP_STEPS).delete()
    try:
        UsedCode.objects.create(account=account, timestep=step)
    except IntegrityError:
        return False
    return True


def unspent_code(account: Account, seed: str) -> str | None:
    """Return a code that would be taken now; training sites show it on the page."""
    now = _step_now()
    spent = set(UsedCode.objects.filter(account=account).values_list("timestep", flat=True))
    for step in (now, now + 1, now - 1):
        if step not in spent:
            return code_at(seed, step)
    return None


def code_at(seed: str, step: int) -> str:
    """Return the six digits of a time step of thirty seconds.

    Source: RFC 6238.
    """
    digits: str = format_hotp_value(hotp_value(seed, step))
    return digits


def _matching_step(seed: str, code: str) -> int | None:
    given = "".join(code.split())
    tolerance = settings.MFA_TOTP_TOLERANCE
    for step in range(_step_now() - tolerance, _step_now() + tolerance + 1):
        if constant_time_compare(given, code_at(seed, step)):
            return step
    return None


def _step_now() -> int:
    return int(time.time()) // PERIOD_SECONDS
