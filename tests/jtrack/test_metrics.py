"""Counting and answering: no count is lost with its process, and nobody but the operators is answered."""

import http.client
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY, Metric

from custody.alert_kinds import AlertKind
from feeds.models import Delivery
from jtrack.broker import OPTIONS
from jtrack.metrics import figures, slots
from jtrack.metrics.listener import listen
from jtrack.valkey import Broker
from offenders.models import Offender
from tests.custody.made_alerts import make_alert
from tests.factories import Desk, publish
from tests.faults.small_world import DAYS, roll_on, schemes_on, unreadable

AsRole = Callable[[str], AbstractContextManager[None]]
COUNTING = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from jtrack.metrics import slots
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = slots.use(Path(sys.argv[1]))
    from prometheus_client import Counter
    counter = Counter("tried", "Tried.", ["how"])
    for _ in range(int(sys.argv[2])):
        counter.labels("well").inc()
    children = int(sys.argv[3])
    for _ in range(children):
        if os.fork() == 0:
            counter.labels("well").inc(100)
            os._exit(0)
    for _ in range(children):
        os.wait()
    print("counted", flush=True)
    sys.stdin.read()
""")


def _counting(folder: Path, times: int, *, children: int = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", COUNTING, str(folder), str(times), str(children)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"counted\n"
    return process


def test_processes_beside_each_other_are_added_up_and_forks_count_for_themselves(tmp_path: Path) -> None:
    with _counting(tmp_path, 3, children=2) as one, _counting(tmp_path, 4) as other:
        text = slots.added_up(tmp_path)
        one.kill()
        other.kill()

    assert b'tried_total{how="well"} 207.0' in text


def test_process_that_takes_anothers_place_counts_on_in_its_file(tmp_path: Path) -> None:
    for _ in range(3):
        with _counting(tmp_path, 5) as process:
            process.kill()

    assert b'tried_total{how="well"} 15.0' in slots.added_up(tmp_path)
    assert len(list(tmp_path.glob("*.db"))) == 1


def test_too_many_processes_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "MOST_SLOTS", 1)
    first = slots.Slots(tmp_path)
    assert first.identifier() == first.identifier() == "slot0"

    with pytest.raises(RuntimeError, match="All 1 slots"):
        slots.Slots(tmp_path).identifier()


class _UnixConnection(http.client.HTTPConnection):
    """Asks at a socket in the file system."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.host)


def _ask(connection: http.client.HTTPConnection, path: str = "/metrics") -> tuple[int, bytes, dict[str, str]]:
    for _ in range(100):
        try:
            connection.request("GET", path, headers={"Host": "metrics"})
            break
        except OSError:
            connection.close()
            time.sleep(0.05)
    answer = connection.getresponse()
    told = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return told


def test_socket_answers_and_is_taken_over_when_it_was_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sock"
    path.write_text("left behind by a killed process", encoding="ascii")

    listen(str(path), lock=tmp_path / "lock", text=lambda: b"counts")
    status, body, headers = _ask(_UnixConnection(str(path)))

    assert (status, body) == (200, b"counts")
    assert "Server" not in headers


@pytest.mark.parametrize(("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1")])
def test_address_answers_at_one_path_only(tmp_path: Path, host: str, asked: str) -> None:
    family = socket.AF_INET6 if ":" in asked else socket.AF_INET
    with socket.create_server((asked, 0), family=family) as taken:
        port = taken.getsockname()[1]

    listen(f"{host}:{port}", lock=tmp_path / "lock", text=lambda: b"counts")

    assert _ask(http.client.HTTPConnection(asked, port))[:2] == (200, b"counts")
    assert _ask(http.client.HTTPConnection(asked, port), "/")[:2] == (404, b"")


LISTENING = textwrap.dedent("""
    import sys
    from pathlib import Path
    from jtrack.metrics.listener import listen
    listen(sys.argv[1], lock=Path(sys.argv[2]), text=lambda: sys.argv[3].encode())
    sys.stdin.read()
""")


def test_next_process_answers_when_the_one_that_did_is_gone(tmp_path: Path) -> None:
    path, lock = str(tmp_path / "metrics.sock"), str(tmp_path / "lock")
    command = [sys.executable, "-c", LISTENING, path, lock]
    with subprocess.Popen([*command, "one"], stdin=subprocess.PIPE) as one:
        assert _ask(_UnixConnection(path))[1] == b"one"
        with subprocess.Popen([*command, "two"], stdin=subprocess.PIPE) as two:
            assert _ask(_UnixConnection(path))[1] == b"one"
            one.kill()
            one.wait()
            assert _ask(_UnixConnection(path))[1] == b"two"
            two.kill()


def _answered(**labels: str) -> float:
    return REGISTRY.get_sample_value("jtrack_answers_total", labels) or 0.0


