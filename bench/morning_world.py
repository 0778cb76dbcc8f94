"""2,500 officers, each with forty people to see, and sessions for some of them."""

from typing import Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import check_password, make_password

from access.grants import Place
from access.models import Account
from access.sessions import METHODS_KEY, SessionStore
from audit.trail import SERVICE, acting_as
from bench.measure import median_milliseconds
from bench.page_world import PASSWORD, SMALL, add_officer

OFFICERS: Final = 2500


def officers() -> list[tuple[str, str]]:
    """Store the officers of the area of 40 people, each a case of their own; return user names and seeds of codes.

    Only there are the people's values sealed for their own rows: those of the other areas are copies.
    """
    password = make_password(PASSWORD)
    with acting_as(SERVICE, because="bench"):
        return [
            (name, add_officer(name, password, role="area_officer", place=Place(area=SMALL)))
            for name in (f"early-{number:04d}" for number in range(OFFICERS))
        ]


def sessions(usernames: list[str]) -> list[tuple[str, str]]:
    """Return the session cookies of officers as signing in leaves them."""
    return [(settings.SESSION_COOKIE_NAME, session_of(Account.objects.get(username=name))) for name in usernames]


def session_of(account: Account) -> str:
    """Open a session that has passed both factors and return its cookie's value."""
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session[METHODS_KEY] = [{"method": "mfa"}]
    session.save()
    return session.session_key or ""


def hash_milliseconds() -> float:
    """Return the milliseconds of checking a right password at the cost that the site sets."""
    encoded = make_password(PASSWORD)
    return median_milliseconds(lambda: check_password(PASSWORD, encoded), times=20)
