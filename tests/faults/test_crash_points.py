"""A worker that dies at any named moment of an import leaves before or after, and the next one mends the rest."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2.extensions
import pytest
from django.conf import settings

from feeds.crash_points import CrashPoint
from feeds.dropping import REFUSED
from feeds.models import Delivery, RefusedFile
from feeds.tasks import drop_task, sweep_task
from jtrack.commands import ROOT
from tests.cluster import Broom
from tests.factories import Desk, SealedFile
from tests.faults.dying import DIED, run_apart
from tests.faults.small_world import drop, register, roll_on, row_counts, schemes_on, unreadable
from tests.figures import figure
from tests.picture import Picture, difference, picture

AsRole = Callable[[str], AbstractContextManager[None]]
OF_A_REFUSAL = (CrashPoint.REFUSAL_RECORDED, CrashPoint.REFUSED)
# What exists of a delivery before anything of it is published.
RECEIVED_ONLY = ("Delivery", "DeliveryPiece")


@dataclass(frozen=True)
class State:
    """Everything that an import may change, without ids, times and fences."""

    picture: Picture
    counts: dict[str, int]
    deliveries: dict[tuple[str, int], tuple[str, str, Any]]

    def beside(self, other: "State", *, ignoring: Sequence[str] = ()) -> list[str]:
        """Return which parts differ."""
        parts = [*difference(self.picture, other.picture)]
        parts += [name for name in self.counts if self.counts[name] != other.counts[name] and name not in ignoring]
        return parts + [str(key) for key in other.deliveries if self.deliveries.get(key) != other.deliveries[key]]


@dataclass
class Service:
    """A drop folder and the workers who look into it."""

    folder: Path
    superuser: psycopg2.extensions.connection
    dropped: int = 0
    problems: list[str] = field(default_factory=list)

    def drop(self, file: SealedFile) -> None:
        """Lay the next pair into the folder."""
        self.dropped += 1
        drop(self.folder, f"{self.dropped:03}", file)

    def undisturbed(self, files: Sequence[SealedFile]) -> Iterator[State]:
        """Import file by file and yield the state after each."""
        for file in files:
            self.drop(file)
            work()
            yield state()

    def die_and_mend(self, file: SealedFile, point: CrashPoint, *, before: State, after: State) -> bool:
        """Import a file with a death at the moment, look, import again; return whether the moment was reached."""
        self.drop(file)
        code = run_apart(work, die_at=point)
        found = state()
        decided = found.deliveries.get((file.manifest.feed, file.manifest.sequence), ("", "", None))[0]
        expected = before if decided in ("", Delivery.State.RECEIVED) else after
        self._note(point, "half", found.beside(expected, ignoring=RECEIVED_ONLY))
        self._let_leases_run_out()
        assert run_apart(work) == 0
        self._note(point, "not mended", state().beside(after))
        return code == DIED

    def left_over(self) -> list[str]:
        """Return the files of the folder that nobody put aside."""
        return [path.name for path in self.folder.iterdir() if path.is_file()]

    def _let_leases_run_out(self) -> None:
        with self.superuser.cursor() as cursor:
            cursor.execute("UPDATE feeds_delivery SET lease_until = now() - interval '1 s' WHERE lease_until > now()")

    def _note(self, point: CrashPoint, what: str, differing: list[str]) -> None:
        self.problems += [f"{point}: {what}: {part}" for part in differing]


def work() -> None:
    """Do what a worker does in a minute."""
    drop_task()
    sweep_task()


def state() -> State:
    """Return the state as it stands now."""
    deliveries = {
        (d.feed, d.sequence): (d.state, d.fault_code, d.statement and {**d.statement, "steps": None})
        for d in Delivery.objects.all()
    }
    return State(picture(), row_counts(), deliveries)


@pytest.fixture
def service(
    db_as: AsRole, tmp_path: Path, superuser: psycopg2.extensions.connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A folder of the test's own; the test goes on as the worker."""
    monkeypatch.setattr(settings, "DROP_DIRECTORY", tmp_path)
    with db_as("worker"):
        yield Service(tmp_path, superuser)


def test_death_at_every_crash_point_shows_no_half_and_is_mended(service: Service, broom: Broom) -> None:
    desk = Desk()
    base = [schemes_on(desk, 0), roll_on(desk, 0)]
    deaths = [(point, file) for day, point in enumerate(CrashPoint, start=1) for file in _files_for(point, desk, day)]
    orderly = list(service.undisturbed([*base, *(file for _, file in deaths)]))
    broom.sweep()
    register(desk)
    list(service.undisturbed(base))

    reached = {
        point
        for number, (point, file) in enumerate(deaths, start=len(base))
        if service.die_and_mend(file, point, before=orderly[number - 1], after=orderly[number])
    }

    unreached = sorted(set(CrashPoint) - reached)
    figure("T-CRASH", points=len(CrashPoint), deaths=len(deaths), bad=len(unreached) + len(service.problems))
    assert unreached == []
    assert service.problems == []
    assert service.left_over() == []


def _files_for(point: CrashPoint, desk: Desk, day: int) -> list[SealedFile]:
    """One file of each feed that comes to the moment: unreadable ones for the moments of a refusal."""
    if point in OF_A_REFUSAL:
        return [unreadable(desk, feed, day) for feed in ("ppo", "prison_roll")]
    return [schemes_on(desk, day), roll_on(desk, day)]


def test_refused_pair_that_was_moved_half_is_put_aside_whole_and_told_once(service: Service) -> None:
    file = roll_on(Desk(), 0)
    service.drop(SealedFile(file.sealed[:-1], file.manifest))
    assert run_apart(work, die_at=CrashPoint.MANIFEST_MOVED) == DIED
    assert service.left_over() == ["001.age"]

    work()

    assert service.left_over() == []
    assert sorted(path.name for path in (service.folder / REFUSED).iterdir()) == [
        "001.age",
        "001.manifest.json",
        "001.why.txt",
    ]
    assert RefusedFile.objects.count() == 1


def test_every_crash_point_is_passed_by_the_code_and_once_only() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "feeds").glob("*.py")))

    passed = {point.name: code.count(f"reach(CrashPoint.{point.name})") for point in CrashPoint}

    assert {name: times for name, times in passed.items() if times != 1} == {}


def test_environment_names_the_moment_at_which_a_command_dies(service: Service) -> None:
    file = roll_on(Desk(), 0)
    drop(service.folder, "001", file)
    environment = {**os.environ, "JTRACK_PROCESS": "worker", "JTRACK_CRASH_AT": CrashPoint.ROWS_WRITTEN.value}
    command = [sys.executable, "manage.py", "import_delivery", str(service.folder / "001.age"), "--inline"]

    died = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert died.returncode == DIED, died.stderr.decode()[-2000:]
    assert (Delivery.objects.get().state, row_counts()["RowVersion"]) == (Delivery.State.RECEIVED, 0)
