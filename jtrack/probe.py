"""Say by exit code whether a process of this machine is well: `python -m jtrack.probe web|worker|beat`."""

import argparse
import http.client
import time
from pathlib import Path
from typing import Final

from jtrack import env
from jtrack.commands import ROOT
from jtrack.home import Home

PATIENCE_SECONDS: Final = 5
# The beat sleeps for up to five minutes, but has something to ring every ten seconds.
OLDEST_PULSE_SECONDS: Final = 60
READY: Final = "/health/ready"


def web_is_ready(host: str, port: int) -> bool:
    """Return whether the web process on this machine says that it is ready, asked under a name it answers to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", READY, headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def pulse_is_fresh(pulse: Path) -> bool:
    """Return whether a loop touched its file within the last minute."""
    try:
        return time.time() - pulse.stat().st_mtime < OLDEST_PULSE_SECONDS
    except FileNotFoundError:
        return False


def main() -> int:
    """Look once and return 0 for well, 1 for not."""
    parser = argparse.ArgumentParser(prog="jtrack.probe", description=__doc__)
    parser.add_argument("process", choices=("web", "worker", "beat"))
    process = parser.parse_args().process
    if process == "web":
        host = env.words("JTRACK_HOSTS", default=("127.0.0.1",))[0]
        well = web_is_ready(host, env.integer("PORT", default=8000, lowest=1024, highest=65535))
    else:
        home = Home(env.directory("JTRACK_HOME", default=ROOT / ".jtrack"))
        well = pulse_is_fresh(home.run / f"{process}.pulse")
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
