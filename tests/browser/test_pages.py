"""Every page in every state: a picture at both widths, nothing for axe to say, nothing cut off."""

from collections.abc import Callable

import pytest
from django.urls import resolve

from jtrack.urls import urlpatterns
from tests.browser import cast
from tests.browser.looking import look_at, look_here
from tests.browser.site import Site

pytestmark = pytest.mark.browser
Address = Callable[[Site], str]


def _person(surname: str) -> Address:
    return lambda site: f"/offenders/{site.people[surname]}/"


def _delivery(state: str) -> Address:
    return lambda site: f"/deliveries/{site.deliveries[state]}/"


def _fixed(address: str) -> Address:
    return lambda _site: address


# Name and state of the picture: who looks, where, and words that show it is the page that was meant.
PAGES: dict[tuple[str, str], tuple[str, Address, str]] = {
    ("p02", "officer"): ("officer", _fixed("/"), "New since you last looked"),
    ("p02", "supervisor"): ("supervisor", _fixed("/"), "New since you last looked"),
    ("p02", "nobody-here"): ("newcomer", _fixed("/"), "No person of your area is here yet"),
    ("p02", "feeds"): ("feeds", _fixed("/"), "held for a decision"),
    ("p02", "matches"): ("matches", _fixed("/"), "Match desk"),
    ("p02", "assurance"): ("assurance", _fixed("/"), "Worth a look"),
    ("p02", "admin"): ("admin", _fixed("/"), "Officers by role"),
    ("p02", "national"): ("national", _fixed("/"), "What happened to tracked people"),
    ("p02", "liaison"): ("liaison", _fixed("/"), "Due out within 7 days"),
    ("p02", "prosecutor"): ("prosecutor", _fixed("/"), "New since you last looked"),
    ("p02", "drugs"): ("drugs", _fixed("/"), "takes in no list of the programme"),
    ("p02", "crowded"): ("crowded", _fixed("/"), "Due out in the next 28 days"),
    ("p03", "normal"): ("officer", _fixed("/caseload/"), "Due out"),
    ("p03", "filtered"): ("officer", _fixed("/caseload/?status=in_custody&sort=name"), "Show everybody"),
    ("p03", "without-a-date"): ("officer", _fixed("/caseload/?due=none"), "Save this search"),
    ("p03", "crowded"): ("crowded", _fixed("/caseload/"), "Caseload"),
    ("p03", "nobody-fits"): ("officer", _fixed("/caseload/?status=died&due=2"), "Nobody fits the filter"),
    ("p04", "in-custody"): ("officer", _person(cast.HELD), "manages this person, adopted on 9 January 2026"),
    ("p04", "in-community"): ("officer", _person(cast.COMMUNITY), "In the community"),
    ("p04", "missing"): ("officer", _person(cast.MISSING), "unconfirmed"),
    ("p04", "at-court"): ("officer", _person(cast.COURT), "At court"),
    ("p04", "removed"): ("officer", _person(cast.REMOVED), "managed this person, removed on"),
    ("p06", "normal"): ("officer", _fixed("/alerts/"), "to be acknowledged"),
    ("p06", "supervisor"): ("supervisor", _fixed("/alerts/"), "How the clock works"),
    ("p06", "acknowledged"): ("officer", _fixed("/alerts/?state=done"), "Sgt Ogden"),
    ("p06", "withdrawn"): ("officer", _fixed("/alerts/?state=withdrawn"), "The sender corrected the file"),
    ("p06", "late"): ("officer", _fixed("/alerts/?state=late"), "They were sent to nobody"),
    ("p06", "nobody-here"): ("newcomer", _fixed("/alerts/"), "Nothing waits for you"),
    ("p06", "crowded"): ("crowded", _fixed("/alerts/"), "With a clock"),
    ("p06", "settings"): ("officer", _fixed("/alerts/settings/"), "Always on"),
    ("p07", "month"): ("officer", _fixed("/calendar/"), "people"),
    ("p07", "week"): ("officer", _fixed(f"/calendar/?view=week&day={cast.due(12)}"), "Week of"),
    ("p07", "nobody-here"): ("newcomer", _fixed("/calendar/"), "Here stands each person on the day"),
    ("p07", "crowded"): ("crowded", _fixed("/calendar/"), "more"),
    ("p07", "crowded-week"): ("crowded", _fixed(f"/calendar/?view=week&day={cast.due(7)}"), "Week of"),
    ("p07", "holidays"): ("crowded", _fixed("/calendar/?day=2026-12-01"), "Christmas Day: no releases"),
    ("p07", "link"): ("officer", _fixed("/calendar/link/"), "You have no link"),
    ("p22", "help"): ("officer", _fixed("/help/"), "The date that counts"),
    ("p22", "help-feeds"): ("feeds", _fixed("/help/"), "Quarantine"),
    ("p13", "list"): ("feeds", _fixed("/deliveries/"), "refused"),
    ("p13", "published"): ("feeds", _delivery("published"), "Every row accounted for"),
    ("p13", "refused"): ("feeds", _delivery("refused"), "Refused"),
    ("p13", "waiting"): ("feeds", _delivery("waiting"), "Held for a decision"),
    ("p13", "upload"): ("feeds", _fixed("/deliveries/upload/"), "Upload a sealed file"),
    ("p13", "health"): ("feeds", _fixed("/deliveries/health/"), "Feed health"),
    ("absent", "nobody"): ("supervisor", _fixed("/caseload/absent/"), "Absent from the PPO list"),
    ("matches", "normal"): ("matches", _fixed("/matches/"), "Doubtful matches"),
    ("p19", "trail"): ("assurance", _fixed("/audit/"), "Audit trail"),
    ("p19", "by-officer"): ("assurance", lambda s: f"/audit/officers/{s.officers['officer'].officer.pk}/", "Officer"),
    ("p19", "by-person"): ("assurance", lambda s: f"/audit/people/{s.people[cast.HELD]}/", "event"),
    ("account", "normal"): ("supervisor", _fixed("/account/"), "What you may do"),
    ("confirm", "password"): ("supervisor", _fixed("/confirm/password/"), "Confirm that it is you"),
    ("confirm", "code"): ("supervisor", _fixed("/confirm/code/"), "Confirm with a code"),
    ("sign-out", "normal"): ("officer", _fixed("/sign-out/"), "Sign out"),
}


