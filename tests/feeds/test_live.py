"""The page of a delivery under way says how far it has come, and a small door keeps it fresh."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from feeds import live
from feeds.live import in_words
from feeds.models import Delivery
from feeds.progress import Progress
from feeds.receiving import receive_delivery
from tests.factories import Desk, days, publish
from tests.personas import make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
(ONE,) = days(1)
HALF_WAY = Progress("Opened, checked and compared", rows=44_000, of=88_000, seconds=5.0)


@pytest.mark.parametrize(
    ("progress", "rows", "pace", "left"),
    [
        pytest.param(
            HALF_WAY,
            "44,000 of 88,000 (50%)",
            "8,800 rows a second",
            "About 5 seconds for reading the rows; people, facts and events follow",
            id="half way",
        ),
        pytest.param(
            Progress("Opened, checked and compared", 100, 100_000, 10.0),
            "100 of 100,000 (0%)",
            "10 rows a second",
            "About 166 minutes for reading the rows; people, facts and events follow",
            id="slow",
        ),
        pytest.param(
            Progress("Matched to people", 88_000, 88_000, 11.0),
            "88,000 of 88,000 (100%)",
            "8,000 rows a second",
            "Every row is read; people, facts and events follow",
            id="all read",
        ),
        pytest.param(
            Progress("Opened, checked and compared", 0, 88_000, 0.0),
            "0 of 88,000 (0%)",
            "0 rows a second",
            "Not known yet",
            id="just begun",
        ),
        pytest.param(
            Progress("Opened, checked and compared", 12, 10, 1.0),
            "12 of 10 (100%)",
            "12 rows a second",
            "Every row is read; people, facts and events follow",
            id="more rows than stated",
        ),
    ],
)
def test_figures_in_words(progress: Progress, rows: str, pace: str, left: str) -> None:
    told = in_words(progress)

    assert (told.rows, told.pace, told.left) == (rows, pace, left)


@pytest.fixture
def waiting(db_as: AsRole) -> Delivery:
    """A delivery that came in and that no worker has done."""
    with db_as("worker"):
        file = Desk().roll(ONE, [{}])
        return receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None).delivery


def test_page_shows_the_figures_without_scripts(waiting: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "progress_of", lambda _: HALF_WAY)

    page = signed_in(make_person("olive", "feed_operator")).get(f"/deliveries/{waiting.pk}/").content.decode()

    assert "44,000 of 88,000 (50%)" in page
    assert 'value="500"' in page
    assert f'href="/deliveries/{waiting.pk}/">Load this page again</a>' in page


def test_door_tells_the_script_what_the_page_shows(waiting: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "progress_of", lambda _: HALF_WAY)

    told = signed_in(make_person("olive", "feed_operator")).get(f"/deliveries/{waiting.pk}/progress/").json()

    assert told == {
        "live": True,
        "state": "received",
        "step": "Opened, checked and compared",
        "rows": "44,000 of 88,000 (50%)",
        "pace": "8,800 rows a second",
        "left": "About 5 seconds for reading the rows; people, facts and events follow",
        "permille": 500,
    }


def test_broker_that_is_away_leaves_the_page_without_figures(waiting: Delivery) -> None:
    page = signed_in(make_person("olive", "feed_operator")).get(f"/deliveries/{waiting.pk}/").content.decode()

    assert live.NO_FIGURES in page


def test_published_delivery_is_not_live(db_as: AsRole) -> None:
    with db_as("worker"):
        done = publish(Desk().roll(ONE, [{}]))

    told = signed_in(make_person("olive", "feed_operator")).get(f"/deliveries/{done.pk}/progress/").json()

    assert (told["live"], told["state"]) == (False, "published")
