"""The broker is away, or forgets everything: files are taken in all the same and nothing is missed."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client

from feeds.crash_points import CrashPoint
from feeds.leases import LEASE
from feeds.models import Delivery
from feeds.pipeline import import_delivery
from feeds.tasks import drop_task, import_task, sweep_task
from jtrack.valkey import Broker
from tests.factories import Desk, SealedFile
from tests.faults.dying import freeze
from tests.faults.nemesis import CeleryProcess
from tests.faults.small_world import drop, roll_on, schemes_on
from tests.figures import figure
from tests.personas import make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
QUEUE = "celery"
PATIENCE_SECONDS = 90
RING_EVERY_SECONDS = 2.0
# A page must answer while the broker is away; the client's own tries end well within this.
PAGE_SECONDS = 10
# For the drills: how long the broker is away, and in what time all must be well again. Source: security.md 6.2.
AWAY_SECONDS = 60
RECOVERY_SECONDS = 180


@pytest.fixture
def desk(db_as: AsRole, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """Suppliers registered, the drop folder in a place of the test's own; the test goes on as the web process."""
    folder = tmp_path / "drop"
    folder.mkdir()
    monkeypatch.setattr(settings, "DROP_DIRECTORY", folder)
    monkeypatch.setenv("JTRACK_DROP", str(folder))
    with db_as("worker"):
        return Desk()


@pytest.fixture
def beat(tmp_path: Path, queue: redis.Redis) -> Iterator[CeleryProcess]:
    """The site's own beat, started by the test."""
    running = CeleryProcess(tmp_path / "beat.log", name="beat")
    yield running
    running.stop()


@pytest.fixture
def worker(tmp_path: Path, queue: redis.Redis) -> Iterator[CeleryProcess]:
    """The site's own worker, started by the test."""
    running = CeleryProcess(tmp_path / "worker.log")
    yield running
    running.stop()


def test_uploads_and_dropped_files_are_taken_and_published_while_the_broker_is_away(
    desk: Desk, broker: Broker, queue: redis.Redis, db_as: AsRole
) -> None:
    broker.stop()
    operator = signed_in(make_person("olive", "feed_operator"))
    uploaded = [roll_on(desk, day) for day in range(2)]
    dropped = [schemes_on(desk, day) for day in range(2)]

    for file in uploaded:
        began = time.monotonic()
        answer = upload(operator, file)
        assert (answer.status_code, time.monotonic() - began < PAGE_SECONDS) == (302, True)
        assert operator.get(answer.headers["Location"]).status_code == 200
    lay_down(dropped)
    with db_as("worker"):
        drop_task()
        sweep_task()

    assert published() == len(uploaded) + len(dropped)


def test_worker_outlasts_a_broker_that_goes_and_comes_and_misses_nothing(
    desk: Desk, broker: Broker, worker: CeleryProcess
) -> None:
    operator = signed_in(make_person("olive", "feed_operator"))
    worker.start()
    assert upload(operator, schemes_on(desk, 0)).status_code == 302
    _ring_until(lambda: published() == 1, worker)

    broker.stop()
    lay_down([roll_on(desk, 0), schemes_on(desk, 1)])
    assert upload(operator, roll_on(desk, 1)).status_code == 302
    broker.start(log=broker.home.run / "valkey.log")
    _ring_until(lambda: published() == 4, worker)

    figure("T-BROKER", fault="away", deliveries=4, missed=4 - published())
    assert worker.process is not None
    assert worker.process.poll() is None


def test_broker_that_forgets_everything_makes_nothing_missed(
    desk: Desk, queue: redis.Redis, worker: CeleryProcess
) -> None:
    operator = signed_in(make_person("olive", "feed_operator"))
    files = [file for day in range(3) for file in (schemes_on(desk, day), roll_on(desk, day))]
    for file in files:
        assert upload(operator, file).status_code == 302

    forgotten = queue.llen(QUEUE)
    queue.flushall()
    worker.start()
    _ring_until(lambda: published() >= 1, worker)
    queue.flushall()
    _ring_until(lambda: published() == len(files), worker)

    figure("T-BROKER", fault="flushed", deliveries=len(files), missed=len(files) - published())
    assert forgotten == len(files)


