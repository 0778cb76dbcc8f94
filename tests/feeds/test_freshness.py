"""Each feed says how old its data is, and when the next delivery is late."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from feeds.freshness import ages

LONDON = ZoneInfo("Europe/London")
TODAY = date(2026, 11, 22)


def extract(day: int, hour: int = 6) -> datetime:
    return datetime(2026, 11, day, hour, 13, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("feed", "taken", "words", "is_late"),
    [
        pytest.param("prison_roll", extract(22), "today 6:13am", False, id="prison, today"),
        pytest.param("prison_roll", extract(21), "21 Nov", False, id="prison, today's still to come"),
        pytest.param("prison_roll", extract(20), "20 Nov, 1 day late", True, id="prison, a day late"),
        pytest.param("ppo", extract(15), "15 Nov", False, id="PPO, due today"),
        pytest.param("ppo", extract(13), "13 Nov, 2 days late", True, id="PPO, two days late"),
    ],
)
def test_a_feed_is_late_from_the_day_after_its_next_was_due(
    feed: str, taken: datetime, words: str, *, is_late: bool
) -> None:
    age = next(age for age in ages({feed: taken}, today=TODAY) if age.feed == feed)

    assert (age.words, age.is_late) == (words, is_late)


def test_a_feed_that_never_came_is_late() -> None:
    assert [(age.words, age.is_late) for age in ages({}, today=TODAY)] == [("nothing yet", True)] * 2
