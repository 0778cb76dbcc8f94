"""Nothing personal lies in the clear anywhere: canaries go through the whole service, then every place is searched."""

import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg2.extensions
import pytest
from django.db import connections

from custody.models import CustodyEvent
from feeds.models import Delivery, MatchCase, Override, QuarantinedRow, RefusedFile, ReturnPackage
from jtrack.postgres import Cluster
from jtrack.valkey import Broker
from offenders.models import Offender, Supersession
from tests.audit.events import no_audit
from tests.figures import figure
from tests.rules.canaries import Flock
from tests.rules.flight import Flight, fly
from tests.rules.places import (
    CONTROL_FORMS,
    Database,
    Keys,
    Place,
    Watcher,
    controls_of,
    dump_as,
    into_file,
    outbox,
    plant_mail,
    written_since,
)
from tests.rules.sweep import Sweep

AT_THE_DESK = (Override, RefusedFile, ReturnPackage)
LARGEST_ELSEWHERE = 4 << 20
REFUSED_DUMPS = ("jt_web", "jt_gate", "jt_worker", "jt_owner")
ALLOWED_DUMPS = ("postgres", "jt_backup")
TALKATIVE = {"log_statement": "all", "log_min_error_statement": "error", "log_error_verbosity": "default"}
TEMPORARY = Path(tempfile.gettempdir())
AsRole = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Size:
    """How many canaries fly, and how many people of no interest stand in the rolls beside them."""

    canaries: int
    others: int = 0


@dataclass
class Scene:
    """The servers of this test, a flock and where its way through the service is kept."""

    size: Size
    cluster: Cluster
    broker: Broker
    database: Database
    flight: Flight
    flock: Flock
    seed: int
    began: float
    log_began: int

    @property
    def control_file(self) -> Path:
        """A file of ours in the machine's temporary folder."""
        return TEMPORARY / f"canary-control-{self.seed}.bin"


