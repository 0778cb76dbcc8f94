"""Waiting for the import: it ends when all is published, and says so when that will not happen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jtrack import training
from jtrack.home import Home
from jtrack.postgres import Cluster


@pytest.fixture
def cluster_not_asked(tmp_path: Path) -> Cluster:
    """A cluster that is never started: the states below are what it would answer."""
    return Cluster(Home(tmp_path))


def _answer(monkeypatch: pytest.MonkeyPatch, *states: dict[str, int]) -> None:
    answers: Iterator[dict[str, int]] = iter(states)
    monkeypatch.setattr(training, "_states", lambda _cluster: next(answers))
    monkeypatch.setattr(training, "LOOK_EVERY_SECONDS", 0)


def test_number_published_is_returned_once_nothing_waits(
    monkeypatch: pytest.MonkeyPatch, cluster_not_asked: Cluster
) -> None:
    _answer(monkeypatch, {"received": 2}, {"received": 1, "published": 1}, {"published": 2})

    assert training._wait_until_published(cluster_not_asked) == 2


def test_refused_delivery_stops_the_set_up(monkeypatch: pytest.MonkeyPatch, cluster_not_asked: Cluster) -> None:
    _answer(monkeypatch, {"published": 31, "refused": 1})

    with pytest.raises(SystemExit, match="not every training delivery was published"):
        training._wait_until_published(cluster_not_asked)


def test_worker_that_publishes_nothing_stops_the_set_up(
    monkeypatch: pytest.MonkeyPatch, cluster_not_asked: Cluster
) -> None:
    monkeypatch.setattr(training, "PATIENCE_SECONDS", -1)
    _answer(monkeypatch, {"received": 2}, {"received": 2})

    with pytest.raises(SystemExit, match="the worker publishes none"):
        training._wait_until_published(cluster_not_asked)
