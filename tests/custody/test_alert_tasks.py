"""The timed jobs are doors: they go by the site's clock and may be rung twice."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from access import clock
from access.models import Officer
from custody.alert_models import AlertHop, AlertReceipt
from custody.tasks import alerts_task, mail_task
from jtrack.celery import app
from tests.custody.alert_world import Somebody, told_to
from tests.custody.histories import at, held, on
from tests.personas import LEEDS, make_person

AsRole = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def hartley(db: None) -> Iterator[Officer]:
    """An officer of Leeds; the clock shows the real time again afterwards."""
    yield make_person("hartley", "area_officer", place=LEEDS).officer
    clock.set_clock(None)


def test_alerts_go_by_the_clock_that_was_set(hartley: Officer, db_as: AsRole) -> None:
    with db_as("worker"):
        Somebody().told(held(2, dates={"CRD": on(25)}), now=at(2, 6))
        clock.set_clock(at(23, 7))
        alerts_task()
        alerts_task()
        assert (told_to(hartley).count("due_2"), AlertHop.objects.count()) == (1, 0)

        clock.set_clock(at(23, 11))
        alerts_task()
        alerts_task()
        mail_task()

        assert AlertHop.objects.count() == 1
        assert AlertReceipt.objects.filter(officer_id=hartley.pk, alert__kind="due_2").count() == 1


def test_beat_rings_for_both() -> None:
    rung = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert {alerts_task.name, mail_task.name} <= rung
