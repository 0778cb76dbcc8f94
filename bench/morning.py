"""The officers' morning: sign-in and first page of 2,500 officers within half an hour, compressed.

As many as the real gunicorn of the site serves in some seconds, eight officers at a time, one after another and each
for the first time: sign-in page, password, code page, code, morning. The load itself runs on the same two cores.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from bench import apart
from bench.measure import Figure
from bench.pages import start_national
from bench.world import current, say
from jtrack.child import command_of
from jtrack.commands import ROOT

OFFICERS: Final = 2500
HALF_AN_HOUR: Final = 1800
SECONDS: Final = 20
TURN, TURNS = 5, 4
SIGNED_IN: Final = 16
START_SECONDS: Final = 60
SITE: Final = "jtrack.wsgi"


def figures() -> Iterator[Figure]:
    """Yield what a second serves: sign-ins with a morning each, mornings alone, and what they are weighed against.

    Raises: SystemExit when a request failed: a load with errors is no measurement.
    """
    start_national(current())
    say("2,500 officers")
    officers = apart.call("bench.morning_world:officers", process="web")
    cookies = apart.call("bench.morning_world:sessions", [name for name, _ in officers[:SIGNED_IN]], process="web")
    with (
        serving(SITE, first="/sign-in/") as site,
        serving("bench.peer_wsgi", peer="twin") as twin_port,
        serving("bench.peer_wsgi", peer="one_query") as bare_port,
    ):
        say("officers sign in")
        both = _load("sign_ins", site, SECONDS, officers[SIGNED_IN:])
        say("officers read the morning")
        # In turn, so that the machine's other work falls on all three alike.
        turns = [
            (
                _load("pages", site, TURN, cookies),
                _load("pages", twin_port, TURN, []),
                _load("pages", bare_port, TURN, []),
            )
            for _ in range(TURNS)
        ]
    mornings, twin, bare = (sum(served) / TURNS for served in zip(*turns, strict=True))
    needed = OFFICERS / HALF_AN_HOUR
    one, same = "bare view with one query, same gunicorn", "bare twin of the morning, same gunicorn"
    yield Figure("sign-in and morning of an officer", both, "a second", "2,500 in half an hour", needed, OFFICERS)
    yield Figure("sign-in and morning, beside the least view", both, "a second", one, bare, OFFICERS)
    yield Figure("morning page under load", mornings, "a second", same, twin, OFFICERS)
    yield Figure("morning page under load, beside the least view", mornings, "a second", one, bare, OFFICERS)
    hashing = apart.call("bench.morning_world:hash_milliseconds", process="web")
    yield Figure("checking one password (Argon2id), which bounds sign-in", hashing, "ms")


@contextmanager
def serving(application: str, *, first: str = "/", peer: str = "") -> Iterator[int]:
    """Serve an application with the gunicorn of the site, and give its port."""
    port = _free_port()
    command = [application if word == SITE else word for word in command_of("web", port=port)]
    environment = {**os.environ, "JTRACK_PROCESS": "web", "JTRACK_BENCH_PEER": peer, "JTRACK_LOG_LEVEL": "WARNING"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=sys.stderr)
    try:
        _wait_for(server, port)
        apart.call("bench.load:warm_up", port, first, process="web")
        yield port
    finally:
        server.terminate()
        server.wait()


def _load(kind: str, port: int, seconds: float, who: list[Any]) -> float:
    told = apart.call(f"bench.load:{kind}", port, seconds, who, process="web")
    if told["errors"]:
        raise SystemExit(f"bench: {kind} met errors: {'; '.join(told['errors'])}")
    return float(told["a_second"])


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("bench: gunicorn did not start; its own lines above say why.") from None
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
