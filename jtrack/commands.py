"""Run a management command of the site as a process of its own, and say how a step of the set-up went."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def manage(*arguments: str) -> None:
    """Run a management command, which ends with us.

    Raises: SystemExit when it fails.
    """
    answer = subprocess.run([sys.executable, "-m", "jtrack.child", "manage", *arguments], cwd=ROOT, check=False)
    if answer.returncode:
        raise SystemExit(f"Set-up stopped: manage.py {arguments[0]} failed; its own lines above say why.")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print the step's title, and its seconds once it is done."""
    began = time.monotonic()
    print(f"{title} …", flush=True)
    yield
    print(f"{title}: {time.monotonic() - began:.1f} s", flush=True)
