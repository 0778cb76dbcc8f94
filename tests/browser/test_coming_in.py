"""Signing in by password and code, what is refused on the way, and how a session ends."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import look_at, look_here
from tests.browser.site import Site
from tests.personas import PASSWORD

pytestmark = pytest.mark.browser
DUTIES = ("officer", "supervisor", "feeds", "matches", "assurance")
GUESSES = 5
MINUTE = 60_000


@pytest.mark.parametrize("persona", DUTIES)
def test_password_and_code_lead_to_the_morning_of_the_duty(site: Site, persona: str) -> None:
    with site.page() as page:
        enter_password(page, persona)
        enter_code(page, shown_code(page))

        expect(page).to_have_url(f"{site.address}/")
        expect(page.get_by_text("Opened by")).to_contain_text(persona.title())


def test_sign_in_page_is_whole(site: Site) -> None:
    with site.page() as page:
        look_at(page, "/sign-in/", name="p01", state="normal")


def test_wrong_password_is_refused_without_saying_what_was_wrong(site: Site) -> None:
    with site.page() as page:
        enter_password(page, "colleague", password="not-the-right-kettles")

        look_here(page, name="p01", state="error")
        assert "There is a problem" in page.inner_text("main")
        assert page.evaluate("document.activeElement.className") == "govuk-error-summary"


def test_code_is_taken_only_once(site: Site) -> None:
    with site.page() as page:
        enter_password(page, "colleague")
        look_here(page, name="p01", state="code")
        code = shown_code(page)
        enter_code(page, code)
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(re.compile("/sign-in/"))
        enter_password(page, "colleague")

        enter_code(page, code)

        expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
        look_here(page, name="p01", state="code-error")


def test_first_sign_in_leads_over_the_enrolment_of_an_app(site: Site) -> None:
    with site.page() as page:
        enter_password(page, "beginner")
        expect(page).to_have_url(re.compile("/sign-in/enrol/"))
        look_here(page, name="p01", state="enrol")

        page.locator("input[name=code]").fill(shown_code(page))
        page.locator("main button[type=submit]").click()

        expect(page).to_have_url(f"{site.address}/")


def test_signing_out_closes_every_page(site: Site) -> None:
    with site.page("officer") as page:
        page.goto("/")

        page.get_by_role("button", name="Sign out").click()

        page.goto("/caseload/")
        expect(page).to_have_url(re.compile(r"/sign-in/\?next="))


def test_too_many_guesses_lock_the_account(site: Site) -> None:
    with site.page() as page:
        for _ in range(GUESSES):
            enter_password(page, "guessed", password="not-the-right-kettles")

        expect(page.get_by_role("heading", name="Sign-in is locked")).to_be_visible()
        look_here(page, name="p01", state="locked-out")


def test_session_about_to_end_is_announced(site: Site) -> None:
    with site.page("officer") as page:
        page.clock.install()
        page.goto("/")
        announcement = page.get_by_role("status").filter(has_text="signed out")
        expect(announcement).to_have_count(0)

        page.clock.fast_forward(12 * MINUTE + 1000)

        expect(announcement).to_have_text("You will be signed out in 3 minutes. Open any page to stay signed in.")
        look_here(page, name="p02", state="session-ending")
        page.clock.fast_forward(3 * MINUTE)
        expect(announcement).to_have_text("You have been signed out. Sign in again to go on.")


def enter_password(page: Page, persona: str, *, password: str = PASSWORD) -> None:
    """Open the sign-in page and send name and password."""
    page.goto("/sign-in/")
    page.get_by_label("Username").fill(persona)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()


def shown_code(page: Page) -> str:
    """Return the code that a training site shows on the page."""
    return page.locator("#training-code").inner_text()


def enter_code(page: Page, code: str) -> None:
    """Send a code."""
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="Sign in").click()
