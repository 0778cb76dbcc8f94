"""A whole training world, from sealed files to events: what is found is what its truth says can be seen."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.core.management import call_command

from feeds.models import Delivery
from feeds.reconciliation import insist_that_it_adds_up
from feeds.refreshing import people_out_of_line
from offenders.models import Offender
from tests.cluster import Broom
from tests.figures import figure
from tests.journeys.world import deliver, files_of, found, observable, register_suppliers, tell_events
from tests.picture import difference, picture

AsRole = Callable[[str], AbstractContextManager[None]]
SEED = 11
DAYS = 9
ORDERS = 3


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Path:
    """Sealed files and truth of a small world."""
    folder = tmp_path_factory.mktemp("world")
    call_command("make_training_data", out=folder, scale=0.005, seed=SEED, days=DAYS, verbosity=0)
    return folder


@pytest.fixture
def worker(db_as: AsRole, world: Path) -> Iterator[None]:
    """Act as the worker, with the world's suppliers registered."""
    with db_as("worker"):
        register_suppliers(world)
        yield


def test_events_found_are_the_observable_events_of_the_truth_and_stay_so(world: Path, worker: None) -> None:
    """One import serves all of it: importing is what takes the time."""
    deliveries = deliver(files_of(world))
    once = picture()

    tell_events(observable(world), found(), seed=SEED)
    assert [d.state for d in deliveries] == [Delivery.State.PUBLISHED] * len(deliveries)
    assert found() == observable(world)
    assert sum(observable(world).values()) > 20
    for delivery in deliveries:
        assert delivery.statement is not None
        insist_that_it_adds_up(delivery.statement)
    assert people_out_of_line(list(Offender.objects.values_list("pk", flat=True))) == []

    deliver(files_of(world))
    assert difference(once, picture()) == {}
    assert Delivery.objects.count() == len(deliveries)


def test_order_of_the_deliveries_does_not_matter(world: Path, worker: None, broom: Broom) -> None:
    files = files_of(world)
    deliver(files)
    orderly = picture()

    for number in range(ORDERS):
        broom.sweep()
        register_suppliers(world)
        shuffled = random.Random(SEED + number).sample(files, len(files))
        deliver(shuffled)
        figure("ORDER", order=number, seed=SEED + number, differences=len(difference(orderly, picture())))
        assert difference(orderly, picture()) == {}
