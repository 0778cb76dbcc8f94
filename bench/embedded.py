"""The embedded PostgreSQL: seconds to make a cluster, to start it, and to be back after a kill."""

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.measure import Figure
from jtrack.home import Home
from jtrack.postgres import Cluster


def figures() -> list[Figure]:
    """Return the seconds of each step, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Home(Path(folder) / "home"))
        log = Path(folder) / "log"
        found = [
            Figure("make a PostgreSQL cluster", _seconds(cluster.prepare), "s"),
            Figure("start it", _seconds(lambda: cluster.start(log=log)), "s"),
            Figure("make database and roles", _seconds(cluster.make_database), "s"),
        ]
        os.kill(int(cluster.mark.read_text(encoding="ascii").split()[0]), signal.SIGKILL)
        cluster.stop()
        found.append(Figure("start it again after kill -9", _seconds(lambda: cluster.start(log=log)), "s"))
        cluster.stop()
    return found


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
