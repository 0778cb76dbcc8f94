"""The whole country for ten days: every kind of event that the files can show is found, and nothing else."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from feeds.models import Delivery
from feeds.reconciliation import insist_that_it_adds_up
from tests.figures import figure
from tests.journeys.world import deliver, files_of, found, observable, register_suppliers, tell_events

AsRole = Callable[[str], AbstractContextManager[None]]
SCALE, SEED, DAYS = 1, 7, 10
# With the August bank holiday and two weekends among the ten days.
END = date(2026, 9, 3)


@pytest.mark.drill
def test_events_found_are_the_observable_events_of_the_truth_at_national_size(tmp_path: Path, db_as: AsRole) -> None:
    call_command("make_training_data", out=tmp_path, scale=SCALE, seed=SEED, days=DAYS, end=END, verbosity=0)

    with db_as("worker"):
        register_suppliers(tmp_path)
        deliveries = [_timed(file) for file in files_of(tmp_path)]
        true, seen = observable(tmp_path), found()

    tell_events(true, seen, scale=SCALE, seed=SEED, days=DAYS)
    assert {delivery.state for delivery in deliveries} == {Delivery.State.PUBLISHED}
    assert seen == true
    for delivery in deliveries:
        assert delivery.statement is not None
        insist_that_it_adds_up(delivery.statement)


def _timed(file: Path) -> Delivery:
    """Import one file and say how long it took."""
    started = time.monotonic()
    (delivery,) = deliver([file])
    figure("NATIONAL", file=file.name.split("-", 1)[1], seconds=round(time.monotonic() - started, 1), scale=SCALE)
    return delivery
