"""The pages for coming in and going out: sign-in, second factor, own account."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account_views
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as factor_views
from allauth.mfa.totp import views as totp_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access import factors, mornings
from access.adapters import LOCKED
from access.entrances import actor_of, home
from access.gate import FRONT_DOOR, known_officer
from access.models import Account
from access.site import is_training
from audit.trail import Code, Outcome, acting_as, record


def sign_in(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = account_views.login(request)
    return response


def sign_out(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = account_views.logout(request)
    return response


def confirm_password(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = account_views.reauthenticate(request)
    return response


def enter_code(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = factor_views.authenticate(request)
    stage = getattr(request, "_login_stage", None)
    if stage:
        _show_training_code(response, stage.login.user)
    return response


def confirm_code(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = factor_views.reauthenticate(request)
    _show_training_code(response, request.user)
    return response


def enrol_factor(request: HttpRequest) -> HttpResponse:
    account = request.user
    if not isinstance(account, Account):
        return HttpResponseRedirect(reverse("account_login"))
    if factors.totp_of(account):
        return HttpResponseRedirect(reverse("mfa_index"))
    response: HttpResponse = totp_views.activate_totp(request)
    authenticator = factors.totp_of(account)
    if authenticator is None:
        _show_training_code(response, account)
        return response
    # The code that enrolled the app has shown the factor; from here on this session may see rows.
    record_authentication(request, account, "mfa", id=authenticator.pk, type=authenticator.type)
    with acting_as(actor_of(request, account)):
        record(Code.FACTOR_ADDED)
    return HttpResponseRedirect(home(request))


def admin_morning(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(request, "duty_morning.html", {"page": mornings.admin_morning(now=timezone.now())})


@require_http_methods(["GET", "HEAD"])
def own_account(request: HttpRequest) -> HttpResponse:
    officer = known_officer(request)
    if officer is None:
        return HttpResponseRedirect(reverse("account_login"))
    return render(request, "access/own_account.html", {"officer": officer, "home": home(request)})


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    record(Code.SIGN_IN_LOCKED, outcome=Outcome.DENIED)
    return render(request, "access/locked_out.html", {"message": LOCKED}, status=429)


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    # Whoever is signed in gets the same page for an address that is not there as for one that is not theirs.
    officer = known_officer(request)
    if officer and request.path == FRONT_DOOR and request.method == "GET":
        return HttpResponseRedirect(home(request))
    return render(request, "404.html", status=404)


def _show_training_code(response: HttpResponse, account: object) -> None:
    context = getattr(response, "context_data", None)
    if context is None or not isinstance(account, Account) or not is_training():
        return
    authenticator = factors.totp_of(account)
    seed = factors.seed_of(authenticator) if authenticator else context["form"].secret
    context["training_code"] = factors.unspent_code(account, seed)