ASKED = {
    "page of a person": ("GET", "/offenders/5b1f6c1e-6f0a-4d57-9a5d-2b9d6d0f4a11/", "person", "GET", "3xx"),
    "address that is none": ("GET", "/Thistlewood/", "none", "GET", "4xx"),
    "file of the stylesheet": ("GET", "/static/Thistlewood.css", "static", "GET", "4xx"),
    "method that is none": ("THISTLE", "/caseload/", "caseload", "other", "3xx"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", ASKED)
def test_answers_are_counted_by_door_and_never_by_address(case: str) -> None:
    method, address, door, counted_as, status = ASKED[case]
    before = _answered(door=door, method=counted_as, status=status)

    Client().generic(method, address)

    assert _answered(door=door, method=counted_as, status=status) == before + 1


@pytest.mark.django_db
def test_site_itself_does_not_answer_with_metrics() -> None:
    assert Client().get("/metrics").status_code == 404


@pytest.fixture
def worker_figures(db_as: AsRole) -> Iterator[Callable[[], dict[str, float]]]:
    """What the beat would answer now, by the text before each number."""
    with db_as("worker"):

        def ask() -> dict[str, float]:
            figures._collector.forget()
            lines = figures.text().decode().splitlines()
            return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[0] != "#"}

        yield ask


@pytest.mark.django_db
def test_figures_tell_deliveries_rows_steps_and_lateness(
    worker_figures: Callable[[], dict[str, float]], broker: Broker
) -> None:
    desk = Desk()
    for day in range(2):
        publish(schemes_on(desk, day))
        publish(roll_on(desk, day))
    publish(unreadable(desk, "prison_roll", 3))

    with broker.client() as client:
        client.delete(figures.QUEUE)
        client.rpush(figures.QUEUE, "one ring", "another")
        told = worker_figures()
        client.delete(figures.QUEUE)

    assert told['jtrack_deliveries{feed="prison_roll",state="published"}'] == 2
    assert told['jtrack_deliveries{feed="prison_roll",state="refused"}'] == 1
    assert told['jtrack_delivery_rows{feed="prison_roll"}'] == 6
    days_late = (timezone.localdate() - DAYS[1]).days - settings.FEED_RHYTHM_DAYS["prison_roll"]
    late = told['jtrack_feed_late_seconds{feed="prison_roll"}'] / 86_400
    assert max(0, days_late - 1) <= late <= max(0, days_late)
    steps = {name for name in told if name.startswith('jtrack_import_step_seconds{feed="prison_roll"')}
    assert {name.split('step="')[1].rstrip('"}') for name in steps} == set(figures.STEPS.values())
    assert (told["jtrack_database_up"], told["jtrack_broker_up"], told["jtrack_queue_depth"]) == (1, 1, 2)
    assert told['jtrack_database_sessions{role="jt_worker"}'] >= 1


@pytest.mark.django_db
def test_alerts_are_held_when_their_time_to_settle_is_over_but_not_when_they_came_too_late(
    worker_figures: Callable[[], dict[str, float]], broker: Broker
) -> None:
    person = Offender.objects.create()
    now = timezone.now()
    past, future = now - timedelta(minutes=1), now + timedelta(minutes=1)
    for values in ({"settle_until": past}, {"settle_until": future}, {"settle_until": past, "late": True}):
        make_alert(person.pk, AlertKind.TRANSFERRED, now=now, delivered_at=None, **values)

    assert worker_figures()["jtrack_alerts_held"] == 1


@pytest.mark.django_db
def test_unknown_feeds_and_steps_are_told_together(
    worker_figures: Callable[[], dict[str, float]], broker: Broker
) -> None:
    delivery = publish(schemes_on(Desk(), 0))
    delivery.statement = {"steps": [["Thistlewood", 1.5], ["Bramcott", 2.0], ["Matched to people", 3.0]]}
    delivery.save()
    for number in (1, 2):
        Delivery.objects.create(
            feed=f"thistle{number}",
            supplier_id=delivery.supplier_id,
            sequence=number,
            extract_at=delivery.extract_at,
            position=number,
            rows=1,
            size=1,
            sealed_sha256=f"{number:064}",
            manifest={},
        )

    told = worker_figures()

    steps = {name: value for name, value in told.items() if "step=" in name}
    assert steps == {
        'jtrack_import_step_seconds{feed="ppo",step="other"}': 3.5,
        'jtrack_import_step_seconds{feed="ppo",step="match"}': 3.0,
    }
    assert told['jtrack_deliveries{feed="other",state="received"}'] == 2


@pytest.mark.django_db
def test_figures_say_when_database_and_broker_are_away(
    worker_figures: Callable[[], dict[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    away = redis.Redis(unix_socket_path="/nowhere.sock", **OPTIONS)
    monkeypatch.setattr(figures, "broker", lambda: away)
    connections["default"].close()
    connections["default"].settings_dict = {**connections["default"].settings_dict, "HOST": "/nowhere"}

    told = worker_figures()

    assert told == {"jtrack_database_up": 0, "jtrack_broker_up": 0}


@pytest.mark.django_db
def test_figures_are_read_once_in_five_seconds(db_as: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    def read() -> Iterator[Metric]:
        reads.append(1)
        return iter(())

    monkeypatch.setattr(figures, "READERS", (read,))
    figures._collector.forget()
    for _ in range(20):
        figures.text()

    assert len(reads) == 1
