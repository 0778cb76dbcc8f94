"""Loads the police forces, their areas and the visibility keys of areas."""

from __future__ import annotations

import csv
from pathlib import Path

from access.keys import REVIEW_DESK, load_keys
from access.models import Area, Force, VisibilityKey

REFERENCE = Path(__file__).parent / "reference"
KINDS_PER_AREA = (
    VisibilityKey.Kind.AREA,
    VisibilityKey.Kind.RELEASING,
    VisibilityKey.Kind.DIP,
    VisibilityKey.Kind.CANDIDATE,
)


def load_areas() -> dict[str, int]:
    """Store forces, areas and their keys; safe to repeat. Returns the counts in the files.

    Source: access/reference/police_forces.csv (PNC force codes, the 43 territorial forces of
    England and Wales) and csp_areas.csv (community safety partnerships).
    """
    forces = [
        Force(code=row["code"], name=row["name"])
        for row in _rows("police_forces.csv")
        if row["kind"] == "territorial_ew"
    ]
    areas = [Area(code=row["code"], name=row["name"], force_id=row["force_code"]) for row in _rows("csp_areas.csv")]
    Force.objects.bulk_create(forces, update_conflicts=True, unique_fields=["code"], update_fields=["name"])
    Area.objects.bulk_create(areas, update_conflicts=True, unique_fields=["code"], update_fields=["name", "force"])
    keys = sum(load_keys(kind, (area.code for area in areas)) for kind in KINDS_PER_AREA)
    keys += load_keys(VisibilityKey.Kind.REVIEW, [REVIEW_DESK])
    return {"forces": len(forces), "areas": len(areas), "new_keys": keys}


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
