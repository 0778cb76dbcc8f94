"""A late feed raises one incident, and the delivery that makes it fresh ends it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from audit.trail import SERVICE, acting_as
from feeds.health import end_incident, watch_feeds
from feeds.models import FeedIncident
from tests.factories import FIRST_DAY, Desk, publish

AsRole = Callable[[str], AbstractContextManager[None]]
ONE_DAY = timedelta(days=1)


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered; the test acts as the worker."""
    with db_as("worker"), acting_as(SERVICE, because="test"):
        yield Desk()


@pytest.mark.parametrize(
    ("days_later", "raised"),
    [pytest.param(1, 0, id="on its day"), pytest.param(2, 1, id="a day late"), pytest.param(9, 1, id="long late")],
)
def test_roll_is_late_from_the_day_after_its_own(desk: Desk, days_later: int, raised: int) -> None:
    publish(desk.roll(FIRST_DAY, [{}]))

    incidents = watch_feeds(today=FIRST_DAY + days_later * ONE_DAY)

    assert [incident.feed for incident in incidents] == ["prison_roll"] * raised


def test_incident_is_raised_once(desk: Desk) -> None:
    publish(desk.roll(FIRST_DAY, [{}]))
    watch_feeds(today=FIRST_DAY + 3 * ONE_DAY)

    assert watch_feeds(today=FIRST_DAY + 4 * ONE_DAY) == []
    assert FeedIncident.objects.get().expected_on == FIRST_DAY + ONE_DAY


def test_feed_that_never_came_is_not_late(desk: Desk) -> None:
    assert watch_feeds(today=FIRST_DAY) == []


def test_fresh_delivery_ends_the_incident_and_an_old_one_does_not(desk: Desk) -> None:
    publish(desk.roll(FIRST_DAY, [{}]))
    today = FIRST_DAY + 5 * ONE_DAY
    watch_feeds(today=today)

    old = publish(desk.roll(FIRST_DAY + ONE_DAY, [{}]))
    assert not end_incident(old, today=today)
    fresh = publish(desk.roll(FIRST_DAY + 4 * ONE_DAY, [{}]))
    assert end_incident(fresh, today=today)

    assert FeedIncident.objects.get().ended_by == fresh
