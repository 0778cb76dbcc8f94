"""Set up a training site: invented deliveries, sent through the real worker, and accounts to look at them with."""

import contextlib
import json
import shutil
import subprocess
import sys
import time
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
WAITING = "SELECT count(*) FILTER (WHERE state = 'received'), count(*) FROM feeds_delivery"


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
    """Hand every file in, let the worker import them, and return how many deliveries there are."""
    for supplier in json.loads((folder(home) / "suppliers.json").read_text(encoding="utf-8")):
        manage("register_supplier", supplier["name"], supplier["public_key"], *supplier["feeds"])
    with Broker(home):
        worker = subprocess.Popen([sys.executable, "-m", "jtrack.child", "worker"], cwd=ROOT)
        try:
            manage("import_delivery", str(folder(home)))
            return _wait_until_published(cluster)
        finally:
            worker.terminate()
            worker.wait()


def _wait_until_published(cluster: Cluster) -> int:
    connection = cluster.superuser()
    connection.autocommit = True
    waiting_before, since, told = -1, time.monotonic(), 0.0
    with contextlib.closing(connection), connection.cursor() as cursor:
        while True:
            cursor.execute(WAITING)
            waiting, total = cursor.fetchall()[0]
            if not waiting:
                return int(total)
            now = time.monotonic()
            if waiting != waiting_before:
                waiting_before, since = waiting, now
            if now - told > TELL_EVERY_SECONDS:
                told = now
                print(f"  {total - waiting} of {total} deliveries imported", flush=True)
            if now - since > PATIENCE_SECONDS:
                raise SystemExit(f"Set-up stopped: {waiting} deliveries wait and the worker publishes none.")
            time.sleep(LOOK_EVERY_SECONDS)
