"""An officer keeps a search of the caseload, uses it and forgets it."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import look_here
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def test_search_is_kept_used_and_forgotten(full_site: Site) -> None:
    with full_site.page("officer") as page:
        page.goto("/caseload/?due=28&sort=name")
        page.get_by_text("Save this search").click()
        page.get_by_label("Name for this search").fill("Out within four weeks")
        page.get_by_role("button", name="Save", exact=True).click()
        look_here(page, name="p03", state="search-kept")
        page.goto("/caseload/")

        page.get_by_role("link", name="Out within four weeks").click()
        expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Name")
        page.get_by_role("button", name="Forget Out within four weeks").click()

        expect(page.get_by_role("link", name="Out within four weeks")).to_have_count(0)


def test_search_without_a_name_is_asked_for_one(full_site: Site) -> None:
    with full_site.page("officer") as page:
        page.goto("/caseload/?due=28")
        page.get_by_text("Save this search").click()
        page.get_by_role("button", name="Save", exact=True).click()

        look_here(page, name="p03", state="search-error")

        assert "There is a problem" in page.inner_text("main")
