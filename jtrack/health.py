"""Whether this web process may be sent officers: database, migrations and keys are as they must be.

Answers hold closed words only: nothing about people, no version, no name of a host.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import redis
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader

from jtrack.broker import broker
from vault.keyring import KeyringError, key_file_faults, keyring

KEPT_SECONDS: Final = 2.0
WEB_PURPOSES: Final = ("fields", "indexes", "audit", "sessions")
OK: Final = "ok"
ABSENT: Final = "absent"
WRONG_ROLE: Final = "wrong role"
BEHIND: Final = "behind"
FAULTY: Final = "faulty"


@dataclass(frozen=True, slots=True)
class Health:
    """How things stand, each in one of the words above."""

    database: str
    migrations: str
    keys: str
    broker: str

    @property
    def is_ready(self) -> bool:
        """Whether officers may be sent here. The broker is a doorbell: without it pages answer and the beat rings."""
        return {self.database, self.migrations, self.keys} == {OK}


class Kept:
    """The last look, so that being asked often does not ask the database often."""

    def __init__(self, look: Callable[[], Health]) -> None:
        """Take what looks."""
        self._look = look
        self._lock = threading.Lock()
        self._until = 0.0
        self._health: Health | None = None

    def health(self) -> Health:
        """Return how things stand, at most two seconds old."""
        with self._lock:
            if self._health is None or time.monotonic() >= self._until:
                self._health = self._look()
                self._until = time.monotonic() + KEPT_SECONDS
            return self._health


def look() -> Health:
    """Return how things stand now. The start-up checks have passed, or this process would not answer."""
    database = _database()
    return Health(
        database=database,
        migrations=_migrations() if database == OK else database,
        keys=_keys(),
        broker=_broker(),
    )


def _database() -> str:
    try:
        for alias, login in settings.LOGINS[settings.PROCESS].items():
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT current_user")
                row = cursor.fetchone()
            if row is None or row[0] != login:
                return WRONG_ROLE
    except DatabaseError:
        return ABSENT
    return OK


def _migrations() -> str:
    """Say whether every migration of this code is applied; more of them than we know do no harm."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = set(cursor.fetchall())
    except DatabaseError:
        return ABSENT
    return OK if known_migrations() <= applied else BEHIND


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this code, which do not change while it runs."""
    return frozenset(MigrationLoader(None, load=True).disk_migrations)


def _keys() -> str:
    try:
        for purpose in WEB_PURPOSES:
            keyring().primary(purpose)
    except KeyringError:
        return FAULTY
    return FAULTY if key_file_faults(settings.KEYS_DIRECTORY) else OK


def _broker() -> str:
    try:
        broker().ping()
    except redis.RedisError:
        return ABSENT
    return OK


kept: Final = Kept(look)
