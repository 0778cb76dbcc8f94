"""Officers and their signed-in browsers; the names say what they may see."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client, override_settings

from access.factors import code_at, enrol
from access.grants import NOWHERE, Place, create_officer, grant_role
from access.models import Account, Officer, UsedCode
from access.sessions import METHODS_KEY, SessionStore
from audit.trail import SERVICE, acting_as

PASSWORD = "seventeen-green-kettles"
LEEDS = Place(area="00DA")
BRADFORD = Place(area="00CX")
WEST_YORKSHIRE = Place(force="13")


class QuickHasher(Argon2PasswordHasher):
    """The real scheme at its least cost, for accounts that only tests guess at."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


@dataclass
class Person:
    """An invented officer with what they know and hold."""

    officer: Officer
    username: str
    seed: str

    @property
    def account(self) -> Account:
        return Account.objects.get(username=self.username)

    def fresh_code(self) -> str:
        """Return a code that was not used yet, as if half a minute had passed."""
        UsedCode.objects.all().delete()
        return code_now(self.seed)


def make_person(username: str, *roles: str, place: Place = NOWHERE, enrolled: bool = True) -> Person:
    """Create an officer with roles at one place, enrolled unless said otherwise."""
    with (
        acting_as(SERVICE, because="test"),
        override_settings(PASSWORD_HASHERS=["tests.personas.QuickHasher"], AUTH_PASSWORD_VALIDATORS=[]),
    ):
        officer = create_officer(username=username, password=PASSWORD, name=username.title())
    with acting_as(SERVICE, because="test"):
        for role in roles:
            grant_role(officer, role=role, place=place)
    seed = enrol(officer.account) if enrolled else ""
    return Person(officer=officer, username=username, seed=seed)


def sign_in(person: Person) -> Client:
    """Return a browser in which the officer typed the password and the code."""
    browser = Client()
    browser.post("/sign-in/", {"login": person.username, "password": PASSWORD})
    answer = browser.post("/sign-in/code/", {"code": person.fresh_code()})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def signed_in(person: Person, *, both_factors: bool = True) -> Client:
    """Return a browser that holds a session as signing in leaves it, without typing anything."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = person.account.get_session_auth_hash()
    session[METHODS_KEY] = [{"method": "mfa" if both_factors else "password"}]
    session.save()
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return browser


def code_now(seed: str) -> str:
    """Return the code of this half minute."""
    return code_at(seed, int(time.time()) // 30)