@pytest.fixture
def scene(
    request: pytest.FixtureRequest,
    cluster: Cluster,
    broker: Broker,
    superuser: psycopg2.extensions.connection,
    db_as: AsRole,
    tmp_path: Path,
) -> Iterator[Scene]:
    """A database that logs every statement, and nothing flown yet."""
    seed, began = secrets.randbelow(1 << 32), time.time()
    database = Database(superuser)
    for setting, value in TALKATIVE.items():
        database.run(f"ALTER DATABASE jtrack SET {setting} = '{value}'")
    connections.close_all()
    log = cluster.home.run / "postgres.log"
    size: Size = request.param
    flock = Flock(size.canaries + len(CONTROL_FORMS), seed=seed)
    flight = Flight(cluster.home, tmp_path, db_as)
    made = Scene(size, cluster, broker, database, flight, flock, seed, began, log.stat().st_size)
    yield made
    for setting in TALKATIVE:
        database.run(f"ALTER DATABASE jtrack RESET {setting}")
    database.run("DROP TABLE IF EXISTS public.canary_control")
    (cluster.home.run / "canary-control.bin").unlink(missing_ok=True)
    for file in [*cluster.home.drop.rglob("*")]:
        if file.is_file():
            file.unlink()
    made.control_file.unlink(missing_ok=True)
    with broker.client() as client:
        client.flushall()


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(Size(100), id="100 people"),
        pytest.param(Size(500, others=3000), id="500 people among 3,000", marks=pytest.mark.drill),
    ],
    indirect=True,
)
def test_no_value_lies_in_the_clear_anywhere(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    count, canaries = scene.size.canaries, scene.flock.canaries
    sweep, controls = Sweep(canaries), controls_of(canaries[count:])
    with scene.broker.client() as client:
        keys = Keys(client, scene.cluster.home.valkey_data)
        with Watcher(scene.cluster) as watcher:
            refuse = partial(no_audit, scene.database.connection)
            fly(scene.flight, canaries[:count], monkeypatch, refuse, others=scene.size.others)
            assert_that_all_of_it_happened(scene, sweep)
            searched = [*places(scene, watcher, keys)]
            for place in searched:
                place.plant(controls)
        write_everything_down(scene, keys)
        found = {place.name: {find for data in place.read() for find in sweep.search(data)} for place in searched}
    assert_that_nobody_else_dumps(scene, sweep)

    leaks = {name: sorted(find for find in finds if find.number < count) for name, finds in found.items()}
    seen = {name: {find.number for find in finds if find.number >= count} for name, finds in found.items()}
    figure(
        "T-DISK",
        canaries=count,
        places=len(searched),
        bytes=sweep.bytes,
        hits=sum(map(len, leaks.values())),
        control_found=sum(map(len, seen.values())),
        seed=scene.seed,
    )
    assert {name: finds for name, finds in leaks.items() if finds} == {}
    missed = {name: [c.form for c in controls if c.number not in numbers] for name, numbers in seen.items()}
    assert {name: forms for name, forms in missed.items() if forms} == {}


def write_everything_down(scene: Scene, keys: Keys) -> None:
    """Let database and broker bring to disk what they still hold in memory."""
    scene.database.run("ANALYZE")
    scene.database.run("CHECKPOINT")
    keys.save()


def places(scene: Scene, watcher: Watcher, keys: Keys) -> Iterator[Place]:
    """Give every place in the order in which it is planted."""
    home, database, began = scene.cluster.home, scene.database, scene.began
    log_of_writes = home.postgres_data / "pg_wal"
    yield Place("sessions", partial(database.rows_of, "access_session"), database.plant_sessions)
    yield Place("audit rows", partial(database.rows_of, "audit_event"), database.plant_audit)
    yield Place(
        "data directory",
        lambda: written_since(home.postgres_data, began, but=[log_of_writes]),
        database.plant_table,
    )
    yield Place("write-ahead log", partial(written_since, log_of_writes, began))
    yield Place("database log", lambda: iter([(home.run / "postgres.log").read_bytes()[scene.log_began :]]))
    yield Place("statistics", database.statistics)
    yield Place("sessions of the database", lambda: iter([b"\n".join(watcher.seen)]), watcher.plant)
    for role in ALLOWED_DUMPS:
        yield Place(f"dump by {role}", partial(dumped, scene.cluster, role))
    yield Place("keys of the broker", keys.read, keys.plant)
    yield Place("files of the broker", partial(written_since, home.valkey_data, began))
    yield Place("mail", outbox, plant_mail)
    for name, folder in folders(scene).items():
        read = partial(written_since, folder, began, but=[home.run / "postgres.log"])
        yield Place(name, read, into_file(folder / "canary-control.bin"))
    yield Place("folder of all temporary files", partial(elsewhere, scene), into_file(scene.control_file))


def folders(scene: Scene) -> dict[str, Path]:
    """Return the folders in which the processes of the site write."""
    flight = scene.flight
    return {
        "logs of web and worker": flight.logs,
        "temporary files of web and worker": flight.temporary,
        "drop folder": flight.home.drop,
        "marks and sockets": flight.home.run,
    }


def elsewhere(scene: Scene) -> Iterator[bytes]:
    """Give what was written to the machine's temporary folder since, but by other installations and by tests."""
    others = [mark.parent.parent for mark in TEMPORARY.glob("*/pg/PG_VERSION")]
    yield from written_since(
        TEMPORARY, scene.began, but=[*others, *TEMPORARY.glob("pytest-of-*")], largest=LARGEST_ELSEWHERE
    )


def dumped(cluster: Cluster, role: str) -> Iterator[bytes]:
    """Give a role's dump of the database. It must have come to its end."""
    code, output = dump_as(cluster, role)
    assert code == 0, f"{role} could not dump: {output[-300:]!r}"
    yield output


def assert_that_all_of_it_happened(scene: Scene, sweep: Sweep) -> None:
    """The search would prove nothing if the canaries had never been inside."""
    with scene.flight.as_role("worker"):
        for model in (Offender, CustodyEvent, Supersession, MatchCase, QuarantinedRow, *AT_THE_DESK):
            assert model.objects.exists(), f"the flight left no {model.__name__}"
        states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {"published": 6, "refused": 2, "waiting": 1}
    assert {200, 302, 400, 403, 404, 500, 503} <= set(scene.flight.statuses)
    shown = {find.what for answer in scene.flight.answers for find in sweep.search(answer)}
    assert {"surname", "forename", "born", "prison_number", "pnc", "street", "lead_officer"} <= shown


def assert_that_nobody_else_dumps(scene: Scene, sweep: Sweep) -> None:
    """The roles of web, gate, worker and owner are refused, and learn nothing from the refusal."""
    for role in REFUSED_DUMPS:
        code, output = dump_as(scene.cluster, role)
        assert code != 0, f"{role} could dump"
        assert not sweep.search(output)
        assert b"COPY public" not in output
