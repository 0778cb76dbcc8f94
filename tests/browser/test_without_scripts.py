"""Everything works without scripts: signing in, filtering, sorting, opening details."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.test_coming_in import enter_code, enter_password, shown_code

pytestmark = pytest.mark.browser


def test_signing_in_works_without_scripts(site: Site) -> None:
    with site.page(with_scripts=False) as page:
        enter_password(page, "colleague")
        enter_code(page, shown_code(page))

        expect(page).to_have_url(f"{site.address}/")


def test_caseload_filters_and_sorts_without_scripts(full_site: Site) -> None:
    with full_site.page("officer", with_scripts=False) as page:
        page.goto("/caseload/")
        everybody = page.locator("#people tbody a").count()
        page.locator("input[name=status][value=in_custody]").check()
        page.get_by_role("button", name="Apply filters", exact=True).click()
        names = page.locator("#people tbody a")
        assert 0 < names.count() < everybody

        page.locator("thead").get_by_role("link", name="Name").click()

        shown = names.all_inner_texts()
        assert shown == sorted(shown, key=str.casefold)
        assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Name")


def test_details_open_without_scripts(full_site: Site) -> None:
    with full_site.page("officer", with_scripts=False) as page:
        page.goto("/")
        table = page.locator("#due-table table")
        expect(table).to_be_hidden()

        page.locator("#due-table summary").click()

        expect(table).to_be_visible()


def test_ticked_alert_is_acknowledged_without_scripts_by_the_enter_key(full_site: Site) -> None:
    with full_site.page("crowded", with_scripts=False) as page:
        page.goto("/alerts/")
        third = page.locator(".jt-alert:has(input[type=checkbox])").nth(2)
        words = third.locator(".jt-alert__head").inner_text()
        third.get_by_role("checkbox").check()
        page.get_by_label("Note on what you acknowledge").fill("By the enter key")
        page.get_by_label("Note on what you acknowledge").press("Enter")

        expect(page.get_by_text("1 alert is acknowledged.")).to_be_visible()
        page.get_by_role("link", name="Acknowledged").click()
        expect(page.locator(".jt-alert").filter(has_text=words).first).to_contain_text("By the enter key")
