"""Before any delivery has come, every page says what would be here; this module runs first."""

import pytest

from tests.browser.looking import look_at
from tests.browser.site import Site

pytestmark = pytest.mark.browser
PAGES = {
    "morning": ("officer", "/", "p02", "No person of your area is here yet"),
    "caseload": ("officer", "/caseload/", "p03", "No person of your area is here yet"),
    "alerts": ("officer", "/alerts/", "p06", "Nothing waits for you"),
    "calendar": ("officer", "/calendar/", "p07", "Here stands each person on the day they are due out"),
    "deliveries": ("feeds", "/deliveries/", "p13", "No delivery has come yet"),
    "matches": ("matches", "/matches/", "matches", "No doubtful match waits"),
}


@pytest.mark.parametrize(("persona", "address", "name", "words"), PAGES.values(), ids=PAGES)
def test_empty_page_says_what_would_be_here(site: Site, persona: str, address: str, name: str, words: str) -> None:
    with site.page(persona) as page:
        look_at(page, address, name=name, state="empty")

        assert words in page.inner_text("main")
