"""Metrics and log lines say nothing about a person: their words come from closed lists, and canaries leave no trace."""

import io
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.test import Client
from prometheus_client import REGISTRY, CollectorRegistry, Counter, generate_latest

from audit.codes import Code, Outcome
from feeds.freshness import NAMES
from feeds.models import Delivery
from jtrack.celery import app
from jtrack.logging import JsonFormatter
from jtrack.metrics import figures, tasks
from jtrack.metrics.requests import METHODS, NO_DOOR, STATIC
from jtrack.roles import ROLES
from jtrack.urls import urlpatterns
from tests.factories import FIRST_DAY, Desk, publish
from tests.personas import LEEDS, make_person, signed_in
from tests.rules.canaries import Canary, Flock
from tests.rules.canary_files import sealed_files
from tests.rules.sweep import Sweep

AsRole = Callable[[str], AbstractContextManager[None]]
OTHER = "other"
# Every label there is, and every value that it may have.
CLOSED: dict[str, frozenset[str]] = {
    "door": frozenset({*(str(entry.name) for entry in urlpatterns), NO_DOOR, STATIC}),
    "method": METHODS | {OTHER},
    "status": frozenset(f"{hundreds}xx" for hundreds in range(1, 6)),
    "code": frozenset(Code),
    "outcome": frozenset({*Outcome, *tasks.OUTCOMES.values(), OTHER}),
    "task": frozenset(app.tasks),
    "feed": frozenset({*NAMES, OTHER}),
    "state": frozenset(Delivery.State.values),
    "step": frozenset({*figures.STEPS.values(), OTHER}),
    "role": frozenset({*ROLES, OTHER}),
}
# The bounds of a histogram's buckets, which are numbers.
BOUND = "le"


def _counted(registry: CollectorRegistry) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return each of our figures by its name and labels."""
    return {
        (sample.name, tuple(sample.labels.items())): sample.value
        for metric in registry.collect()
        if metric.name.startswith("jtrack_")
        for sample in metric.samples
    }


def _open_labels(
    registry: CollectorRegistry, before: dict[tuple[str, tuple[tuple[str, str], ...]], float] | None = None
) -> list[str]:
    """Return what was counted since under a label without being on its list: other tests have doors of their own."""
    counted = _counted(registry).items() - (before or {}).items()
    return [
        f"{name} {label}"
        for (name, labels), _ in counted
        for label, value in labels
        if label != BOUND and value not in CLOSED.get(label, frozenset())
    ]


@contextmanager
def _json_lines() -> Iterator[io.StringIO]:
    """Keep what a live site would log."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)


def _publish_everything(canaries: Sequence[Canary], db_as: AsRole) -> None:
    with db_as("worker"):
        files = sealed_files(Desk(), canaries)
        for file in [*(each for day in files.dropped for each in day), files.uploaded, files.held]:
            publish(file)


def _look_and_mistype(canary: Canary) -> None:
    """Officers look at pages, and type values where none belong."""
    officer = signed_in(make_person("leo", "area_officer", place=LEEDS))
    typed = (f"/offenders/{canary.surname}/", f"/{canary.pnc}", f"/static/{canary.surname}")
    for address in ("/", "/caseload/?sort=name", *typed):
        officer.get(address)
    officer.generic(canary.surname, "/caseload/")
    officer.post("/caseload/", {"surname": canary.surname})
    Client().post("/sign-in/", {"login": "leo", "password": canary.street})
    Client().get("/", headers={"host": f"{canary.surname}.example"})


@pytest.mark.django_db
def test_canaries_leave_no_trace_in_metrics_or_log(db_as: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    flock = Flock(40, seed=7)
    sweep, canary = Sweep(flock.canaries), flock.canaries[0]
    with _json_lines() as lines:
        _publish_everything(flock.canaries[:39], db_as)
        _look_and_mistype(canary)
        with monkeypatch.context() as broken:
            broken.setattr("jtrack.views.kept.health", _fail_with(canary))
            Client(raise_request_exception=False).get("/health/ready")
        logging.getLogger("feeds").warning("%s", "counted", extra={"rows": 7, "door": canary.surname})
    with db_as("worker"):
        figures._collector.forget()
        told = generate_latest(REGISTRY) + figures.text()

    written = lines.getvalue().encode()
    assert b"jtrack_deliveries{" in told
    assert b"jtrack_answers_total{" in told
    assert b'"exception"' in written
    assert written.count(b"\n") > 10
    assert sweep.search(told) == set()
    assert sweep.search(written) == set()


def _fail_with(canary: Canary) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"cannot show {canary.surname}, born {canary.born!r}")

    return fail


@pytest.mark.django_db
def test_every_label_is_of_a_closed_list(db_as: AsRole) -> None:
    before = _counted(REGISTRY)
    _look_and_mistype(Flock(1, seed=8).canaries[0])
    with db_as("worker"):
        publish(Desk().ppo(FIRST_DAY, [{"ppo_reference": "WY-1", "surname": "Wren"}]))
        figures._collector.forget()
        open_ones = _open_labels(REGISTRY, before) + _open_labels(figures._registry)

    assert open_ones == []


def test_label_that_holds_a_name_would_be_seen() -> None:
    registry = CollectorRegistry()
    canary = Flock(1, seed=9).canaries[0]
    Counter("jtrack_tried", "Tried.", ["door", "surname"], registry=registry).labels(canary.surname, "x").inc()

    assert {fault.split()[1] for fault in _open_labels(registry)} == {"door", "surname"}
    assert {find.what for find in Sweep([canary]).search(generate_latest(registry))} == {"surname"}


def test_each_line_is_one_object() -> None:
    with _json_lines() as lines:
        logging.getLogger("feeds").warning("two\nlines")

    assert [json.loads(line)["event"] for line in lines.getvalue().splitlines()] == ["two\nlines"]
