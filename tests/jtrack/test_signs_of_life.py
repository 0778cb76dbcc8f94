"""Real processes show that they live, and answer with what they counted together."""

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from feeds.tasks import sweep_task
from jtrack import probe
from jtrack.child import command_of
from jtrack.commands import ROOT
from jtrack.probe import OLDEST_PULSE_SECONDS, pulse_is_fresh, web_is_ready
from jtrack.processes import unprivileged
from jtrack.pulse import pulse_of
from jtrack.valkey import Broker
from tests.faults.nemesis import CeleryProcess

PATIENCE_SECONDS = 60


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, "not done in time"
        time.sleep(0.1)


def _metrics_of(name: str) -> str:
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(str(settings.HOME.sockets / f"metrics-{name}.sock"))
        except OSError:
            return ""
        asked.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        return b"".join(iter(lambda: asked.recv(65536), b"")).decode()


def _counted(name: str, metric: str) -> float:
    found = [line for line in _metrics_of(name).splitlines() if line.startswith(metric)]
    return sum(float(line.rpartition(" ")[2]) for line in found)


@pytest.fixture
def running(tmp_path: Path, broker: Broker) -> Iterator[Callable[[str], CeleryProcess]]:
    """Starts worker or beat; what is started is ended."""
    with broker.client() as client:
        client.flushall()
    started: list[CeleryProcess] = []

    def start(name: str) -> CeleryProcess:
        pulse_of(name).unlink(missing_ok=True)
        made = CeleryProcess(tmp_path / f"{name}.log", name=name)
        started.append(made)
        made.start()
        return made

    yield start
    for each in started:
        each.stop()


@pytest.mark.django_db
def test_worker_touches_its_pulse_and_counts_its_tasks(running: Callable[[str], CeleryProcess], broker: Broker) -> None:
    running("worker")
    _until(pulse_of("worker").exists)
    for _ in range(3):
        sweep_task.delay()

    _until(lambda: _counted("worker", 'jtrack_tasks_total{outcome="ok",task="feeds.sweep"}') >= 3)

    assert pulse_is_fresh(pulse_of("worker"))


@pytest.mark.django_db
def test_beat_touches_its_pulse_and_answers_with_figures(running: Callable[[str], CeleryProcess]) -> None:
    running("beat")

    _until(pulse_of("beat").exists)
    _until(lambda: "jtrack_queue_depth" in _metrics_of("beat"))

    assert _counted("beat", "jtrack_database_up") == 1
    assert _counted("beat", "jtrack_broker_up") == 1


@pytest.mark.django_db
def test_web_processes_answer_together_and_quote_no_broken_request(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    before = _counted("web", "jtrack_answers_total")
    command = unprivileged(command_of("web", port=port))
    environment = {**os.environ, "JTRACK_PROCESS": "web", "JTRACK_LOG_FORMAT": "json"}
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, start_new_session=True)
    try:
        _until(lambda: web_is_ready("127.0.0.1", port))
        _until(lambda: len(psutil.Process(process.pid).children(recursive=True)) >= 2)
        asked = 30
        first = _counted("web", "jtrack_answers_total")
        assert all(web_is_ready("127.0.0.1", port) for _ in range(asked))
        _until(lambda: _counted("web", "jtrack_answers_total") == first + asked)
        with socket.create_connection(("127.0.0.1", port)) as broken:
            broken.sendall(b"THISTLEWOOD nothing\r\n\r\n")
            broken.recv(65536)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()

    assert first > before
    lines = (tmp_path / "web.log").read_text(encoding="utf-8").splitlines()
    assert "Invalid request" in [json.loads(line)["event"] for line in lines]
    assert not [line for line in lines if "thistlewood" in line.lower()]


def test_pulse_that_is_old_or_missing_is_not_fresh(tmp_path: Path) -> None:
    pulse = tmp_path / "worker.pulse"
    assert not pulse_is_fresh(pulse)
    pulse.touch()
    assert pulse_is_fresh(pulse)
    long_ago = time.time() - OLDEST_PULSE_SECONDS - 1
    os.utime(pulse, (long_ago, long_ago))
    assert not pulse_is_fresh(pulse)


class _Unready(http.server.BaseHTTPRequestHandler):
    hosts: list[str] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        self.send_error(503)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 - the signature is the standard library's
        return


def test_web_that_is_unready_or_away_is_not_well() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), _Unready) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert not web_is_ready("jtrack.example", server.server_port)
        port = server.server_port

    assert _Unready.hosts == ["jtrack.example"]
    assert not web_is_ready("jtrack.example", port)


@pytest.mark.parametrize("process", ["web", "worker", "beat"])
def test_probe_says_by_exit_code_that_nothing_runs(
    process: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("JTRACK_HOME", str(tmp_path))
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setattr(sys, "argv", ["probe", process])

    assert probe.main() == 1


def test_probe_says_that_a_loop_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "beat.pulse").touch()
    monkeypatch.setenv("JTRACK_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["probe", "beat"])

    assert probe.main() == 0
