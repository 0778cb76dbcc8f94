"""On paper: the marking and who printed it, no navigation, filter or button."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import cast
from tests.browser.looking import SHOTS
from tests.browser.site import Site

pytestmark = pytest.mark.browser
SHEETS: dict[str, Callable[[Site], str]] = {
    "p03": lambda _site: "/caseload/",
    "p06": lambda _site: "/alerts/",
    "p07": lambda _site: "/calendar/",
    "p22": lambda _site: "/help/",
    "p04": lambda site: f"/offenders/{site.people[cast.HELD]}/",
}


@pytest.mark.parametrize(("name", "address"), SHEETS.items(), ids=SHEETS)
def test_sheet_bears_its_marking_and_no_navigation(full_site: Site, name: str, address: Callable[[Site], str]) -> None:
    with full_site.page("officer") as page:
        page.goto(address(full_site))
        page.emulate_media(media="print")
        SHOTS.mkdir(mode=0o700, parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}-1280-print.png", full_page=True)
        page.pdf(path=SHOTS / f"{name}-print.pdf", prefer_css_page_size=True)

        expect(page.get_by_text("OFFICIAL-SENSITIVE").first).to_be_visible()
        expect(page.get_by_text("Opened by")).to_be_visible()
        expect(page.locator(".jt-fresh")).to_be_visible()
        for dropped in ("nav", "button", "form", ".govuk-skip-link"):
            for element in page.locator(dropped).all():
                expect(element).not_to_be_visible()
