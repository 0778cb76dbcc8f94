"""Run every test in two processes beside each other, one for each of two cores.

Half of the time goes into waiting for real servers, workers and browsers. Each
process takes a test installation of its own (tests.cluster); the first one's
output is shown as it comes, the second one's when it has ended.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
WAITING: Final = ("tests/browser", "tests/faults", "tests/journeys", "tests/jtrack")


def main() -> int:
    """Run both halves and return 0 only when both passed."""
    with tempfile.TemporaryFile("w+") as kept:
        beside = subprocess.Popen([*_pytest(), *WAITING], cwd=ROOT, stdout=kept, stderr=subprocess.STDOUT)
        try:
            others = [f"--ignore={folder}" for folder in WAITING]
            code = subprocess.call([*_pytest(), "tests", *others], cwd=ROOT)
            beside_code = beside.wait()
        finally:
            beside.terminate()
        kept.seek(0)
        sys.stdout.write(kept.read())
    return code or beside_code


def _pytest() -> list[str]:
    return [sys.executable, "-m", "pytest", *sys.argv[1:]]


if __name__ == "__main__":
    sys.exit(main())
