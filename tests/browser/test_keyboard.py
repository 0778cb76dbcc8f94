"""The whole way from sign-in to a person by keyboard alone, seeing at each stop where one is."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site
from tests.browser.test_coming_in import shown_code
from tests.personas import PASSWORD

pytestmark = pytest.mark.browser
MOST_STOPS = 80
# GOV.UK marks the focus by an outline, a shadow under the words, or the yellow ground of a focused link.
IS_FOCUS_VISIBLE = """() => {
    const element = document.activeElement
    const style = getComputedStyle(element)
    const painted = (colour) => colour !== 'rgba(0, 0, 0, 0)' && colour !== 'transparent'
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && painted(style.outlineColor)
    const label = element.matches('input[type=checkbox], input[type=radio]') && element.nextElementSibling
    const ring = label && getComputedStyle(label, '::before').boxShadow !== 'none'
    const yellow = style.backgroundColor === 'rgb(255, 221, 0)'
    return outlined || yellow || style.boxShadow !== 'none' || Boolean(ring)
}"""


def test_officer_reaches_a_person_by_keyboard_alone(full_site: Site) -> None:
    with full_site.page() as page:
        page.goto("/sign-in/")
        _go_to(page, page.get_by_label("Username"))
        page.keyboard.type("supervisor")
        _go_to(page, page.get_by_label("Password"))
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
        _go_to(page, page.locator("input[name=code]"))
        page.keyboard.type(shown_code(page))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="New since you last looked")).to_be_visible()

        _go_to(page, page.get_by_role("navigation", name="Menu").get_by_role("link", name="Caseload"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=re.compile("^Caseload"))).to_be_visible()
        _go_to(page, page.locator("input[name=status][value=in_custody]"))
        page.keyboard.press("Space")
        _go_to(page, page.get_by_role("button", name="Apply filters to the caseload"))
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("status=in_custody"))
        _go_to(page, page.locator("#people tbody a").first)
        page.keyboard.press("Enter")

        expect(page.locator(".jt-identity__name")).to_be_visible()


def test_skip_link_leads_past_the_navigation(full_site: Site) -> None:
    with full_site.page("officer") as page:
        page.goto("/caseload/")

        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
        assert page.evaluate(IS_FOCUS_VISIBLE)
        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "main-content"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_every_stop_of_a_persons_page_can_be_seen(full_site: Site) -> None:
    with full_site.page("officer") as page:
        page.goto("/caseload/")
        page.goto(page.locator("#people tbody a").first.get_attribute("href") or "")

        unseen = []
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            if not page.evaluate(IS_FOCUS_VISIBLE):
                unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))

        assert unseen == []


def _go_to(page: Page, wanted: Locator) -> None:
    """Press the tab key until the thing is focused, and insist that this can be seen."""
    handle = wanted.element_handle()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if handle.evaluate("(element) => element === document.activeElement"):
            assert page.evaluate(IS_FOCUS_VISIBLE), handle.evaluate("(element) => element.outerHTML.slice(0, 120)")
            return
    raise AssertionError(f"the tab key does not reach {wanted}")
