"""Thirty days of both feeds in any order, with repeats, corrections and a missing day, end in the same."""

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from audit.trail import SERVICE, acting_as
from feeds.models import Delivery
from feeds.overriding import resume_overruled
from feeds.pipeline import import_delivery
from feeds.receiving import receive_delivery
from feeds.reconciliation import insist_that_it_adds_up
from feeds.refreshing import people_out_of_line
from feeds.tasks import sweep_task
from offenders.models import Offender
from tests.cluster import Broom
from tests.factories import SealedFile
from tests.faults.sent_files import read_pair, with_faults_of_senders
from tests.figures import figure
from tests.journeys.world import files_of, register_suppliers
from tests.personas import make_person, signed_in
from tests.picture import Picture, difference, picture

AsRole = Callable[[str], AbstractContextManager[None]]
SEED = 30
DAYS, ORDERS, REPEATS = 30, 5, 8
SCALE = 0.005


@dataclass
class Service:
    """A service that takes files in one by one, with an operator who overrules what is held."""

    folder: Path
    as_role: AsRole
    overruled: int = 0

    def publish(self, files: Sequence[SealedFile]) -> Picture:
        """Publish everything and return what then stands."""
        with self.as_role("worker"):
            register_suppliers(self.folder)
        operator = signed_in(make_person("olive", "feed_operator"))
        for file in files:
            self._publish_one(file, operator)
        with self.as_role("worker"):
            assert Delivery.objects.count() == len({file.manifest.sealed_sha256 for file in files})
            assert people_out_of_line(list(Offender.objects.values_list("pk", flat=True))) == []
            return picture()

    def _publish_one(self, file: SealedFile, operator: Client) -> None:
        delivery = self._import(file)
        if delivery.state == Delivery.State.WAITING:
            # Between two extracts weeks apart more than a tenth of the people change: an operator says that it is so.
            assert delivery.fault_code == "G-01"
            reason = {"reason": "The files before this one have not come yet"}
            assert operator.post(f"/deliveries/{delivery.pk}/overrule/", reason).status_code == 302
            self.overruled += 1
            delivery = self._import(file)
        assert delivery.state == Delivery.State.PUBLISHED, delivery.fault_message
        assert delivery.statement is not None
        insist_that_it_adds_up(delivery.statement)

    def _import(self, file: SealedFile) -> Delivery:
        with self.as_role("worker"), acting_as(SERVICE, because="test"):
            resume_overruled()
            receipt = receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None)
            return import_delivery(receipt.delivery.pk)


@pytest.fixture
def service(tmp_path: Path, db_as: AsRole, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Sealed files of a small world and who takes them in; nobody rings."""
    monkeypatch.setattr(sweep_task, "delay", lambda: None)
    call_command("make_training_data", out=tmp_path, scale=SCALE, seed=SEED, days=DAYS, verbosity=0)
    return Service(tmp_path, db_as)


@pytest.mark.drill
def test_thirty_days_in_any_order_end_in_the_same(service: Service, broom: Broom) -> None:
    files = with_faults_of_senders([read_pair(path) for path in files_of(service.folder)])
    orderly = service.publish(files)
    differing = {}
    for order in range(ORDERS):
        broom.sweep()
        dice = random.Random(SEED + order)
        shuffled = [*files, *dice.sample(files, REPEATS)]
        dice.shuffle(shuffled)

        found = service.publish(shuffled)

        if unlike := difference(orderly, found):
            differing[order] = unlike

    figure(
        "T-ORDER",
        orders=ORDERS,
        files=len(files),
        repeats=REPEATS,
        overruled=service.overruled,
        differences=len(differing),
        seed=SEED,
    )
    assert differing == {}
