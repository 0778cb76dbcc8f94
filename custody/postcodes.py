"""Find the postcode district of an address and the areas that somebody is released to."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

MAIN_SHARE_PERCENT = 80
NOTABLE_SHARE_PERCENT = 20
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)(?:[0-9][A-Z]{2})?")
# Codes that stand for having no address; the last is the health service's.
NO_FIXED_ABODE = frozenset({"NF11NF", "NF11FA", "ZZ993VZ", "NFA", "NOFIXEDABODE"})


@dataclass(frozen=True)
class DistrictShare:
    """How much of a postcode district lies in one area; `area` is empty outside England and Wales."""

    area: str
    force: str
    percent: int


def is_no_fixed_abode(postcode: str) -> bool:
    """Say whether what stands in the place of a postcode means that the person has no fixed address."""
    return _squeezed(postcode) in NO_FIXED_ABODE


def district_of(postcode: str) -> str | None:
    """Return the district (`LS8`) of a postcode or of a district alone; None for anything else.

    Source: architecture.md 3, the releasing-to key: no postcode or no fixed abode gives none.
    """
    match = POSTCODE.fullmatch(_squeezed(postcode))
    return None if match is None or is_no_fixed_abode(postcode) else match.group(1)


def releasing_to_areas(
    shares: Iterable[DistrictShare], *, areas_of_force: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Return the codes of the areas to which somebody with an address in the district is released.

    The one area with the main share of the district; else every area with a notable share; else all
    areas of the one force with the main share; else those of every force with a notable share.
    Source: architecture.md 3; feeds.md 10, ruling 19.
    """
    shares = tuple(shares)
    by_area = _totals((share.area, share.percent) for share in shares if share.area)
    by_force = _totals((share.force, share.percent) for share in shares)
    areas = _at_least(MAIN_SHARE_PERCENT, by_area) or _at_least(NOTABLE_SHARE_PERCENT, by_area)
    if areas:
        return areas
    forces = _at_least(MAIN_SHARE_PERCENT, by_force) or _at_least(NOTABLE_SHARE_PERCENT, by_force)
    return frozenset(area for force in forces for area in areas_of_force.get(force, ()))


def _totals(amounts: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    totals: dict[str, int] = {}
    for code, percent in amounts:
        totals[code] = totals.get(code, 0) + percent
    return MappingProxyType(totals)


def _at_least(percent: int, totals: Mapping[str, int]) -> frozenset[str]:
    return frozenset(code for code, total in totals.items() if total >= percent)


def _squeezed(postcode: str) -> str:
    return "".join(postcode.upper().split())
