"""A backup taken as jt_backup, sealed on its way, makes a new cluster in which everything is as it was."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pyrage
import pytest
from django.conf import settings
from django.db import connections, transaction

from access.grants import Place
from access.row_security import context_token, set_context
from jtrack.checks import refuse_unsafe_start
from jtrack.home import Home
from jtrack.postgres import POSTGRES_BINARIES, Cluster
from jtrack.roles import DATABASE, SUPERUSER, password
from offenders.models import Profile
from tests.factories import Desk, publish
from tests.faults.small_world import roll_on, schemes_on
from tests.figures import figure
from tests.personas import make_person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.drill]
AsRole = Callable[[str], AbstractContextManager[None]]
TABLES = """
SELECT string_agg(format('SELECT %L, count(*) FROM %I.%I', tablename, schemaname, tablename), ' UNION ALL ')
  FROM pg_tables WHERE schemaname IN ('public', 'site')
"""
SHAPE = """
SELECT 'policy', p.polname || ' ' || p.polrelid::regclass, coalesce(pg_get_expr(p.polqual, p.polrelid), '')
  FROM pg_policy p
UNION ALL
SELECT 'table', c.oid::regclass::text, c.relrowsecurity::text || c.relforcerowsecurity::text || c.relowner::regrole
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
UNION ALL
SELECT 'function', f.oid::regprocedure::text, f.proowner::regrole || pg_get_functiondef(f.oid)
  FROM pg_proc f WHERE f.pronamespace = 'sec'::regnamespace
UNION ALL
SELECT 'trigger', t.tgname || ' ' || t.tgrelid::regclass, t.tgenabled::text FROM pg_trigger t WHERE NOT t.tgisinternal
ORDER BY 1, 2, 3
"""


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Cluster]:
    """A new cluster with the roles and nothing else."""
    made = Cluster(Home(tmp_path / "fresh"), scratch=True)
    made.prepare()
    made.start()
    made.make_database()
    yield made
    made.stop()


def _asked(cluster: Cluster, question: str) -> list[tuple[object, ...]]:
    with closing(cluster.superuser()) as session, session.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


def _rows(cluster: Cluster) -> dict[str, int]:
    counts = _asked(cluster, str(_asked(cluster, TABLES)[0][0]))
    return {str(table): int(str(rows)) for table, rows in counts}


def _backup(cluster: Cluster, recipient: pyrage.x25519.Recipient) -> bytes:
    """Return the sealed dump; the plain one is only ever in the pipe."""
    command = [str(POSTGRES_BINARIES / "pg_dump"), "-h", str(cluster.home.sockets), "-U", "jt_backup", "-Fc", DATABASE]
    answer = subprocess.run(command, env=_login(cluster, "jt_backup"), capture_output=True, check=True)
    sealed: bytes = pyrage.encrypt(answer.stdout, [recipient])
    return sealed


def _restore(cluster: Cluster, dump: bytes) -> None:
    where = ["-h", str(cluster.home.sockets), "-U", SUPERUSER, "-d", DATABASE]
    command = [str(POSTGRES_BINARIES / "pg_restore"), *where, "--clean", "--if-exists", "--exit-on-error"]
    subprocess.run(command, env=_login(cluster, SUPERUSER), input=dump, check=True)


def _login(cluster: Cluster, role: str) -> dict[str, str]:
    return {**os.environ, "PGPASSWORD": password(cluster.home.passwords, role)}


def test_backup_makes_a_new_cluster_in_which_everything_is_as_it_was(
    cluster: Cluster, fresh: Cluster, db_as: AsRole
) -> None:
    with db_as("worker"):
        desk = Desk()
        for day in range(3):
            publish(schemes_on(desk, day))
            publish(roll_on(desk, day))
    browser = signed_in(make_person("leo", "area_officer", place=Place(area="00DA")))
    token = context_token(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    names = _names(token)
    identity = pyrage.x25519.Identity.generate()
    began = time.monotonic()

    sealed = _backup(cluster, identity.to_public())
    _restore(fresh, pyrage.decrypt(sealed, [identity]))

    seconds = time.monotonic() - began
    before, after = _rows(cluster), _rows(fresh)
    shapes = [set(_asked(each, SHAPE)) for each in (cluster, fresh)]
    with _going_to(fresh):
        refuse_unsafe_start()
        opened = _names(token)
    figure(
        "RESTORE",
        tables=len(after),
        rows=sum(after.values()),
        sealed_bytes=len(sealed),
        seconds=f"{seconds:.1f}",
        mismatches=sum(before[name] != rows for name, rows in after.items()),
    )
    assert after == before
    assert shapes[0] == shapes[1]
    assert opened == names
    assert names


@contextmanager
def _going_to(cluster: Cluster) -> Iterator[None]:
    """Let the site's logins go to another cluster, which knows them by its own passwords."""
    before = {alias: dict(connections.settings[alias]) for alias in settings.DATABASES}
    for alias, former in before.items():
        connections[alias].close()
        secret = password(cluster.home.passwords, former["USER"])
        connections.settings[alias].update({"HOST": str(cluster.home.sockets), "PASSWORD": secret})
    try:
        yield
    finally:
        for alias, former in before.items():
            connections[alias].close()
            connections.settings[alias].update(former)


def _names(token: str) -> list[str]:
    """Return the names that the officer is shown, opened with this installation's keys."""
    with transaction.atomic():
        set_context(token)
        return sorted(profile.surname or "" for profile in Profile.objects.all())
