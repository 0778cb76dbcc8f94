"""Set up whatever is missing and run the whole site: `make run`.

Each step of the set-up leaves a mark when it is done, so that a second start skips it and a killed one repeats it.
"""

import fcntl
import os
import shlex
import signal
import socket
import sys
import time
from types import FrameType
from typing import IO, NoReturn

import honcho.manager

from jtrack import env, frontend, mail_catcher, training
from jtrack.commands import ROOT, manage, step
from jtrack.home import Home, private_directory
from jtrack.marks import Mark, hash_of
from jtrack.postgres import Cluster
from jtrack.processes import SUPERVISOR

LOCK_PATIENCE_SECONDS = 30
# The web workers of a killed run notice within a second or two that they are orphans.
PORT_PATIENCE_SECONDS = 5
LOOK_EVERY_SECONDS = 0.2
# honcho kills what has not ended by then; the servers need a little longer than its own five seconds.
SECONDS_TO_END = 20
SCHEMA_SOURCES = ("*/migrations/*.py", "*/reference/*", "jtrack/sql/*.sql", "jtrack/roles.py")


def main() -> int:
    """Set up, then serve until ctrl-C or SIGTERM; return the exit code."""
    signal.signal(signal.SIGTERM, _leave)
    home = Home(env.directory("JTRACK_HOME", default=ROOT / ".jtrack"))
    port = env.integer("PORT", default=8000, lowest=1024, highest=65535)
    os.environ |= {"JTRACK_HOME": str(home.root), SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
    lock = claim(home)
    refuse_busy_port(port)
    set_up(home)
    print(f"\nJTrack will answer at http://127.0.0.1:{port}/ in a moment. Ctrl-C ends it.\n", flush=True)
    code = serve(port)
    lock.close()
    return code


def claim(home: Home) -> IO[str]:
    """Return the lock that keeps the installation ours until we end.

    Raises: SystemExit when another run holds it; a killed one gives it back within seconds.
    """
    private_directory(home.root)
    lock = (private_directory(home.run) / "run.lock").open("w", encoding="ascii")
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                lock.close()
                raise SystemExit(
                    "Another `make run` uses this installation; end it first, or set JTRACK_HOME."
                ) from None
            time.sleep(LOOK_EVERY_SECONDS)
        else:
            return lock


def refuse_busy_port(port: int) -> None:
    """Leave with a clear word when something else listens on the port and does not go away.

    Raises: SystemExit.
    """
    deadline = time.monotonic() + PORT_PATIENCE_SECONDS
    while not _is_free(port):
        if time.monotonic() > deadline:
            raise SystemExit(f"Port {port} is taken; choose another: make run PORT={port + 1}")
        time.sleep(LOOK_EVERY_SECONDS)


def set_up(home: Home) -> None:
    """Bring front-end, keys, servers, tables, reference data, training data and accounts up to date."""
    with step("Front-end"):
        frontend.build()
    cluster = Cluster(home)
    with step("Keys, passwords and data directory"):
        cluster.prepare()
    schema = Mark(home.run / "schema.done", hash_of(ROOT, SCHEMA_SOURCES))
    if all(mark.stands() for mark in (schema, *training.marks(home))):
        return
    cluster.start(log=home.run / "set-up.log")
    try:
        if not schema.stands():
            make_tables(cluster)
            schema.set()
        training.set_up(home, cluster)
    finally:
        cluster.stop()


def make_tables(cluster: Cluster) -> None:
    """Make database, roles and tables, and load the reference data."""
    with step("Database and roles"):
        cluster.make_database()
    with step("Tables"):
        manage("migrate", "--verbosity", "0")
    with step("Reference data"):
        manage("load_reference_data")


def serve(port: int) -> int:
    """Run database, broker, web, worker and beat until one of them ends or we are told to stop."""
    honcho.manager.KILL_WAIT = SECONDS_TO_END
    manager = honcho.manager.Manager()
    environment = {"JTRACK_SITE_URL": f"http://127.0.0.1:{port}", **os.environ, "PORT": str(port)}
    _catch_mail(manager, environment)
    for module, names in (("jtrack.embedded", ("postgres", "valkey")), ("jtrack.child", ("web", "worker", "beat"))):
        for name in names:
            command = "exec " + shlex.join([sys.executable, "-m", module, name])
            manager.add_process(name, command, env=environment, cwd=str(ROOT))
    manager.loop()
    return int(manager.returncode or 0)


def _catch_mail(manager: honcho.manager.Manager, environment: dict[str, str]) -> None:
    """Let no mail of this machine out: a catcher takes it, unless a mail server is configured."""
    if environment.get("JTRACK_SMTP_URL"):
        return
    with mail_catcher.listen(0) as listener:
        port = listener.getsockname()[1]
    environment["JTRACK_SMTP_URL"] = f"smtp://{mail_catcher.HOST}:{port}"
    command = "exec " + shlex.join([sys.executable, "-m", "jtrack.mail_catcher", str(port)])
    manager.add_process("mail", command, env=environment, cwd=str(ROOT))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    # Raised in the main thread, so that every `finally` on the way out ends what it started.
    raise SystemExit(143)


if __name__ == "__main__":
    raise SystemExit(main())
