"""A worker that froze and wakes too late publishes nothing, and no two workers ever have one delivery."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from multiprocessing.connection import Connection
from uuid import UUID

import psycopg2.extensions
import pytest
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from audit.trail import SERVICE, acting_as
from feeds.crash_points import CrashPoint
from feeds.leases import LEASE, SETTLING, LeaseLostError, claim
from feeds.models import Delivery
from feeds.pipeline import import_delivery
from feeds.receiving import receive_delivery
from feeds.sweeping import deliveries_to_do
from tests.factories import Desk, SealedFile
from tests.faults.dying import FORKS, Frozen, freeze
from tests.faults.small_world import roll_on, row_counts, schemes_on
from tests.figures import figure

AsRole = Callable[[str], AbstractContextManager[None]]
SuperUser = psycopg2.extensions.connection
LOST, CUT_OFF = 3, 4
# What a woken worker may meet: it sees that its lease is gone, or that the database has ended its session.
OUTCOMES: dict[type[BaseException], int] = {LeaseLostError: LOST, DatabaseError: CUT_OFF, InterfaceError: CUT_OFF}
WORKERS, DELIVERIES = 8, 40


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered; the test goes on as the worker."""
    with db_as("worker"), acting_as(SERVICE, because="test"):
        yield Desk()


@pytest.fixture
def impatient(superuser: SuperUser) -> Iterator[None]:
    """The database ends an idle transaction of the worker after a second, instead of minutes."""
    patience = _idle_limits(superuser)["jt_worker"]
    _set_idle_limit(superuser, "1s")
    connections.close_all()
    yield
    _set_idle_limit(superuser, patience)


def receive(file: SealedFile) -> UUID:
    """Take a file in and return its delivery."""
    return receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None).delivery.pk


def frozen_import(delivery_id: UUID, *, at: CrashPoint, lease: timedelta = LEASE) -> Frozen:
    """Return a worker that stands still in the middle of an import."""
    return freeze(lambda: import_delivery(delivery_id), at=at, outcomes=OUTCOMES, lease=lease)


def let_leases_run_out(superuser: SuperUser) -> None:
    """Make every lease old."""
    with superuser.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'; UPDATE feeds_delivery SET lease_until = now() - interval '1 s'")


@pytest.mark.parametrize("at", [CrashPoint.CLAIMED], ids=str)
def test_worker_that_wakes_after_another_has_published_publishes_nothing(
    desk: Desk, superuser: SuperUser, at: CrashPoint
) -> None:
    delivery_id = receive(roll_on(desk, 0))
    frozen = frozen_import(delivery_id, at=at)
    let_leases_run_out(superuser)
    assert import_delivery(delivery_id).state == Delivery.State.PUBLISHED
    published = (row_counts(), Delivery.objects.values().get())

    code = frozen.wake()

    figure("T-FENCE", frozen=at, woke_as="lease_lost", published_by_zombie=int(code == 0))
    assert code == LOST
    assert (row_counts(), Delivery.objects.values().get()) == published


@pytest.mark.parametrize("at", [CrashPoint.ROWS_WRITTEN, CrashPoint.RECORDED_IN_TRAIL], ids=str)
def test_frozen_worker_loses_its_transaction_and_the_next_one_publishes(
    desk: Desk, superuser: SuperUser, impatient: None, at: CrashPoint
) -> None:
    delivery_id = receive(roll_on(desk, 0))
    frozen = frozen_import(delivery_id, at=at)
    try:
        assert _wait_for(superuser, lambda: _sessions_idle_in_transaction(superuser) == 0)
        let_leases_run_out(superuser)
        assert import_delivery(delivery_id).state == Delivery.State.PUBLISHED
        published = (row_counts(), Delivery.objects.values().get())

        code = frozen.wake()
    finally:
        frozen.end()

    figure("T-FENCE", frozen=at, woke_as="session_ended", published_by_zombie=int(code == 0))
    assert code == CUT_OFF
    assert (row_counts(), Delivery.objects.values().get()) == published


