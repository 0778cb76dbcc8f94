"""The forces, areas, postcode districts and prisons in which the invented people live."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final

import access
import custody
from feeds.training.words import listed

ALL_FORCES: Final = 43
LEEDS: Final = "00DA"
# The 43 forces from West Yorkshire outwards, region by region: a smaller world takes fewer of them.
FORCES_BY_REGION: Final[Mapping[str, tuple[str, ...]]] = {
    "Yorkshire": ("13", "12", "14", "16"),
    "North West": ("06", "04", "05", "07", "03"),
    "North East": ("11", "17", "10"),
    "East Midlands": ("31", "30", "33", "32", "34"),
    "West Midlands": ("20", "21", "22", "23"),
    "London": ("01", "48"),
    "East": ("35", "42", "40", "41", "36", "37"),
    "South East": ("43", "44", "45", "46", "47"),
    "South West": ("52", "50", "53", "54", "55"),
    "Wales": ("62", "61", "60", "63"),
}
REGION_OF_FORCE: Final = {force: region for region, forces in FORCES_BY_REGION.items() for force in forces}
# Prisons that take people straight from court, and open ones, by common knowledge: the register does not say.
RECEPTION_PRISONS: Final = frozenset(
    listed("""ACI BFI BLI BMI BNI BZI CDI CFI DMI DNI EWI EXI EYI FBI FHI FMI HEI HLI HOI LCI LEI LII LNI LPI LWI
    NHI NMI NWI PBI PFI PNI PRI PVI STI SWI TSI WCI WHI WSI WWI MRI BAI DWI""")
)
OPEN_PRISONS: Final = frozenset(listed("AGI EHI ESI FDI HBI HDI HVI KMI KVI LYI NSI SPI SUI TCI UPI"))
UNDER_AGE_AND_OTHER_TYPES: Final = frozenset({"YCS", "STC", "IRC"})
HOME_REGION_SHARE: Final = 0.82


@dataclass(frozen=True)
class Area:
    """One of the 376 areas, with its postcode districts and the running sums of their shares."""

    code: str
    name: str
    force: str
    region: str
    districts: tuple[str, ...]
    district_sums: tuple[int, ...]

    def pick_district(self, rng: Random) -> str:
        """Return one of the area's postcode districts, by how much of it lies here."""
        return rng.choices(self.districts, cum_weights=self.district_sums)[0]


@dataclass(frozen=True)
class Prison:
    """One establishment for adults."""

    code: str
    name: str
    region: str
    sex: str
    is_reception: bool
    is_open: bool


class Prisons:
    """The active adult establishments, chosen from by sex, region and purpose."""

    def __init__(self, prisons: tuple[Prison, ...]) -> None:
        self.by_code = {prison.code: prison for prison in prisons}
        self._all = prisons
        self._pools: dict[tuple[str, str, str], list[Prison]] = {}

    def pick(self, rng: Random, *, sex: str, region: str, purpose: str, other_than: str = "") -> Prison:
        """Return a prison, mostly of the region. ``purpose``: reception, training or open."""
        near = region if rng.random() < HOME_REGION_SHARE else ""
        for where in (near, ""):
            pool = [prison for prison in self._pool(sex, where, purpose) if prison.code != other_than]
            if pool:
                return rng.choice(pool)
        raise LookupError(f"no {purpose} prison for sex {sex} in the register")

    def _pool(self, sex: str, region: str, purpose: str) -> list[Prison]:
        key = (sex, region, purpose)
        if key not in self._pools:
            self._pools[key] = [
                prison
                for prison in self._all
                if prison.sex == sex and region in ("", prison.region) and _serves(prison, purpose)
            ]
        return self._pools[key]


def areas() -> dict[str, Area]:
    """Return the 376 areas by code.

    An area that no district names shares the districts that its force has left over: counties that have
    become one council since are known by force only.
    Source: access/reference/csp_areas.csv, custody/reference/postcode_districts.csv.
    """
    of_area: dict[str, list[tuple[str, int]]] = defaultdict(list)
    of_force: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in _district_rows():
        share = (row["postcode_district"], int(row["percent"]))
        of_force[row["force_code"]].append(share)
        of_area[row["csp_code"] or f"force {row['force_code']}"].append(share)
    found = (
        _area(row, of_area[row["code"]] or of_area[f"force {row['force_code']}"] or of_force[row["force_code"]])
        for row in _rows(access.__path__[0], "csp_areas.csv")
    )
    return {area.code: area for area in found}


def chosen_forces(scale: float) -> tuple[str, ...]:
    """Return the forces of a world of this scale, West Yorkshire first; at least one."""
    in_order = [force for forces in FORCES_BY_REGION.values() for force in forces]
    return tuple(in_order[: max(1, min(ALL_FORCES, round(ALL_FORCES * scale)))])


def prisons() -> Prisons:
    """Return the establishments that hold adults today.

    Source: custody/reference/prisons.csv.
    """
    region_of_district = {
        row["postcode_district"]: REGION_OF_FORCE.get(row["force_code"], "") for row in _district_rows()
    }
    return Prisons(
        tuple(
            _prison(row, region_of_district.get(row["postcode"].split(" ")[0], ""))
            for row in _rows(custody.__path__[0], "prisons.csv")
            if row["active"] == "true" and not UNDER_AGE_AND_OTHER_TYPES & set(row["types"].split("|"))
        )
    )


def _area(row: Mapping[str, str], shares: list[tuple[str, int]]) -> Area:
    return Area(
        code=row["code"],
        name=row["name"],
        force=row["force_code"],
        region=REGION_OF_FORCE[row["force_code"]],
        districts=tuple(district for district, _ in shares),
        district_sums=tuple(accumulate(percent for _, percent in shares)),
    )


def _prison(row: Mapping[str, str], region: str) -> Prison:
    return Prison(
        code=row["prison_id"],
        name=row["name"],
        region=region,
        sex="F" if row["female"] == "true" else "M",
        is_reception=row["prison_id"] in RECEPTION_PRISONS,
        is_open=row["prison_id"] in OPEN_PRISONS,
    )


def _serves(prison: Prison, purpose: str) -> bool:
    if purpose == "reception":
        return prison.is_reception
    if purpose == "open":
        return prison.is_open
    return not prison.is_open and (prison.sex == "F" or not prison.is_reception)


def _district_rows() -> Iterator[dict[str, str]]:
    return _rows(custody.__path__[0], "postcode_districts.csv")


def _rows(package: str, name: str) -> Iterator[dict[str, str]]:
    with (Path(package) / "reference" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
