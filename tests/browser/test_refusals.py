"""Pages that say no: not there, not in time, not now, and a fault of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from jtrack.postgres import Cluster
from tests.browser.looking import look_at, look_here
from tests.browser.site import Site
from tests.personas import PASSWORD

pytestmark = pytest.mark.browser


def test_person_of_another_area_is_a_page_not_found(site: Site) -> None:
    with site.page("officer") as page:
        look_at(page, f"/offenders/{uuid4()}/", name="not-found", state="404")

        assert "Page not found" in page.inner_text("main")


def test_form_without_its_token_is_not_taken(site: Site) -> None:
    with site.page() as page:
        page.goto("/sign-in/")
        page.get_by_label("Username").fill("officer")
        page.get_by_label("Password").fill(PASSWORD)
        page.context.clear_cookies()
        page.get_by_role("button", name="Continue").click()

        look_here(page, name="refused", state="403")
        assert "The form could not be taken" in page.inner_text("main")


def test_without_the_audit_trail_nothing_is_shown(site: Site, cluster: Cluster) -> None:
    with site.page("officer") as page, taken_away(cluster, "INSERT", "audit_event", "jt_gate"):
        look_at(page, "/", name="not-now", state="503")

        assert "JTrack cannot show this now" in page.inner_text("main")


def test_fault_of_ours_says_so_and_no_more(site: Site, cluster: Cluster) -> None:
    with site.page("matches") as page, taken_away(cluster, "SELECT", "feeds_matchcase", "jt_web"):
        look_at(page, "/matches/", name="fault", state="500")

        assert "JTrack has a fault" in page.inner_text("main")


@contextmanager
def taken_away(cluster: Cluster, right: str, table: str, role: str) -> Iterator[None]:
    """Take a right from one of the site's roles for a while."""
    connection = cluster.superuser()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE {right} ON {table} FROM {role}")
        try:
            yield
        finally:
            cursor.execute(f"GRANT {right} ON {table} TO {role}")
            connection.close()