def test_delivery_that_a_frozen_worker_still_holds_is_left_alone(desk: Desk) -> None:
    delivery_id = receive(roll_on(desk, 0))
    frozen = frozen_import(delivery_id, at=CrashPoint.MEMBERS_RECORDED, lease=SETTLING)
    try:
        assert deliveries_to_do() == [delivery_id]
        assert import_delivery(delivery_id).state == Delivery.State.RECEIVED
    finally:
        frozen.end()


def test_worker_that_wakes_after_its_lease_publishes_nothing_though_nobody_else_came(desk: Desk) -> None:
    delivery_id = receive(roll_on(desk, 0))
    before = row_counts()
    frozen = frozen_import(delivery_id, at=CrashPoint.MEMBERS_RECORDED, lease=timedelta(seconds=0))

    code = frozen.wake()

    assert code == LOST
    assert row_counts() == before
    assert import_delivery(delivery_id).state == Delivery.State.PUBLISHED


def test_delivery_of_a_dead_worker_is_taken_up_once_it_has_had_time_to_settle(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_id = receive(roll_on(desk, 0))
    frozen_import(delivery_id, at=CrashPoint.MEMBERS_RECORDED).end()
    assert deliveries_to_do() == []

    later = timezone.now() + SETTLING
    monkeypatch.setattr("feeds.leases.timezone.now", lambda: later)

    assert deliveries_to_do() == [delivery_id]
    assert import_delivery(delivery_id).state == Delivery.State.PUBLISHED


def test_eight_workers_never_claim_one_delivery_twice(desk: Desk) -> None:
    files = [make(desk, day) for day in range(DELIVERIES // 2) for make in (roll_on, schemes_on)]
    waiting = [receive(file) for file in files]

    claims = _claims_of_workers(waiting)

    doubles = len(claims) - len(set(claims))
    figure("T-CLAIM", workers=WORKERS, deliveries=len(waiting), claims=len(claims), doubles=doubles)
    assert sorted(claims) == sorted(waiting)
    assert set(Delivery.objects.values_list("fence", flat=True)) == {1}


def test_idle_transactions_end_well_before_a_lease_and_long_after_any_pause_of_an_import(superuser: SuperUser) -> None:
    seconds = {role: int(limit.removesuffix("min")) * 60 for role, limit in _idle_limits(superuser).items()}

    # An import's longest pause between two statements is a batch of 2,000 rows, which takes about a second.
    assert 60 < seconds["jt_worker"] < LEASE.total_seconds()


def _claims_of_workers(waiting: list[UUID]) -> list[UUID]:
    """Let eight processes claim everything at once, and return what they got."""
    connections.close_all()
    start = FORKS.Barrier(WORKERS)
    pipes, workers = [], []
    for _ in range(WORKERS):
        ours, theirs = FORKS.Pipe(duplex=False)
        worker = FORKS.Process(target=_claim_all, args=(waiting, start, theirs))
        worker.start()
        pipes.append(ours)
        workers.append(worker)
    claims = [delivery_id for pipe in pipes for delivery_id in pipe.recv()]
    for worker in workers:
        worker.join()
    return claims


def _claim_all(waiting: list[UUID], start: "FORKS.Barrier", answer: Connection) -> None:  # type: ignore[name-defined]
    start.wait()
    answer.send([delivery_id for delivery_id in waiting if claim(delivery_id) is not None])


def _idle_limits(superuser: SuperUser) -> dict[str, str]:
    name = "idle_in_transaction_session_timeout="
    with superuser.cursor() as cursor:
        cursor.execute("SELECT rolname, unnest(rolconfig) FROM pg_roles WHERE rolname = 'jt_worker'")
        return {role: setting.removeprefix(name) for role, setting in cursor.fetchall() if setting.startswith(name)}


def _set_idle_limit(superuser: SuperUser, limit: str) -> None:
    with superuser.cursor() as cursor:
        cursor.execute("ALTER ROLE jt_worker SET idle_in_transaction_session_timeout = %s", [limit])


def _sessions_idle_in_transaction(superuser: SuperUser) -> int:
    with superuser.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'jt_worker' AND state ~ '^idle in'")
        return int(cursor.fetchall()[0][0])


def _wait_for(superuser: SuperUser, done: Callable[[], bool]) -> bool:
    """Let the database wait, so that no clock of ours is asked."""
    for _ in range(100):
        if done():
            return True
        with superuser.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.1)")
    return False