def test_messages_that_come_twice_publish_once(desk: Desk, queue: redis.Redis, worker: CeleryProcess) -> None:
    operator = signed_in(make_person("olive", "feed_operator"))
    assert upload(operator, schemes_on(desk, 0)).status_code == 302
    delivery = Delivery.objects.get()
    for _ in range(3):
        import_task.delay(str(delivery.pk))

    worker.start()
    _ring_until(lambda: published() == 1 and queue.llen(QUEUE) == 0, worker, ring=False)

    assert Delivery.objects.get().fence == 1


@pytest.mark.drill
def test_worker_and_beat_by_themselves_catch_up_when_the_broker_is_back(
    desk: Desk, broker: Broker, worker: CeleryProcess, beat: CeleryProcess
) -> None:
    operator = signed_in(make_person("olive", "feed_operator"))
    worker.start()
    beat.start()
    time.sleep(AWAY_SECONDS / 4)
    broker.stop()
    for day in range(2):
        lay_down([schemes_on(desk, day)])
        assert upload(operator, roll_on(desk, day)).status_code == 302
        time.sleep(AWAY_SECONDS / 2)
    assert published() == 0

    broker.start(log=broker.home.run / "valkey.log")
    seconds = _seconds_until(lambda: published() == 4)

    figure("T-BROKER", fault="away_with_beat", deliveries=4, missed=4 - published(), recovery_seconds=seconds)
    assert seconds < RECOVERY_SECONDS
    assert [one.process and one.process.poll() for one in (worker, beat)] == [None, None]


@pytest.mark.drill
def test_worker_and_beat_by_themselves_take_up_the_work_of_the_dead(
    desk: Desk, db_as: AsRole, worker: CeleryProcess, beat: CeleryProcess
) -> None:
    operator = signed_in(make_person("olive", "feed_operator"))
    assert upload(operator, roll_on(desk, 0)).status_code == 302
    delivery_id = Delivery.objects.get().pk
    with db_as("worker"):
        freeze(lambda: import_delivery(delivery_id), at=CrashPoint.MEMBERS_RECORDED, outcomes={}, lease=LEASE).end()

    worker.start()
    beat.start()
    seconds = _seconds_until(lambda: published() == 1)

    figure("T-STUCK", fault="worker_killed", deliveries=1, stuck=1 - published(), recovery_seconds=seconds)
    assert seconds < RECOVERY_SECONDS


def upload(operator: Client, file: SealedFile) -> HttpResponseBase:
    """Hand a file in by the page."""
    sealed = SimpleUploadedFile("one.age", file.sealed)
    manifest = SimpleUploadedFile("one.manifest.json", file.manifest.to_json())
    return operator.post("/deliveries/upload/", {"sealed": sealed, "manifest": manifest})


def lay_down(files: Sequence[SealedFile]) -> None:
    """Lay files into the drop folder."""
    for file in files:
        drop(settings.DROP_DIRECTORY, f"{file.manifest.feed}-{file.manifest.sequence:03}", file)


def published() -> int:
    """Return how many deliveries are published."""
    return Delivery.objects.filter(state=Delivery.State.PUBLISHED).count()


def _ring_until(done: Callable[[], bool], worker: CeleryProcess, *, ring: bool = True) -> None:
    """Ring as the beat does, only more often, until it is done."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    rung = 0.0
    while not done():
        assert time.monotonic() < deadline, f"not done in time; see {worker.log}"
        if ring and time.monotonic() - rung > RING_EVERY_SECONDS:
            rung = time.monotonic()
            drop_task.delay()
            sweep_task.delay()
        time.sleep(0.05)


def _seconds_until(done: Callable[[], bool]) -> int:
    began = time.monotonic()
    while not done() and time.monotonic() - began < RECOVERY_SECONDS:
        time.sleep(0.5)
    return round(time.monotonic() - began)
