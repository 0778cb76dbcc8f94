"""From the drop folder to the officer's page, in parts: the next day's national roll by the real worker and beat."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bench import apart, world
from bench.imports import LIMIT, WHOLE, import_whole_but_last
from bench.measure import Figure
from jtrack.commands import ROOT
from jtrack.processes import SUPERVISOR

LOOK_EVERY_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 900
MOST_SECONDS: Final = 60.0
AREA: Final = "00DA"
LOOK: Final = """
SELECT extract(epoch FROM received_at), extract(epoch FROM published_at), statement, rows
  FROM feeds_delivery WHERE state = 'published' ORDER BY received_at DESC LIMIT 1
"""


def figures() -> Iterable[Figure]:
    """Return the seconds from a dropped file to a page that shows it, whole and in parts."""
    site = world.current()
    import_whole_but_last(site)
    file = site.files(WHOLE)[-1]
    ready = site.root / "watching"
    ready.unlink(missing_ok=True)
    world.say("drop to visible")
    with _process("worker", site), _process("beat", site), ThreadPoolExecutor(1) as threads:
        seen = threads.submit(apart.call, "bench.visible_page:watch", AREA, str(ready), process="web")
        _wait_for(ready)
        dropped = _drop(file, site.home.drop)
        committed, row = _published(site, since=dropped)
        shown = float(seen.result())
    yield from _told(dropped, committed, shown, row)


def _told(dropped: float, committed: float, shown: float, row: tuple[Any, ...]) -> Iterator[Figure]:
    received, published, statement, rows = float(row[0]), float(row[1]), row[2], row[3]
    steps = [(f"{name[0].lower()}{name[1:]}", seconds) for name, seconds in statement["steps"]]
    counted = published - sum(seconds for _, seconds in steps)
    parts = [
        ("found by the sweep and received", received - dropped),
        ("taken up, and what stands between the steps", counted - received),
        *steps,
        ("committed", committed - published),
        ("shown on the officer's page", shown - committed),
    ]
    yield Figure("drop to visible", shown - dropped, "s", LIMIT, MOST_SECONDS, rows)
    for name, seconds in parts:
        yield Figure(f"drop to visible: {name}", seconds, "s", rows=rows)


def _drop(file: Path, folder: Path) -> float:
    """Put the pair into the drop folder as a sender would, and return when it was complete."""
    shutil.copy(file, folder)
    shutil.copy(file.with_suffix(".manifest.json"), folder)
    return time.time()


def _published(site: world.World, *, since: float) -> tuple[float, tuple[Any, ...]]:
    """Return when the delivery was first seen published by another session, with its row.

    Raises: SystemExit when the worker has not published it within a quarter of an hour.
    """
    with contextlib.closing(site.cluster.superuser()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        while time.time() - since < PATIENCE_SECONDS:
            cursor.execute(LOOK)
            row = cursor.fetchone()
            if row is not None and float(row[0]) >= since:
                return time.time(), row
            time.sleep(LOOK_EVERY_SECONDS)
    raise SystemExit(f"bench: nothing was published since {datetime.fromtimestamp(since).astimezone():%H:%M:%S}")


@contextlib.contextmanager
def _process(name: str, site: world.World) -> Iterator[None]:
    """Run one of the site's processes as `make run` does, with the site's own settings."""
    if not site.broker.answers():
        site.broker.start(log=site.home.run / "bench-valkey.log")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "jtrack.settings", SUPERVISOR: str(os.getpid())}
    environment.pop("JTRACK_PROCESS", None)
    process = subprocess.Popen([sys.executable, "-m", "jtrack.child", name], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not path.exists():
        if time.monotonic() > deadline:
            raise SystemExit("bench: the officer's page did not answer")
        time.sleep(LOOK_EVERY_SECONDS)
