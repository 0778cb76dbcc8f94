"""Kills a real worker, its pool child or the broker in the middle of imports, and lets everything heal."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psutil
import psycopg2.extensions
from kombu.exceptions import OperationalError

from feeds.models import Delivery
from feeds.tasks import import_task, sweep_task
from jtrack.child import command_of
from jtrack.commands import ROOT
from jtrack.processes import unprivileged
from jtrack.valkey import Broker

KINDS = ("pool child", "worker alone", "worker and child", "valkey")
PATIENCE_SECONDS = 120
RING_EVERY_SECONDS = 1.5
UNDER_WAY = "SELECT 1 FROM feeds_delivery WHERE id = %s AND state = 'received' AND lease_until > now()"
# Only of those that nobody works at: a dead worker's lease is made old so that the test need not wait for it.
MAKE_OLD = """
UPDATE feeds_delivery SET lease_until = now() - interval '1 s'
 WHERE id IN (SELECT id FROM feeds_delivery WHERE lease_until > now() FOR UPDATE SKIP LOCKED)
"""


@dataclass
class CeleryProcess:
    """The site's own worker or beat, whose lines go to a log."""

    log: Path
    name: str = "worker"
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.process is not None and self.process.poll() is None:
            return
        environment = {**os.environ, "JTRACK_PROCESS": "worker"}
        command = unprivileged(command_of(self.name, port=0))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, *, main: bool, children: bool) -> None:
        """Kill the process, its pool's child, or both."""
        assert self.process is not None
        victims = psutil.Process(self.process.pid).children(recursive=True) if children else []
        if main:
            self.process.kill()
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        if main:
            self.process.wait()

    def stop(self) -> None:
        """End it and whatever its session left behind."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Nemesis:
    """Rings for imports one by one and strikes while they are under way."""

    broker: Broker
    worker: CeleryProcess
    superuser: psycopg2.extensions.connection
    dice: random.Random
    strikes: list[str] = field(default_factory=list)
    mid_operation: int = 0

    def import_under_attack(self, delivery_id: UUID, *, kind: str | None, seconds: float) -> None:
        """Have a delivery imported; strike within so many seconds after the work has begun, then heal.

        ``kind`` is one of KINDS, or None to let it pass.
        """
        self._start_what_is_dead()
        self._ring(lambda: import_task.delay(str(delivery_id)))
        if kind is not None and self._wait(lambda: self._is_under_way(delivery_id)):
            time.sleep(self.dice.uniform(0, seconds))
            self.mid_operation += self._is_under_way(delivery_id)
            self.strikes.append(kind)
            self._strike(kind)
        self._heal(delivery_id)

    def kill_soon(self, seconds: float) -> None:
        """Kill the worker or its child within so many seconds; whatever it was at is left as it is."""
        time.sleep(self.dice.uniform(0, seconds))
        kind = self.dice.choice(KINDS[:3])
        self.strikes.append(kind)
        self._strike(kind)

    def forget(self) -> None:
        """End what is left of the worker and empty the broker, so that no bell of now is heard at a later hour."""
        self.worker.stop()
        with self.broker.client() as client:
            client.flushall()

    def let_finish(self) -> None:
        """Wait until the worker has done what it was rung for."""
        with self.broker.client() as client:
            assert self._wait(lambda: not client.exists("celery", "unacked")), f"stuck; see {self.worker.log}"

    def _strike(self, kind: str) -> None:
        if kind == "valkey":
            pid = int(self.broker.mark.read_text(encoding="ascii").split()[0])
            psutil.Process(pid).kill()
            return
        self.worker.kill(main=kind.startswith("worker"), children=kind.endswith("child"))

    def _heal(self, delivery_id: UUID) -> None:
        """Start again what is dead, and ring as the beat does, until the delivery is done."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._state(delivery_id) == Delivery.State.RECEIVED:
            assert time.monotonic() < deadline, f"stuck after {self.strikes[-1:]}; see {self.worker.log}"
            self._start_what_is_dead()
            if self.strikes:
                with self.superuser.cursor() as cursor:
                    cursor.execute(MAKE_OLD)
                self._ring(sweep_task.delay)
            self._wait(lambda: self._state(delivery_id) != Delivery.State.RECEIVED, seconds=RING_EVERY_SECONDS)

    def _start_what_is_dead(self) -> None:
        if not self.broker.answers():
            self.broker.start(log=self.broker.home.run / "valkey.log")
        self.worker.start()

    def _ring(self, bell: Callable[[], object]) -> None:
        with suppress(OperationalError):
            bell()

    def _is_under_way(self, delivery_id: UUID) -> bool:
        with self.superuser.cursor() as cursor:
            cursor.execute(UNDER_WAY, [str(delivery_id)])
            return cursor.fetchone() is not None

    def _state(self, delivery_id: UUID) -> str:
        with self.superuser.cursor() as cursor:
            cursor.execute("SELECT state FROM feeds_delivery WHERE id = %s", [str(delivery_id)])
            return str(cursor.fetchall()[0][0])

    def _wait(self, done: Callable[[], bool], *, seconds: float = 30) -> bool:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.004)
        return True


def kinds_for(imports: int, dice: random.Random) -> Sequence[str]:
    """Return a way to strike for each import, every one about equally often."""
    kinds = [KINDS[number % len(KINDS)] for number in range(imports)]
    dice.shuffle(kinds)
    return kinds
