"""The operator's desk in a real browser: a held file is overruled and loaded, a running one shows how far it is."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from feeds.manifest import LONDON
from feeds.models import Delivery
from feeds.pipeline import import_delivery
from feeds.progress import ProgressTeller
from feeds.receiving import receive_delivery
from tests.browser import cast
from tests.browser.looking import look_at, look_here
from tests.browser.site import Site, as_worker
from tests.factories import SealedFile
from tests.feeds.made_files import HEADER, ppo_line

pytestmark = pytest.mark.browser
STATED, READ = 88_214, 41_200
REASON = "The sender counted the heading as a row; its desk confirmed that by telephone"


def miscounted_list(site: Site, *, hour: int) -> SealedFile:
    """Return a list that says what the one before said, with another number of rows than its manifest states."""
    assert site.desk is not None
    out = {"status": "REMOVED", "removed_on": f"{cast.day(3)}", "removal_reason": "Twelve months without a conviction"}
    people = [cast.adopted(surname) | (out if surname == cast.REMOVED else {}) for surname in cast.FORENAMES]
    extract_at = datetime.combine(cast.day(1), time(hour), tzinfo=LONDON)
    return site.desk.sealed("ppo", ["".join(map(ppo_line, people))], HEADER, extract_at, None, None)


def received(file: SealedFile, *, by: UUID | None = None) -> Delivery:
    """Receive a file without ringing for the worker."""
    return receive_delivery(file.manifest.to_json(), [file.sealed], received_by=by).delivery


def held(site: Site, *, hour: int, by: UUID | None = None) -> UUID:
    """Return a delivery that waits for a decision."""
    with as_worker():
        delivery = import_delivery(received(miscounted_list(site, hour=hour), by=by).pk)
    assert delivery.fault_code == "C-01", delivery.fault_message
    return delivery.pk


@pytest.fixture
def running(full_site: Site) -> Iterator[tuple[UUID, ProgressTeller]]:
    """A delivery that some worker seems to be at, and what tells how far it is."""
    with as_worker():
        assert full_site.desk is not None
        delivery = received(full_site.desk.roll(cast.day(1), [cast.row(cast.HELD)]))
        # A lease of this length is claimed by nobody, and ends in nobody's way.
        ours = Delivery.objects.filter(pk=delivery.pk)
        ours.update(lease_until=timezone.now() + timedelta(days=1), rows=STATED)
        teller = ProgressTeller(delivery.pk, rows=STATED)
        tell(teller, READ)
        yield delivery.pk, teller
        ours.update(state=Delivery.State.REFUSED, refused_at=timezone.now(), fault_code="F-05")


def tell(teller: ProgressTeller, rows: int) -> None:
    """Say that so many rows have been read."""
    teller._rows = rows
    teller.step("Opened, checked and compared")


def test_held_file_is_overruled_and_loaded_while_the_operator_waits(full_site: Site) -> None:
    address = f"/deliveries/{held(full_site, hour=6)}/"

    with full_site.page("feeds") as page:
        page.goto(address)
        page.fill("textarea", "too short")
        page.click("main form button[type=submit]")
        look_here(page, name="p13", state="overrule-error")
        assert "There is a problem" in page.inner_text("main")
        page.fill("textarea", REASON)
        page.click("main form button[type=submit]")

        # No click from here on: the script asks, and the page comes again when the worker is done.
        page.wait_for_selector("text=Loaded; the sender’s total differs and was overruled")
        look_at(page, address, name="p13", state="overruled")
        assert REASON in page.inner_text("main")


def test_uploader_is_told_to_ask_somebody_else(full_site: Site) -> None:
    own = held(full_site, hour=7, by=full_site.officers["feeds"].officer.pk)

    with full_site.page("feeds") as page:
        look_at(page, f"/deliveries/{own}/", name="p13", state="waiting-own")

        assert "You sent this file in, so somebody else decides." in page.inner_text("main")
        assert page.query_selector("main form") is None


def test_figures_of_a_running_import_change_by_themselves(
    full_site: Site, running: tuple[UUID, ProgressTeller]
) -> None:
    delivery_id, teller = running

    with full_site.page("feeds") as page:
        look_at(page, f"/deliveries/{delivery_id}/", name="p13", state="running")
        assert "41,200 of 88,214 (47%)" in page.inner_text("main")
        tell(teller, 60_000)

        page.wait_for_selector("text=60,000 of 88,214 (68%)")


def test_running_import_can_be_followed_without_scripts(full_site: Site, running: tuple[UUID, ProgressTeller]) -> None:
    delivery_id, teller = running

    with full_site.page("feeds", with_scripts=False) as page:
        page.goto(f"/deliveries/{delivery_id}/")
        tell(teller, 70_000)
        page.click("text=Load this page again")

        assert "70,000 of 88,214" in page.inner_text("main")
