"""Run one of the site's processes, or one of its commands, so that it ends with the run that started it."""

import os
import sys
import time

from jtrack import env
from jtrack.commands import ROOT
from jtrack.home import Home
from jtrack.postgres import Cluster
from jtrack.processes import Supervised, unprivileged
from jtrack.valkey import Broker

PATIENCE_SECONDS = 60
LOOK_EVERY_SECONDS = 0.1
SERVER_LOG = ("--logger-class", "jtrack.server_log.ServerLog")
PROCESS_OF = {"web": "web", "worker": "worker", "beat": "worker"}


def command_of(name: str, *, port: int) -> list[str]:
    """Return the command line of one of the site's processes.

    Raises: ValueError for a name that is none of web, worker and beat.
    """
    python = [sys.executable, "-m"]
    if name == "web":
        gunicorn = ["gunicorn", "jtrack.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
        return [*python, *gunicorn, "--no-control-socket", "--log-level", "warning", *SERVER_LOG]
    if name == "worker":
        return [
            *python,
            "celery",
            "--quiet",
            "-A",
            "jtrack.celery",
            "worker",
            "--concurrency",
            "1",
            "--loglevel",
            "WARNING",
        ]
    if name == "beat":
        return [*python, "celery", "--quiet", "-A", "jtrack.celery", "beat", "--loglevel", "WARNING", "--pidfile", ""]
    raise ValueError(f"No process is called {name}; there are web, worker and beat.")


def wait_for_servers(home: Home) -> None:
    """Return once database and broker answer.

    Raises: TimeoutError after a minute.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    for server in (Cluster(home), Broker(home)):
        while not server.answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"The embedded {server.name} does not answer; its own lines above say why.")
            time.sleep(LOOK_EVERY_SECONDS)


def main() -> int:
    """Run `web`, `worker` or `beat`, or `manage` with the arguments of a management command."""
    name, *arguments = sys.argv[1:]
    home = Home(env.directory("JTRACK_HOME", default=ROOT / ".jtrack"))
    if name == "manage":
        command = [sys.executable, "manage.py", *arguments]
        return Supervised(command, mark=home.run / f"manage-{os.getpid()}.pid").run()
    wait_for_servers(home)
    command = command_of(name, port=env.integer("PORT", default=8000, lowest=1024, highest=65535))
    environment = {**os.environ, "JTRACK_PROCESS": PROCESS_OF[name]}
    # Nothing of the site runs as root, whoever started it.
    return Supervised(unprivileged(command), mark=home.run / f"{name}.pid", environment=environment).run()


if __name__ == "__main__":
    raise SystemExit(main())
