"""The tests' own PostgreSQL: one installation a test run, made once, cleared after each test that used it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg2
import psycopg2.extensions
from django.conf import settings
from django.db import connections
from django.test import override_settings
from psycopg2 import sql

from jtrack.home import Home, private_directory
from jtrack.marks import Mark, hash_of
from jtrack.postgres import Cluster
from jtrack.roles import DATABASE

ROOT = Path(__file__).resolve().parent.parent
INSTALLATIONS = ("test", "test-2", "test-3", "test-4", "test-5", "test-6")
SCHEMA_SOURCES = ("*/migrations/*.py", "*/reference/*.csv", "jtrack/sql/*.sql", "jtrack/roles.py")


def claim_home() -> tuple[Home, IO[str]]:
    """Return an installation that no other test run is using, and the lock that keeps it ours until we end.

    JTRACK_TEST_HOME names one; otherwise the first free one below `.jtrack` is taken.
    Raises: RuntimeError when all are taken.
    """
    named = os.environ.get("JTRACK_TEST_HOME")
    candidates = [Path(named)] if named else [ROOT / ".jtrack" / name for name in INSTALLATIONS]
    for root in candidates:
        home = Home(private_directory(root.resolve()))
        lock = (private_directory(home.run) / "tests.lock").open("w", encoding="ascii")
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        return home, lock
    raise RuntimeError(f"All {len(candidates)} test installations are in use; end another test run first.")


def bring_up_to_date(cluster: Cluster) -> None:
    """Migrate and load the reference data, unless the migrations are still those of the last run."""
    mark = Mark(cluster.home.run / "schema.done", hash_of(ROOT, SCHEMA_SOURCES))
    if mark.stands():
        return
    mark.path.unlink(missing_ok=True)
    _drop_database(cluster)
    cluster.make_database()
    for command in ("migrate", "load_reference_data"):
        _manage(command, home=cluster.home)
    with Broom(cluster) as broom:
        broom.remember_reference_data()
    mark.set()


def _drop_database(cluster: Cluster) -> None:
    connection = cluster.superuser("postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
    connection.close()


def _manage(command: str, *, home: Home) -> None:
    environment = {**os.environ, "JTRACK_HOME": str(home.root)}
    environment.pop("JTRACK_PROCESS", None)
    answer = subprocess.run(
        [sys.executable, "manage.py", command, "--skip-checks"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(f"manage.py {command} failed:\n{answer.stdout[-2000:]}\n{answer.stderr[-4000:]}")


class Broom:
    """Clears the tables after a test, as the superuser.

    Reference data stay. A reference table that a test changed in number is set back to its copy.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._connection: psycopg2.extensions.connection | None = None
        self._deletes = ""
        self._reference: dict[str, int] = {}

    def __enter__(self) -> "Broom":
        self._connection = self._cluster.superuser()
        self._connection.autocommit = True
        return self

    def __exit__(self, *_: object) -> None:
        assert self._connection is not None
        self._connection.close()

    def remember_reference_data(self) -> None:
        """Copy every table that holds rows now; these are the reference tables."""
        self._execute("CREATE SCHEMA IF NOT EXISTS baseline")
        for table in self._tables("public"):
            rows = self._execute(f'SELECT count(*) FROM public."{table}"')
            if rows[0][0]:
                self._execute(f'CREATE TABLE baseline."{table}" AS TABLE public."{table}"')

    def sweep(self) -> None:
        """Empty every table that is no reference table, and mend those that are."""
        if not self._deletes:
            self._plan()
        self._execute(self._deletes)
        counts = dict(self._execute(self._counts))
        changed = [table for table, rows in self._reference.items() if counts[table] != rows]
        for table in changed:
            self._execute(f'DELETE FROM public."{table}"; INSERT INTO public."{table}" TABLE baseline."{table}"')

    def _plan(self) -> None:
        reference = self._tables("baseline")
        cleared = [table for table in self._tables("public") if table not in reference]
        self._deletes = "SET session_replication_role = replica;" + ";".join(
            f'DELETE FROM public."{table}"' for table in cleared
        )
        self._counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM public.\"{table}\"" for table in reference)
        for table in reference:
            self._reference[table] = self._execute(f'SELECT count(*) FROM baseline."{table}"')[0][0]

    def _tables(self, schema: str) -> list[str]:
        found = self._execute(
            "SELECT relname::text FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = %s::regnamespace ORDER BY 1",
            [schema],
        )
        return [row[0] for row in found]

    def _execute(self, statement: str, values: list[str] | None = None) -> list[tuple[Any, ...]]:
        assert self._connection is not None
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def logged_in_as(process: str) -> Iterator[None]:
    """Do the work inside as the database roles of a web, worker or migrate process, in this thread only."""
    previous = {}
    for alias, login in settings.LOGINS[process].items():
        connection = connections[alias]
        assert not connection.in_atomic_block, "Change the role outside a transaction."
        connection.close()
        previous[alias] = connection.settings_dict
        password = (settings.PASSWORDS_DIRECTORY / login).read_text(encoding="ascii").strip()
        connection.settings_dict = {**connection.settings_dict, "USER": login, "PASSWORD": password}
    try:
        with override_settings(PROCESS=process):
            yield
    finally:
        for alias, former in previous.items():
            connections[alias].close()
            connections[alias].settings_dict = former
