"""Run every test in three processes beside each other, on two cores.

A good part of the time goes into waiting for real servers, workers and browsers.
Each process takes a test installation of its own (tests.cluster); the first one's
output is shown as it comes, that of the others when they have ended.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

ROOT: Final = Path(__file__).resolve().parent.parent
BESIDE: Final = (("tests/browser", "tests/jtrack"), ("tests/faults", "tests/journeys"))


def main() -> int:
    """Run all parts and return 0 only when all passed."""
    with ExitStack() as stack:
        parts = [_begin(folders, stack) for folders in BESIDE]
        others = [f"--ignore={folder}" for folders in BESIDE for folder in folders]
        code = subprocess.call([*_pytest(), "tests", *others], cwd=ROOT)
        for part, kept in parts:
            code = part.wait() or code
            kept.seek(0)
            sys.stdout.write(kept.read())
    return code


def _begin(folders: tuple[str, ...], stack: ExitStack) -> tuple["subprocess.Popen[bytes]", IO[str]]:
    kept = stack.enter_context(tempfile.TemporaryFile("w+"))
    part = subprocess.Popen([*_pytest(), *folders], cwd=ROOT, stdout=kept, stderr=subprocess.STDOUT)
    stack.callback(part.terminate)
    return part, kept


def _pytest() -> list[str]:
    return [sys.executable, "-m", "pytest", *sys.argv[1:]]


if __name__ == "__main__":
    sys.exit(main())
