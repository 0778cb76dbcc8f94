"""A PgBouncer in transaction mode before the tests' own database, with one server connection for each login."""

import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg2
import psycopg2.extensions

from jtrack.home import Home
from jtrack.processes import unprivileged
from jtrack.roles import DATABASE, ROLES, SUPERUSER, password

# Debian keeps it outside the path of ordinary users.
BINARY: Final = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
PORT: Final = 6432
PATIENCE_SECONDS: Final = 20
# As docs/operations.md tells it, but for the size of the pool and the folder.
SETTINGS: Final = """
[databases]
{database} = host={server} port=5432 dbname={database}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 400
server_reset_query =
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
admin_users = {superuser}
"""


@dataclass
class Pool:
    """The running PgBouncer."""

    home: Home
    folder: Path
    size: int = 1
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.folder / "pgbouncer.log"

    def start(self) -> None:
        """Start it and return once it lets somebody in."""
        assert BINARY is not None
        self._write("users", "".join(f'"{role}" "{self._password(role)}"\n' for role in (SUPERUSER, *ROLES)))
        values = {"database": DATABASE, "server": self.home.sockets, "port": PORT, "superuser": SUPERUSER}
        self._write("settings", SETTINGS.format(**values, folder=self.folder, size=self.size))
        command = unprivileged([BINARY, str(self.folder / "settings")])
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def client(self, role: str) -> psycopg2.extensions.connection:
        """Return a new client's connection as one of the roles."""
        return psycopg2.connect(
            host=str(self.folder), port=PORT, dbname=DATABASE, user=role, password=self._password(role)
        )

    def _answers(self) -> bool:
        try:
            self.client("jt_gate").close()
        except psycopg2.OperationalError:
            return False
        return True

    def _password(self, role: str) -> str:
        return password(self.home.passwords, role)

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
