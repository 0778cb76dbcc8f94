"""Which areas a postcode leads to, read from the table of districts without the service's own code."""

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final

import access
import custody

MAIN_PERCENT: Final = 80
NOTABLE_PERCENT: Final = 20


def areas_by_postcode() -> Callable[[str], frozenset[str]]:
    """Return what tells the areas of a postcode such as `LS8 1AB`.

    The area with four fifths of the district, else each with a fifth; else all areas of the force with four
    fifths, else those of each force with a fifth. Source: feeds.md 10, ruling 19.
    """
    of_area: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    of_force: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in _rows(custody.__path__[0], "postcode_districts.csv"):
        district, percent = row["postcode_district"], int(row["percent"])
        of_force[district][row["force_code"]] += percent
        if row["csp_code"]:
            of_area[district][row["csp_code"]] += percent
    areas: dict[str, list[str]] = defaultdict(list)
    for row in _rows(access.__path__[0], "csp_areas.csv"):
        areas[row["force_code"]].append(row["code"])

    def areas_of(postcode: str) -> frozenset[str]:
        district = postcode.split(" ", maxsplit=1)[0]
        found = _largest(of_area[district])
        return found or frozenset(area for force in _largest(of_force[district]) for area in areas[force])

    return areas_of


def _largest(shares: dict[str, int]) -> frozenset[str]:
    main = {code for code, percent in shares.items() if percent >= MAIN_PERCENT}
    return frozenset(main or {code for code, percent in shares.items() if percent >= NOTABLE_PERCENT})


def _rows(package: str, name: str) -> list[dict[str, str]]:
    with (Path(package) / "reference" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
