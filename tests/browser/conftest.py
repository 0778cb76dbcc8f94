"""One real site and one real browser for all browser tests: made once, filled once, swept at the end."""

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from jtrack import frontend
from jtrack.valkey import Broker
from tests.browser.chromium import chromium
from tests.browser.site import Site, make_officers
from tests.browser.stack import serving
from tests.cluster import Broom
from tests.conftest import HOME


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    frontend.build()
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def site(browser: Browser, broker: Broker, broom: Broom, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """The site with its officers and, as yet, without a delivery."""
    with django_db_blocker.unblock():
        officers = make_officers()
        with serving(HOME) as address:
            yield Site(address=address, browser=browser, officers=officers)
        connections.close_all()
    broom.sweep()


@pytest.fixture(scope="package")
def full_site(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site with its people in every state. Tests of the empty site stand in the module that runs first."""
    site.fill(tmp_path_factory.mktemp("world"))
    return site