# Doors that are looked at by other modules, or whose answer is no page of its own.
SIGNING_IN = {"account_login", "mfa_authenticate", "mfa_activate_totp"}
NO_PAGES = {
    "caseload_searches",
    "calendar_read",
    "overrule_delivery",
    "delivery_progress",
    "delivery_returns",
    "health_live",
    "health_ready",
}


@pytest.mark.parametrize(("name", "state"), PAGES, ids=[f"{name} {state}" for name, state in PAGES])
def test_page_is_whole_at_both_widths(full_site: Site, name: str, state: str) -> None:
    persona, address, words = PAGES[name, state]

    with full_site.page(persona) as page:
        look_at(page, address(full_site), name=name, state=state)

        assert words.casefold() in page.inner_text("body").casefold()


def test_no_page_goes_unseen(full_site: Site) -> None:
    seen = {resolve(address(full_site).split("?")[0]).url_name for _, address, _ in PAGES.values()}

    assert {entry.name for entry in urlpatterns} - seen == SIGNING_IN | NO_PAGES


def test_refused_upload_says_what_to_do(full_site: Site) -> None:
    with full_site.page("feeds") as page:
        page.goto("/deliveries/upload/")
        page.set_input_files("input[name=sealed]", {"name": "x.age", "mimeType": "text/plain", "buffer": b"open"})
        page.click("main button[type=submit]")

        look_here(page, name="p13", state="upload-error")

        assert "There is a problem" in page.inner_text("main")


def test_decision_without_a_reason_is_asked_for_one(full_site: Site) -> None:
    with full_site.page("feeds") as page:
        page.goto(f"/deliveries/{full_site.deliveries['waiting']}/")
        page.get_by_role("button", name="Overrule and load the file").click()

        look_here(page, name="p13", state="decision-error")

        assert "There is a problem" in page.inner_text("main")


def test_nothing_ticked_is_said_above_the_inbox(full_site: Site) -> None:
    with full_site.page("officer") as page:
        page.goto("/alerts/")
        page.get_by_role("button", name="Acknowledge ticked").click()

        look_here(page, name="p06", state="nothing-ticked")

        page.get_by_role("link", name="Tick the alerts that you acknowledge").click()
        assert page.evaluate("document.activeElement.id") == "alert-1"


def test_link_is_shown_once_and_can_be_ended(full_site: Site) -> None:
    with full_site.page("colleague") as page:
        page.goto("/calendar/link/")
        page.get_by_role("button", name="Make a link").click()
        address = page.get_by_label("Address").input_value()
        look_here(page, name="p07", state="link-made")
        assert "BEGIN:VCALENDAR" in page.request.get(address).text()

        page.get_by_role("button", name="End the link").click()

        look_here(page, name="p07", state="link-ended")
        assert "You have no link" in page.inner_text("main")
        assert page.request.get(address).status == 404
