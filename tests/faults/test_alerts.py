"""Thirty days of alerts while worker, pool child and broker are killed at random, and in shuffled orders.

Sent is what the world's truth owes, by a reckoning of its own; none lost, none doubled; a withdrawal reaches
exactly those who got the alert; any order of the same files ends in the same live alerts.
"""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import psycopg2.extensions
import pytest
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from kombu.exceptions import OperationalError

from access import clock
from access.models import Officer
from audit.trail import SERVICE, acting_as
from custody import alerting
from custody.alert_models import Alert, AlertReceipt
from custody.alerting import deliver_settled, raise_timed
from custody.tasks import alerts_task
from feeds.keys import service_identity
from feeds.receiving import receive_delivery
from jtrack.valkey import Broker
from offenders.models import Profile
from tests.cluster import Broom
from tests.custody.alert_areas import areas_by_postcode
from tests.custody.alert_truth import Reckoning, read_world, reckon
from tests.faults.nemesis import CeleryProcess, Nemesis, kinds_for
from tests.faults.sent_files import read_pair
from tests.faults.test_any_order import Service
from tests.figures import figure
from tests.journeys.days import arrivals, extracts, live_through, stored, timetable
from tests.journeys.world import files_of, register_suppliers
from tests.personas import BRADFORD, LEEDS, WEST_YORKSHIRE, make_person

Lines = Counter[tuple[Hashable, ...]]
AsRole = Callable[[str], AbstractContextManager[None]]
SEED, WORLD_SEED = 20261125, 5
END = date(2026, 9, 5)
# A worker that is killed leaves an import half done, or an alert job; both are taken up by the next bell.
SHARE_OF_STRIKES = 0.3
SECONDS_OF_A_JOB = 0.3


@dataclass(frozen=True)
class Size:
    """How large a world, for how many days, and how often somebody is killed in an import: once in so many."""

    scale: float
    days: int
    every: int
    seconds_of_an_import: float


SMALL = Size(scale=0.008, days=6, every=2, seconds_of_an_import=0.5)
FEW = replace(SMALL, days=4)
LARGE = Size(scale=1, days=30, every=1, seconds_of_an_import=30)


@pytest.fixture
def nemesis(
    db_as: AsRole, broker: Broker, queue: redis.Redis, superuser: psycopg2.extensions.connection, tmp_path: Path
) -> Iterator[Nemesis]:
    """A worker and a broker and who will kill them. The site's clock shows the real time again afterwards."""
    worker = CeleryProcess(tmp_path / "worker.log")
    yield Nemesis(broker, worker, superuser, random.Random(SEED))
    worker.stop()
    clock.set_clock(None)


def test_alerts_of_a_few_days_under_kills_are_those_owed(nemesis: Nemesis, db_as: AsRole, tmp_path: Path) -> None:
    _live_under_attack(FEW, nemesis, db_as, tmp_path / "world")


@pytest.mark.drill
def test_alerts_of_thirty_days_at_full_scale_under_kills_are_those_owed(
    nemesis: Nemesis, db_as: AsRole, tmp_path: Path
) -> None:
    _live_under_attack(LARGE, nemesis, db_as, tmp_path / "world")


@pytest.mark.parametrize("orders", [2, pytest.param(5, marks=pytest.mark.drill)])
def test_any_order_ends_in_the_same_live_alerts(orders: int, db_as: AsRole, broom: Broom, tmp_path: Path) -> None:
    folder = _world(SMALL, tmp_path / "world", seed=WORLD_SEED)
    files = [read_pair(path) for path in files_of(folder)]
    moment = timetable(folder).moments[-1]
    dice = random.Random(SEED)
    live = []
    for number in range(orders + 1):
        officers = _officers()
        if number == 0:
            with db_as("worker"):
                register_suppliers(folder)
                live_through(folder, clock.set_clock)
        else:
            clock.set_clock(moment)
            Service(folder, db_as).publish(dice.sample(files, len(files)))
        with db_as("worker"):
            live.append(_live(officers, moment))
        broom.sweep()
    clock.set_clock(None)

    alerts, recipients = live[0]
    differing = sum(one != live[0] for one in live[1:])
    figure(
        "T-ALERT-ORDER",
        orders=orders,
        differing=differing,
        live=alerts.total(),
        recipients=recipients.total(),
        scale=SMALL.scale,
        seed=SEED,
    )
    assert differing == 0
    assert alerts.total() > 0
    assert recipients.total() > 0


