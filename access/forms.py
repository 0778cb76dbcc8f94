"""The forms of the second factor, which spend codes in the database."""

from __future__ import annotations

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm

from access import attempts, factors
from access.entrances import actor_of
from access.models import Account
from audit.trail import Code, Outcome, acting_as, record


class CodeForm(AllauthAuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    """Asks for the code of the enrolled app."""

    def clean_code(self) -> str:
        """Take a right code once; each try counts among the account's ten in five minutes."""
        authenticator = factors.totp_of(self.user)
        if authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        code = spent(self.user, factors.seed_of(authenticator), self.cleaned_data["code"])
        authenticator.user = self.user
        self.authenticator = authenticator
        return code


class CodeAgainForm(CodeForm):
    """Asks a signed-in officer for a code once more."""

    def save(self) -> None:
        """Record that identity was confirmed again."""
        AllauthReauthenticateForm.save(self)
        with acting_as(actor_of(context.request, self.user)):
            record(Code.REAUTHENTICATED)


class EnrolForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth is untyped
    """Asks for the first code of a new app."""

    def clean_code(self) -> str:
        """Take the first code, which is thereby spent for signing in."""
        validate_can_add_authenticator(self.user)
        return spent(self.user, self.secret, self.cleaned_data["code"])


def spent(account: Account, seed: str, code: str) -> str:
    """Return the code after spending it.

    Raises: ValidationError when it is wrong, used, or one try too many.
    """
    attempt = attempts.take(account.username)
    with acting_as(actor_of(context.request, account)):
        if attempt is None:
            record(Code.SIGN_IN_LOCKED, outcome=Outcome.DENIED)
            raise get_account_adapter().validation_error("too_many_login_attempts")
        if not factors.spend(account, seed, code):
            record(Code.FACTOR_FAILED, outcome=Outcome.DENIED)
            raise get_adapter().validation_error("incorrect_code")
    attempts.give_back(attempt)
    return code
