"""The main job end to end: a sealed file in the drop folder becomes news on the officer's morning page."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from custody.wording import weekday_and_month
from feeds.dropping import MANIFEST_SUFFIX, TAKEN
from feeds.tasks import drop_task
from tests.browser import cast
from tests.browser.looking import look_at
from tests.browser.site import Site, as_worker
from tests.factories import SealedFile

pytestmark = pytest.mark.browser
WORKER_SECONDS = 60
NAME = "invented-prisons-roll"


def test_file_in_the_drop_folder_becomes_news_for_the_officer(full_site: Site) -> None:
    assert full_site.desk is not None
    with as_worker():
        file = cast.next_roll(full_site.desk)
    newcomer, held = cast.full_name(cast.NEWCOMER), cast.full_name(cast.HELD)

    _drop(file, settings.DROP_DIRECTORY)
    # The timetable rings this bell once a minute.
    drop_task.delay()

    with full_site.page("officer") as page:
        news = _news_with(page, newcomer)
        assert "entered custody" in news[newcomer]
        assert weekday_and_month(cast.due(12)) in news[held]
        assert weekday_and_month(cast.due(4)) in news[held]
        assert (settings.DROP_DIRECTORY / TAKEN / f"{NAME}.age").exists()
        look_at(page, "/", name="p02", state="after-the-file")
        page.get_by_role("link", name=newcomer).first.click()
        assert "Leeds" in page.inner_text(".jt-now")


def _drop(file: SealedFile, folder: Path) -> None:
    """Put the sealed file first and its manifest last: a pair is fetched when it is complete."""
    (folder / f"{NAME}.age").write_bytes(file.sealed)
    (folder / f"{NAME}{MANIFEST_SUFFIX}").write_bytes(file.manifest.to_json())


def _news_with(page: Page, name: str) -> dict[str, str]:
    """Return the news by name, once somebody stands in it.

    Raises: AssertionError when the worker has not brought it in a minute.
    """
    deadline = time.monotonic() + WORKER_SECONDS
    while time.monotonic() < deadline:
        page.goto("/")
        news: dict[str, str] = {}
        for item in page.locator(".jt-news__item").all():
            whose = item.locator("a").first.inner_text()
            news[whose] = news.get(whose, "") + item.inner_text()
        if name in news:
            return news
        time.sleep(1)
    raise AssertionError("the worker has published nothing of the file in the drop folder; see worker.log")