def _world(size: Size, folder: Path, *, seed: int) -> Path:
    call_command(
        "make_training_data",
        out=folder,
        scale=size.scale,
        seed=seed,
        days=size.days,
        end=END,
        corrections=max(1, size.days // 10),
        verbosity=0,
    )
    return folder


def _officers() -> list[Officer]:
    places = (("leeds", LEEDS), ("bradford", BRADFORD), ("force", WEST_YORKSHIRE))
    return [make_person(name, "area_officer", place=place).officer for name, place in places]


def _live_under_attack(size: Size, nemesis: Nemesis, db_as: AsRole, folder: Path) -> None:
    _world(size, folder, seed=WORLD_SEED)
    truth = read_world(folder, service_identity(settings.KEYS_DIRECTORY), extract_at=extracts(folder))
    officers = _officers()
    with db_as("worker"), acting_as(SERVICE, because="test"):
        register_suppliers(folder)
        _live_through(size, nemesis, folder)
        found, untold, misled = stored(), _untold(), _withdrawals_astray()
        receipts = AlertReceipt.objects.filter(told_at__isnull=False, officer_id__in=[o.pk for o in officers]).count()
    owed = reckon(truth, timetable(folder), areas_by_postcode())
    lost, doubled = owed.told - found.told, found.told - owed.told
    figure(
        "T-ALERTS",
        scale=size.scale,
        days=size.days,
        kills=len(nemesis.strikes),
        mid_operation=nemesis.mid_operation,
        owed=owed.told.total(),
        sent=found.told.total(),
        lost=lost.total(),
        doubled=doubled.total(),
        late=found.late.total(),
        withdrawn=found.withdrawn.total(),
        withdrawals_astray=misled,
        receipts=receipts,
        seed=SEED,
    )
    _insist(owed, found)
    assert (untold, misled) == (0, 0)
    assert nemesis.strikes


def _insist(owed: Reckoning, found: Reckoning) -> None:
    assert found.told - owed.told == Counter(), "sent and not owed, or sent twice"
    assert owed.told - found.told == Counter(), "owed and lost"
    assert found.withdrawn == owed.withdrawn
    assert found.late == owed.late


def _live_through(size: Size, nemesis: Nemesis, folder: Path) -> None:
    """Let every file come when it does and the clock strike as often as it does, and kill whoever is at work."""
    files = {moment: read_pair(file) for file, moment in arrivals(folder)}
    kinds = iter(kinds_for(len(files), nemesis.dice))
    for number, moment in enumerate(timetable(folder).moments):
        clock.set_clock(moment)
        if moment in files:
            file = files[moment]
            receipt = receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None)
            kind = next(kinds) if number % size.every == 0 else None
            nemesis.import_under_attack(receipt.delivery.pk, kind=kind, seconds=size.seconds_of_an_import)
            nemesis.forget()
        _strike(nemesis, moment)


def _strike(nemesis: Nemesis, moment: datetime) -> None:
    """Have the worker do the timed jobs, kill it at them now and then, and do what it may have left undone."""
    nemesis.worker.start()
    try:
        alerts_task.delay()
    except OperationalError:
        pass
    else:
        if nemesis.dice.random() < SHARE_OF_STRIKES:
            nemesis.kill_soon(SECONDS_OF_A_JOB)
            nemesis.forget()
    nemesis.let_finish()
    with transaction.atomic():
        # Waits for a worker that is at it; a timed job by itself would leave and come again.
        alerting.take_lock()
        raise_timed(moment)
        deliver_settled(moment)


def _untold() -> int:
    """Count told alerts that an officer of their area has no receipt of."""
    told = Alert.objects.live().told().filter(area_code__in=[LEEDS.area, BRADFORD.area])
    return told.filter(receipts__isnull=True).count()


def _withdrawals_astray() -> int:
    """Count receipts that differ: told of an alert that was withdrawn and not of that, or the other way round."""
    told = AlertReceipt.objects.filter(told_at__isnull=False)
    not_told = told.filter(alert__withdrawn_at__isnull=False, withdrawal_told_at__isnull=True).count()
    misled = told.filter(alert__withdrawn_at__isnull=True, withdrawal_told_at__isnull=False).count()
    return not_told + misled


def _live(officers: Sequence[Officer], moment: datetime) -> tuple[Lines, Lines]:
    """Return what lives by a moment: by person, kind, area and side; and by recipient, told or kept as late."""
    raise_timed(moment)
    names = {officer.pk: officer.name for officer in officers}
    numbers = {one.pk: one.scheme["numbers"]["prison_number"] for one in Profile.objects.iterator()}
    live = Alert.objects.live()
    columns = ("offender_id", "kind", "area_code", "side", "occurred_at", "from_establishment", "old_date", "new_date")
    alerts: Lines = Counter((numbers[person], *rest) for person, *rest in live.values_list(*columns))
    receipts = AlertReceipt.objects.filter(alert__in=live)
    recipients: Lines = Counter(
        (names[officer], numbers[person], kind)
        for officer, person, kind in receipts.values_list("officer_id", "alert__offender_id", "alert__kind")
    )
    return alerts, recipients
