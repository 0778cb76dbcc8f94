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
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BESIDE: Final = (("tests/browser", "tests/jtrack"), ("tests/faults", "tests/journeys", "tests/rules"))


def main() -> int:
    """Run all parts and return 0 only when all passed."""
    with tempfile.TemporaryDirectory() as kept, ExitStack() as stack:
        parts = [_begin(folders, Path(kept, str(number)), stack) for number, folders in enumerate(BESIDE)]
        others = [f"--ignore={folder}" for folders in BESIDE for folder in folders]
        code = subprocess.call([*_pytest(), "tests", *others], cwd=ROOT)
        for number, part in enumerate(parts):
            code = part.wait() or code
            sys.stdout.write(Path(kept, str(number)).read_text(encoding="utf-8"))
    return code


def _begin(folders: tuple[str, ...], output: Path, stack: ExitStack) -> "subprocess.Popen[bytes]":
    with output.open("wb") as kept:
        part = subprocess.Popen([*_pytest(), *folders], cwd=ROOT, stdout=kept, stderr=subprocess.STDOUT)
    stack.callback(part.terminate)
    return part


def _pytest() -> list[str]:
    return [sys.executable, "-m", "pytest", *sys.argv[1:]]


if __name__ == "__main__":
    sys.exit(main())
