"""Keep the register of establishments and the other reference tables of custody."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from access.keys import load_keys
from access.models import Area, VisibilityKey
from custody.models import Establishment, MovementReason, PostcodeDistrict
from custody.postcodes import DistrictShare, releasing_to_areas

REFERENCE = Path(__file__).parent / "reference"
KIND_OF_ESTABLISHMENT = re.compile(r" *(\([^)]*\)|Immigration Removal Centre)$")
YOUNG_OFFENDERS_ONLY = re.compile(r"\(HMYOI\)$", re.IGNORECASE)
BATCH_SIZE = 1000


def load_establishments() -> int:
    """Store the prison register, closed prisons included, with a key each; safe to repeat. Returns the count.

    Source: custody/reference/prisons.csv.
    """
    rows = _rows("prisons.csv")
    short = short_names({row["prison_id"]: row["name"] for row in rows})
    Establishment.objects.bulk_create(
        [
            Establishment(
                code=row["prison_id"],
                name=row["name"],
                short_name=short[row["prison_id"]],
                town=row["town"],
                active=row["active"] == "true",
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "short_name", "town", "active"],
    )
    load_keys(VisibilityKey.Kind.ESTABLISHMENT, (row["prison_id"] for row in rows))
    return len(rows)


def load_movement_reasons() -> int:
    """Store the reason codes of movements, withdrawn ones included; safe to repeat. Returns the count.

    Source: custody/reference/movement_reasons.csv; a few reasons belong to no movement type.
    """
    rows = _rows("movement_reasons.csv")
    MovementReason.objects.bulk_create(
        [
            MovementReason(
                movement_type=row["movement_type"],
                code=row["reason_code"],
                description=row["description"],
                active=row["active"] == "Y",
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["movement_type", "code"],
        update_fields=["description", "active"],
    )
    return len(rows)


def load_postcode_districts() -> int:
    """Store the areas that each postcode district releases to; safe to repeat. Returns the count.

    Needs the areas of `access`. A district none of whose areas is known is left out.
    Source: custody/reference/postcode_districts.csv; feeds.md 10, ruling 19.
    """
    areas_of_force = _areas_of_force()
    resolved = {
        district: releasing_to_areas(shares, areas_of_force=areas_of_force)
        for district, shares in district_shares().items()
    }
    districts = [
        PostcodeDistrict(district=district, area_codes=sorted(areas)) for district, areas in resolved.items() if areas
    ]
    PostcodeDistrict.objects.bulk_create(
        districts,
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["district"],
        update_fields=["area_codes"],
    )
    return len(districts)


def district_shares() -> dict[str, list[DistrictShare]]:
    """Return for each postcode district of the reference file how it is shared between areas."""
    rows = sorted(_rows("postcode_districts.csv"), key=itemgetter("postcode_district"))
    return {
        district: [
            DistrictShare(area=row["csp_code"], force=row["force_code"], percent=int(row["percent"])) for row in shares
        ]
        for district, shares in groupby(rows, key=itemgetter("postcode_district"))
    }


def short_names(register: Mapping[str, str]) -> dict[str, str]:
    """Return the name that pages show for each code: `Leeds (HMP)` is `Leeds`.

    Where two establishments share a site, the one for young offenders alone says so: `Feltham YOI`.
    """
    bare = {code: KIND_OF_ESTABLISHMENT.sub("", name) for code, name in register.items()}
    times = Counter(bare.values())
    return {
        code: _short_name(name, register_name=register[code], is_shared=times[name] > 1) for code, name in bare.items()
    }


def _short_name(name: str, *, register_name: str, is_shared: bool) -> str:
    suffix = " YOI" if is_shared and YOUNG_OFFENDERS_ONLY.search(register_name) else ""
    return name.replace(" Of ", " of ") + suffix


def _areas_of_force() -> Mapping[str, Collection[str]]:
    areas: defaultdict[str, list[str]] = defaultdict(list)
    for code, force in Area.objects.values_list("code", "force_id"):
        areas[force].append(code)
    return areas


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
