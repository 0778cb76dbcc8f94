"""Set up a training site: invented deliveries, sent through the real worker, and accounts to look at them with."""

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from jtrack.commands import ROOT, manage, step
from jtrack.home import Home, private_directory
from jtrack.marks import Mark
from jtrack.postgres import Cluster
from jtrack.valkey import Broker

SCALE = "0.05"
SEED = "1"
DAYS = "28"
LOOK_EVERY_SECONDS = 1.0
TELL_EVERY_SECONDS = 10
# With nothing published for this long the worker has stopped; the fault is in its log.
PATIENCE_SECONDS = 300


def marks(home: Home) -> tuple[Mark, Mark, Mark]:
    """Return the marks of the three steps: files made, files imported, accounts made and shown."""
    return (
        Mark(home.run / "training-made.done", f"{SCALE} {SEED} {DAYS}"),
        Mark(home.run / "training-imported.done"),
        Mark(home.run / "training-accounts.done"),
    )


def set_up(home: Home, cluster: Cluster) -> None:
    """Do the steps that have no mark yet; PostgreSQL must be running."""
    made, imported, accounts = marks(home)
    if not made.stands():
        with step("Invented deliveries"):
            make(home)
        made.set()
    if not imported.stands():
        with step("Import through the worker"):
            print(f"  {send(home, cluster)} deliveries published")
        imported.set()
    if not accounts.stands():
        manage("create_training_accounts")
        accounts.set()


def folder(home: Home) -> Path:
    """Return where the generated files lie, sealed like any supplier's."""
    return home.root / "training"


def make(home: Home) -> None:
    """Write the sealed deliveries of two forces and 28 days."""
    shutil.rmtree(folder(home), ignore_errors=True)
    private_directory(folder(home))
    options = ["--out", str(folder(home)), "--scale", SCALE, "--seed", SEED, "--days", DAYS]
    manage("make_training_data", *options)


def send(home: Home, cluster: Cluster) -> int:
    """Hand every file in, let the worker import them, and return how many deliveries there are.

    The beat runs too: after a killed set-up it rings again for what the broker believes to be under way.
    """
    manage("register_supplier", "--file", str(folder(home) / "suppliers.json"))
    with Broker(home), _process("worker"), _process("beat"):
        manage("import_delivery", str(folder(home)))
        return _wait_until_published(cluster)


@contextlib.contextmanager
def _process(name: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "jtrack.child", name], cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_until_published(cluster: Cluster) -> int:
    most, since, told = -1, time.monotonic(), 0.0
    while (states := _states(cluster)).get("received", 0):
        now, published = time.monotonic(), states.get("published", 0)
        if published > most:
            most, since = published, now
        if now - since > PATIENCE_SECONDS:
            raise SystemExit("Set-up stopped: deliveries wait and the worker publishes none; its lines above say why.")
        if now - told > TELL_EVERY_SECONDS:
            told = now
            print(f"  {published} of {sum(states.values())} deliveries published", flush=True)
        time.sleep(LOOK_EVERY_SECONDS)
    if states.keys() != {"published"}:
        raise SystemExit("Set-up stopped: not every training delivery was published; see the page of deliveries.")
    return states["published"]


def _states(cluster: Cluster) -> dict[str, int]:
    connection = cluster.superuser()
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM feeds_delivery GROUP BY state")
        return dict(cursor.fetchall())
