"""Every address is a door, and each role passes exactly the doors that this table gives it."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from access.gate import Door, OpenDoor
from access.roles import ROLES
from jtrack.checks import addresses, every_address_is_a_door
from tests.personas import make_person, signed_in

AREA_ROLES = {"area_officer", "area_supervisor"}

# A new door needs a line here: who passes it, and by which methods.
DOORS: dict[str, tuple[set[str], set[str]]] = {
    "morning": (set(ROLES), {"GET"}),
    "caseload": (AREA_ROLES | {"cps"}, {"GET"}),
    "absent": ({"area_supervisor"}, {"GET"}),
    "person": (AREA_ROLES | {"cps", "prison_liaison"}, {"GET"}),
    "alerts": (AREA_ROLES, {"GET", "POST"}),
    "alert_settings": (AREA_ROLES, {"GET", "POST"}),
    "calendar": (AREA_ROLES | {"cps"}, {"GET"}),
    "caseload_searches": (AREA_ROLES | {"cps"}, {"POST"}),
    "calendar_link": (AREA_ROLES | {"cps"}, {"GET", "POST"}),
    "help": (set(ROLES), {"GET"}),
    "deliveries": ({"feed_operator"}, {"GET"}),
    "upload_delivery": ({"feed_operator"}, {"GET", "POST"}),
    "delivery": ({"feed_operator"}, {"GET"}),
    "overrule_delivery": ({"feed_operator"}, {"POST"}),
    "delivery_progress": ({"feed_operator"}, {"GET"}),
    "delivery_returns": ({"feed_operator"}, {"GET"}),
    "feed_health": ({"feed_operator"}, {"GET"}),
    "matches": ({"match_reviewer"}, {"GET"}),
    "audit": ({"assurance"}, {"GET"}),
    "audit_officer": ({"assurance"}, {"GET"}),
    "audit_person": ({"assurance"}, {"GET"}),
}
OPEN_DOORS = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "calendar_read",
    "health_live",
    "health_ready",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_index",
    "mfa_reauthenticate",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def patterns() -> dict[str, URLPattern]:
    return {str(entry.name): entry for entry in get_resolver().url_patterns if isinstance(entry, URLPattern)}


def named_doors() -> dict[str, Door | OpenDoor]:
    return {name: getattr(pattern.callback, "door") for name, pattern in patterns().items()}  # noqa: B009 - set by the gate, unknown to types


def address_of(name: str) -> str:
    """Return the door's address; where it takes numbers, one that belongs to nothing."""
    return reverse(name, kwargs={part: uuid4() for part in patterns()[name].pattern.converters})


def expected_status(role: str, name: str, method: str) -> set[int]:
    roles, methods = DOORS[name]
    if role not in roles:
        return {404}
    if method not in methods | ({"HEAD"} if "GET" in methods else set()):
        return {405}
    # A number that belongs to nothing is absent even for who may look.
    return {404} if patterns()[name].pattern.converters else {200, 302}


def test_every_address_is_a_door() -> None:
    assert every_address_is_a_door(None) == []


def test_every_door_has_a_line_in_the_table() -> None:
    doors = named_doors()

    assert {name for name, door in doors.items() if isinstance(door, Door)} == set(DOORS)
    assert {name for name, door in doors.items() if isinstance(door, OpenDoor)} == OPEN_DOORS
    assert len(doors) == len(list(addresses()))


def test_every_open_door_says_why() -> None:
    assert all(door.because.endswith(".") for door in named_doors().values() if isinstance(door, OpenDoor))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_role_passes_its_doors_and_no_other(role: str) -> None:
    browser = signed_in(make_person("kim", role))
    wrong = {
        (name, method): answer
        for name in DOORS
        for method in METHODS
        if (answer := browser.generic(method, address_of(name)).status_code) not in expected_status(role, name, method)
    }

    assert wrong == {}


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_nobody_passes_without_signing_in(name: str) -> None:
    statuses = {Client().generic(method, address_of(name)).status_code for method in METHODS}

    assert statuses == {302}


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_password_alone_passes_no_door(name: str) -> None:
    browser = signed_in(make_person("kim", "area_officer", enrolled=False), both_factors=False)

    assert browser.get(address_of(name))["Location"] == "/sign-in/enrol/"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OPEN_DOORS))
def test_open_door_shows_a_stranger_a_form_or_the_way_to_it(name: str) -> None:
    answer = Client().get(address_of(name))

    # A secret that opens nothing is as absent as any address that is none of ours.
    assert answer.status_code in ({404} if patterns()[name].pattern.converters else {200, 302})
    assert b"Your account" not in answer.content


HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/sign-in/", "/no/such/address/", "/audit/", "/account/"])
def test_every_answer_carries_the_headers(address: str) -> None:
    answer = Client().get(address)

    assert {name: answer.get(name) for name in HEADERS} == HEADERS
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.django_db
def test_no_answer_names_the_server() -> None:
    answer = Client().get("/sign-in/")

    assert not {"Server", "X-Powered-By"} & set(answer.headers)
