"""Run every measurement, or those named, print one table and write `.jtrack/bench.json`."""

import argparse
import importlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, cast

from bench.measure import Figure
from jtrack import env
from jtrack.commands import ROOT

# Each part is a module with `figures()`. It imports no model: what needs the site asks `bench.world.current()` for
# one and runs in children of its own, see `bench.apart`.
PARTS: Final = ("sealing", "embedded", "imports", "visible", "pages", "pages_desk", "morning")
Measurement = Callable[[], Iterable[Figure]]


def main() -> int:
    """Print the figures as they come; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=" or ".join(PARTS))
    parts = parser.parse_args().parts or PARTS
    if unknown := sorted(set(parts) - set(PARTS)):
        parser.error(f"there is no part {unknown[0]}; known are {', '.join(PARTS)}")
    # Read before the run's own site takes the name's place in the environment.
    kept = env.directory("JTRACK_HOME", default=ROOT / ".jtrack") / "bench.json"
    found: list[Figure] = []
    print(heading(), flush=True)
    for part in parts:
        for figure in _measurement(part)():
            print(figure, flush=True)
            found.append(figure)
    _write(kept, found)
    return 0


def heading() -> str:
    """Return the line above the table."""
    return f"{'what':<62}{'rows':>8}{'value':>12} {'unit':<9}{'peer':>12}  {'ratio':<9}which peer"


def _measurement(part: str) -> Measurement:
    return cast(Measurement, importlib.import_module(f"bench.{part}").figures)


def _write(path: Path, figures: Iterable[Figure]) -> None:
    """Replace the rows measured now; rows of parts that were not run stand as they were."""
    held = {row["name"]: row for row in json.loads(path.read_text(encoding="utf-8"))} if path.exists() else {}
    held |= {figure.name: figure.as_json() for figure in figures}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(json.dumps(list(held.values()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
