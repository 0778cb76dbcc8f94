"""How allauth is made to behave: no sign-up, sealed seeds, counted attempts, every step recorded."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest  # noqa: TID251 - the signatures are allauth's own

from access import attempts
from access.entrances import actor_of, home
from access.factors import seal_seed, totp_of
from access.models import Account
from audit.trail import Code, Outcome, acting_as, record

SIGN_IN_REFUSED = "The user name or password is not right. Check both and try again."
LOCKED = "Too many attempts. Wait 15 minutes and try again, or ask your access administrator."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Signing in and out by password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": SIGN_IN_REFUSED,
        "incorrect_password": "The password is not right. Try again.",
        "too_many_login_attempts": LOCKED,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody makes an account for themselves."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """Return the active account of a right password; every other end is counted and recorded."""
        name = attempts.typed_name(request, credentials)
        attempt = attempts.take(name)
        if attempt is None:
            record(Code.SIGN_IN_LOCKED, outcome=Outcome.DENIED, terms=name)
            raise self.validation_error("too_many_login_attempts")
        account: Account | None = super().authenticate(request, **credentials)
        if account is None or not account.is_active:
            record(Code.SIGN_IN_FAILED, outcome=Outcome.DENIED, terms=name)
            return None
        attempts.give_back(attempt)
        return account

    def reauthenticate(self, user: Account, password: str) -> bool:
        """Say whether the password is the signed-in account's, and record it when it is."""
        confirmed = bool(super().reauthenticate(user, password))
        if confirmed:
            with acting_as(actor_of(context.request, user)):
                record(Code.REAUTHENTICATED)
        return confirmed

    def login(self, request: HttpRequest, user: Account) -> None:
        """Open the session under a new number, and keep when the account was last used before."""
        user.previous_sign_in_at = user.last_login
        user.save(update_fields=["previous_sign_in_at"])
        super().login(request, user)
        with acting_as(actor_of(request, user)):
            record(Code.SIGN_IN)

    def logout(self, request: HttpRequest) -> None:
        """Record who leaves, then end the session."""
        user = request.user
        if isinstance(user, Account):
            with acting_as(actor_of(request, user)):
                record(Code.SIGN_OUT)
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the first page of the officer's own."""
        return home(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:  # noqa: ARG002 - allauth's signature
        """Ask again, except a newcomer who typed the password just now and has no factor yet."""
        account = context.request.user
        if not isinstance(account, Account) or totp_of(account):
            return True
        steps = get_authentication_records(context.request, account)
        return not any(time.time() - step["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT for step in steps)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: where one is shows that one is signed in."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: accounts have no address here."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the peer's address; headers that anybody can send are not believed."""
        return str(request.META.get("REMOTE_ADDR", ""))


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """The second factor."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is not right or was used already. Wait for the next one and try again.",
    }

    def get_totp_issuer(self) -> str:
        """Return how an authenticator app names us."""
        return "JTrack"

    def encrypt(self, text: str) -> str:
        """Seal a seed for the account that is enrolling."""
        account = context.request.user
        assert isinstance(account, Account)
        return seal_seed(account.pk, text)

    def decrypt(self, encrypted_text: str) -> str:
        """Refuse: a seed is bound to its account, and only access.factors opens it."""
        raise NotImplementedError("open a seed with access.factors.seed_of")

    def can_delete_authenticator(self, authenticator: object) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody takes their own factor away."""
        return False
