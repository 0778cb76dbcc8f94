"""Marks of finished set-up steps: a small file that says for which state of the sources the step was done."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mark:
    """A step's mark; it stands while the sources are those it was set for."""

    path: Path
    sources: str = "done"

    def stands(self) -> bool:
        """Return whether the step is done."""
        return self.path.is_file() and self.path.read_text(encoding="ascii") == self.sources

    def set(self) -> None:
        """Say that the step is done; the mark appears whole or not at all."""
        unfinished = self.path.with_suffix(".new")
        unfinished.write_text(self.sources, encoding="ascii")
        unfinished.replace(self.path)


def hash_of(root: Path, patterns: Iterable[str]) -> str:
    """Return one hash of all files below the root that match, names and contents."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
