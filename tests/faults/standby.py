"""A streaming copy of the tests' database that may only be read, on a socket of its own."""

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg2
import psycopg2.extensions

from jtrack.home import private_directory
from jtrack.postgres import POSTGRES_BINARIES, SETTINGS, Cluster
from jtrack.processes import unprivileged
from jtrack.roles import DATABASE, SUPERUSER, password

PATIENCE_SECONDS: Final = 30


@dataclass
class Standby:
    """The copy. Its roles and passwords are the primary's."""

    primary: Cluster
    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Copy the primary, follow it, and return once the copy lets somebody in."""
        data = self.folder / "data"
        private_directory(self.folder)
        login = {**os.environ, "PGPASSWORD": password(self.primary.home.passwords, SUPERUSER)}
        where = ["-h", str(self.primary.home.sockets), "-U", SUPERUSER]
        copy = [str(POSTGRES_BINARIES / "pg_basebackup"), *where, "-D", str(data), "-R", "-c", "fast", "--no-sync"]
        subprocess.run(unprivileged(copy), env=login, check=True, umask=0o077)
        options = {
            **SETTINGS,
            "unix_socket_directories": str(self.folder),
            "hot_standby_feedback": "on",
            "fsync": "off",
        }
        command = [str(POSTGRES_BINARIES / "postgres"), "-D", str(data)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "standby.log").open("ab") as log:
            self._process = subprocess.Popen(unprivileged(command), stdout=log, stderr=log, umask=0o077)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, (self.folder / "standby.log").read_text(encoding="utf-8")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def superuser(self) -> psycopg2.extensions.connection:
        """Return a connection that sees every row of the copy."""
        secret = password(self.primary.home.passwords, SUPERUSER)
        return psycopg2.connect(host=str(self.folder), dbname=DATABASE, user=SUPERUSER, password=secret)

    def catch_up(self) -> None:
        """Return once the copy holds everything that the primary has committed by now."""
        with self.primary.superuser() as session, session.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
            position = cursor.fetchall()[0][0]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with self.superuser() as session, session.cursor() as cursor:
                cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [position])
                if cursor.fetchall()[0][0]:
                    return
            assert time.monotonic() < deadline, "the copy does not follow"
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            self.superuser().close()
        except psycopg2.OperationalError:
            return False
        return True
