"""Run a function of the measurements in a process of its own, as one of the site's processes: `module:function`.

Each measured process starts fresh: its memory is its own, and it logs in with the roles that the site's real one has.
"""

import importlib
import json
import os
import subprocess
import sys
from typing import Any

import django

from jtrack.commands import ROOT


def call(function: str, *arguments: Any, process: str = "worker") -> Any:
    """Return what ``module:function`` returns for the arguments; both must be JSON.

    ``process`` is worker, web or migrate.
    Raises: SystemExit when the function fails; its own lines above say why.
    """
    given, answer = os.pipe()
    environment = {**os.environ, "JTRACK_PROCESS": process}
    command = [sys.executable, "-m", "bench.apart", str(answer), function, json.dumps(arguments)]
    child = subprocess.Popen(command, env=environment, cwd=ROOT, pass_fds=(answer,))
    os.close(answer)
    with os.fdopen(given, encoding="utf-8") as file:
        told = file.read()
    if child.wait():
        raise SystemExit(f"bench: {function} failed; its own lines above say why.")
    return json.loads(told)


def main() -> None:
    """Carry out one call and write its answer to the file descriptor that the parent gave."""
    answer, function, arguments = sys.argv[1:]
    django.setup()
    module, _, name = function.partition(":")
    told = getattr(importlib.import_module(module), name)(*json.loads(arguments))
    with os.fdopen(int(answer), "w", encoding="utf-8") as file:
        json.dump(told, file)


if __name__ == "__main__":
    main()
