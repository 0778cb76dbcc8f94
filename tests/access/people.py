"""Officers and signed-in browsers for tests of access."""

import time
from dataclasses import dataclass

from django.test import Client

from access.factors import code_at, enrol
from access.grants import NOWHERE, Place, create_officer, grant_role
from access.models import Account, Officer, UsedCode
from audit.trail import SERVICE, acting_as

PASSWORD = "seventeen-green-kettles"
LEEDS = Place(area="00DA")
BRADFORD = Place(area="00CX")
WEST_YORKSHIRE = Place(force="13")


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
    with acting_as(SERVICE, because="test"):
        officer = create_officer(username=username, password=PASSWORD, name=username.title())
        for role in roles:
            grant_role(officer, role=role, place=place)
    seed = enrol(officer.account) if enrolled else ""
    return Person(officer=officer, username=username, seed=seed)


def sign_in(person: Person, client: Client | None = None) -> Client:
    """Return a browser in which the officer has passed both factors."""
    browser = client or Client()
    browser.post("/sign-in/", {"login": person.username, "password": PASSWORD})
    answer = browser.post("/sign-in/code/", {"code": person.fresh_code()})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def code_now(seed: str) -> str:
    """Return the code of this half minute."""
    return code_at(seed, int(time.time()) // 30)
