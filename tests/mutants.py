"""Switches each control of mutants.toml off, one at a time, in a copy of the tree, and expects its tests to fail.

A test that still passes does not watch its control. `python -m tests.mutants [NAME…]` runs all or some.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.figures import figure

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".jtrack", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis"
)
TESTS_FAILED = 1
SECONDS_EACH = 120
SWITCH = "JTRACK_MUTANT"
PLUGIN = "tests.switched_off"


class MutantError(Exception):
    """A change could not be made, or the tests do not pass without one."""


@dataclass(frozen=True)
class Mutant:
    """A control, the change that switches it off and the tests that watch it."""

    name: str
    tests: list[str]
    file: str = ""
    function: str = ""
    edits: list[list[str]] = field(default_factory=list)
    sql: str = ""
    undo: str = ""

    @property
    def switch(self) -> str:
        """What the tests' plugin is told to do to the database."""
        told = {"function": self.function, "edits": self.edits, "sql": self.sql, "undo": self.undo}
        return "" if self.file else json.dumps(told)


def mutants(names: Sequence[str] = ()) -> list[Mutant]:
    """Return the mutants of those names, or all."""
    listed = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text(encoding="utf-8"))
    return [Mutant(name, **entry) for name, entry in listed.items() if not names or name in names]


def survivors(names: Sequence[str] = ()) -> list[str]:
    """Return the names of the mutants that no test noticed, having printed each one's fate.

    Raises: MutantError when the named tests do not pass on the tree as it is.
    """
    chosen = mutants(names)
    with tempfile.TemporaryDirectory(prefix="jtrack-mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
        home = Path(folder) / "home"
        if _tests_exit(tree, home, sorted({test for mutant in chosen for test in mutant.tests})):
            raise MutantError("the tests fail on the tree as it is; mend them first")
        alive = [mutant.name for mutant in chosen if not _is_killed(mutant, tree, home)]
    figure("T-MUTANTS", mutants=len(chosen), killed=len(chosen) - len(alive))
    return alive


def _is_killed(mutant: Mutant, tree: Path, home: Path) -> bool:
    began = time.monotonic()
    with _changed(mutant, tree):
        code = _tests_exit(tree, home, mutant.tests, switch=mutant.switch)
    if code not in {0, TESTS_FAILED}:
        raise MutantError(f"{mutant.name}: the tests could not run, pytest ended with {code}")
    word = "killed" if code else "SURVIVED"
    sys.stdout.write(f"{word} {mutant.name} seconds={time.monotonic() - began:.0f}\n")
    sys.stdout.flush()
    return bool(code)


@contextmanager
def _changed(mutant: Mutant, tree: Path) -> Iterator[None]:
    if not mutant.file:
        yield
        return
    path = tree / mutant.file
    before = text = path.read_text(encoding="utf-8")
    for wanted, instead in mutant.edits:
        if wanted not in text:
            raise MutantError(f"{mutant.name}: {mutant.file} no longer holds the text to change; bring it up to date")
        text = text.replace(wanted, instead)
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


def _tests_exit(tree: Path, home: Path, tests: Sequence[str], *, switch: str = "") -> int:
    """Return pytest's exit code."""
    environment = {**os.environ, "JTRACK_TEST_HOME": str(home), SWITCH: switch, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", PLUGIN, *tests]
    ended = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False, timeout=SECONDS_EACH)
    if ended.returncode and not switch:
        (tree / "last-failure.txt").write_bytes(ended.stdout[-20_000:])
    return ended.returncode


if __name__ == "__main__":
    raise SystemExit(1 if survivors(sys.argv[1:]) else 0)
