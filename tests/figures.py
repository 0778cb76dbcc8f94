"""Keeps the figures that tests measure: one line each in `.jtrack/figures.txt`."""

import sys
from pathlib import Path

FIGURES = Path(__file__).resolve().parent.parent / ".jtrack" / "figures.txt"


def figure(name: str, **values: object) -> None:
    """Print a line of figures and keep it."""
    line = " ".join([name, *(f"{key}={value}" for key, value in values.items())])
    sys.stdout.write(line + "\n")
    FIGURES.parent.mkdir(mode=0o700, exist_ok=True)
    with FIGURES.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
