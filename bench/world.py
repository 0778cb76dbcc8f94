"""The throw-away site of a run: one cluster, and worlds of several sizes that are made once and brought back at will.

A state of the database is kept as a copy within the cluster, so that each measurement starts from the same rows.
Only the parent process uses this; what is measured runs in children, see `bench.apart`.
"""

import atexit
import contextlib
import functools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg2.extensions
from psycopg2 import sql

from bench import apart
from jtrack.commands import ROOT
from jtrack.home import Home
from jtrack.postgres import Cluster
from jtrack.roles import DATABASE
from jtrack.valkey import Broker

SEED: Final = 7
# One roll to begin with, and the next day's.
DAYS: Final = 2
EMPTY: Final = "empty"


class World:
    """One cluster with the site's tables, and the sealed deliveries of invented worlds beside it."""

    def __init__(self, root: Path) -> None:
        """Say where everything is put; nothing is made yet."""
        self.home = Home(root / "home")
        self.root = root
        self.cluster = Cluster(self.home)
        self.broker = Broker(self.home)
        self._kept: set[str] = set()

    def files(self, scale: float) -> list[Path]:
        """Return the sealed files of a world in order of delivery: one PPO list, a roll, the next day's roll.

        They are made once a run: the same seed, for the keys of this site.
        """
        folder = self.root / f"files-{scale:g}"
        if not folder.exists():
            say(f"invented world at scale {scale:g}")
            options = ["--scale", f"{scale:g}", "--seed", str(SEED), "--days", str(DAYS)]
            _manage("make_training_data", "--out", str(folder), *options)
        return sorted(path for path in folder.glob("*.age") if path.name != "truth.age")

    def start_empty(self, scale: float) -> None:
        """Let the database hold the site's tables, the reference data and the suppliers of a world; no delivery."""
        self.bring_back(EMPTY)
        suppliers = self.files(scale)[0].with_name("suppliers.json")
        _manage("register_supplier", "--file", str(suppliers))

    def start_imported(self, scale: float) -> None:
        """Let the database hold a whole world: PPO list, roll, next day's roll. It is imported once a run."""
        if not self.has(imported_name(scale)):
            self.start_empty(scale)
            for file in self.files(scale):
                say(f"import of {file.name} at scale {scale:g}")
                apart.call("bench.importing:publish", str(file))
            self.keep(imported_name(scale))
        self.bring_back(imported_name(scale))

    def has(self, name: str) -> bool:
        """Say whether such a state was kept in this run."""
        return name in self._kept

    def keep(self, name: str) -> None:
        """Keep the database's state under a name; every connection to it is ended."""
        with self._superuser() as cursor:
            _copy(cursor, DATABASE, _copy_name(name))
        self._kept.add(name)

    def bring_back(self, name: str) -> None:
        """Let the database be a state that was kept; every connection to it is ended."""
        with self._superuser() as cursor:
            _copy(cursor, _copy_name(name), DATABASE)

    def prepare(self) -> None:
        """Make the site: keys, cluster, tables, reference data, and the plain database beside it."""
        self.cluster.prepare()
        os.environ["JTRACK_HOME"] = str(self.home.root)
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        self.cluster.start(log=self.home.run / "bench-postgres.log")
        self.cluster.make_database()
        for command in ("migrate", "load_reference_data"):
            _manage(command)
        with self._superuser() as cursor:
            cursor.execute("CREATE DATABASE plain")
        self.keep(EMPTY)

    @contextlib.contextmanager
    def _superuser(self) -> Iterator[psycopg2.extensions.cursor]:
        connection = self.cluster.superuser("postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            yield cursor


@functools.cache
def current() -> World:
    """Return the throw-away site of this run, made when it is first asked for and gone when the run ends."""
    folder = tempfile.TemporaryDirectory(prefix="jtrack-bench-")
    world = World(Path(folder.name))
    atexit.register(_throw_away, world, folder)
    say("throw-away site")
    world.prepare()
    return world


def _throw_away(world: World, folder: tempfile.TemporaryDirectory[str]) -> None:
    world.broker.stop()
    world.cluster.stop()
    folder.cleanup()


def imported_name(scale: float) -> str:
    """Return the name under which an imported world is kept."""
    return f"imported-{scale:g}"


def _manage(*arguments: str) -> None:
    """Run a management command without its lines on the output, which the table has to itself."""
    command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
    answer = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    if answer.returncode:
        raise SystemExit(f"bench: manage.py {arguments[0]} failed; its own lines above say why.")


def say(what: str) -> None:
    """Say on the error stream what takes time just now; the table has the output to itself."""
    print(f"bench: {what} …", file=sys.stderr, flush=True)


def _copy(cursor: psycopg2.extensions.cursor, source: str, target: str) -> None:
    cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (%s, %s)", (source, target))
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(target)))
    cursor.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(target), sql.Identifier(source)
        )
    )


def _copy_name(name: str) -> str:
    return f"kept-{name}"
