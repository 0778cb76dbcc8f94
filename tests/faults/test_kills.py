"""Worker, pool child and broker are killed at random while imports run: it ends as if nothing had happened."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg2.extensions
import pytest
import redis
from django.core.management import call_command

from audit.trail import SERVICE, acting_as
from feeds.models import Delivery
from feeds.receiving import receive_delivery
from jtrack.valkey import Broker
from tests.cluster import Broom
from tests.factories import Desk, SealedFile, publish
from tests.faults.nemesis import CeleryProcess, Nemesis, kinds_for
from tests.faults.sent_files import read_pair
from tests.faults.small_world import register, roll_on, row_counts, schemes_on
from tests.figures import figure
from tests.journeys.world import files_of, register_suppliers
from tests.picture import difference, picture

AsRole = Callable[[str], AbstractContextManager[None]]
SEED = 20261125
IMPORTS, DAYS = 50, 43
SMALL_KILLS = 4
# Strikes fall into the first part of the time that an import takes by itself, so that most find it at work.
SHARE_OF_IMPORT = 0.8


@pytest.fixture
def nemesis(
    db_as: AsRole,
    broker: Broker,
    queue: redis.Redis,
    superuser: psycopg2.extensions.connection,
    tmp_path: Path,
) -> Iterator[Nemesis]:
    """A running worker and broker and who will kill them; the test goes on as the worker."""
    worker = CeleryProcess(tmp_path / "worker.log")
    with db_as("worker"), acting_as(SERVICE, because="test"):
        yield Nemesis(broker, worker, superuser, random.Random(SEED))
    worker.stop()


def test_few_imports_under_kills_end_like_undisturbed_ones(nemesis: Nemesis, broom: Broom) -> None:
    desk = Desk()
    files = [file for day in range(SMALL_KILLS // 2) for file in (schemes_on(desk, day), roll_on(desk, day))]

    differing = _held_against_undisturbed(files, nemesis, broom, lambda: register(desk))

    _tell(nemesis, files, differing)
    assert differing == []
    assert len(nemesis.strikes) == len(files)


@pytest.mark.drill
def test_fifty_imports_under_kills_end_like_undisturbed_ones(nemesis: Nemesis, broom: Broom, tmp_path: Path) -> None:
    folder = tmp_path / "world"
    call_command("make_training_data", out=folder, scale=0.005, seed=11, days=DAYS, verbosity=0)
    register_suppliers(folder)
    files = [read_pair(path) for path in files_of(folder)]
    assert len(files) >= IMPORTS

    differing = _held_against_undisturbed(files, nemesis, broom, lambda: register_suppliers(folder))

    _tell(nemesis, files, differing)
    assert differing == []
    assert nemesis.mid_operation * 2 >= len(nemesis.strikes) >= IMPORTS


def _held_against_undisturbed(
    files: Sequence[SealedFile], nemesis: Nemesis, broom: Broom, again: Callable[[], None]
) -> list[str]:
    """Import everything in peace, then once more under attack, and return what differs."""
    seconds = [sum(taken for _, taken in _statement(publish(file))["steps"]) for file in files]
    orderly = picture(), row_counts(), _statements()
    broom.sweep()
    again()
    nemesis.worker.start()
    kinds = kinds_for(len(files), nemesis.dice)
    for file, kind, taken in zip(files, kinds, seconds, strict=True):
        receipt = receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None)
        nemesis.import_under_attack(receipt.delivery.pk, kind=kind, seconds=taken * SHARE_OF_IMPORT)
    found = picture(), row_counts(), _statements()
    differing = [*difference(orderly[0], found[0])]
    differing += [name for name, rows in orderly[1].items() if found[1][name] != rows]
    return differing + [str(key) for key, told in orderly[2].items() if found[2].get(key) != told]


def _tell(nemesis: Nemesis, files: Sequence[SealedFile], differing: Sequence[str]) -> None:
    figure(
        "T-KILL",
        kills=len(nemesis.strikes),
        mid_operation=nemesis.mid_operation,
        imports=len(files),
        differences=len(differing),
        seed=SEED,
    )


def _statements() -> dict[tuple[str, int], dict[str, Any]]:
    return {(d.feed, d.sequence): {**_statement(d), "steps": None} for d in Delivery.objects.all()}


def _statement(delivery: Delivery) -> dict[str, Any]:
    assert delivery.statement is not None, delivery.state
    return dict(delivery.statement)
