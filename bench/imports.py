"""Imports at national size beside the floor of `bench.floor` and beside django-import-export.

A world of a tenth of the country first, then the whole: what ten times the rows do to each of them. Both are imported
as a site would: the PPO list, then the first roll with everybody tracked from the start, then the next day's roll.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from bench import apart, world
from bench.measure import Figure

TENTH: Final = 0.1
WHOLE: Final = 1.0
FLOOR: Final = "the floor: cut, seal, insert"
USUAL: Final = "django-import-export, 8,800 rows"
LIMIT: Final = "the aim"
MOST_MEGABYTES: Final = 600.0
MICROSECONDS: Final = 1e6
BUT_LAST: Final = "whole-but-last"
NAMES: Final = ("PPO list", "first national roll", "next day's roll")
Told = dict[str, Any]


def figures() -> Iterable[Figure]:
    """Return seconds, rows a second and peak memory of each import, and what ten times the rows cost per row."""
    tenth = _imports(TENTH)
    whole = _imports(WHOLE)
    for name, ours, floor in whole:
        yield from _beside_floor(name, ours, floor)
    yield from _beside_usual(whole)
    for (name, small, _), (_, large, _) in zip(tenth, whole, strict=True):
        yield _growth(f"{name}, a row at ten times the rows", small, large)
        yield Figure(f"{name}, peak memory at a tenth", small["megabytes"], "MB", rows=small["rows"])
    for name, small, large in _growth_of_floor(tenth, whole):
        yield _growth(name, small, large)
    yield from _parts(whole)


def _imports(scale: float) -> list[tuple[str, Told, Told]]:
    """Import a world of that size; return each file's effort and the floor's for the same file."""
    site = world.current()
    site.start_empty(scale)
    found = []
    for name, file in zip(NAMES, site.files(scale), strict=True):
        world.say(f"{name} at scale {scale:g}")
        if name == NAMES[-1] and scale == WHOLE:
            site.keep(BUT_LAST)
        ours: Told = apart.call("bench.importing:publish", str(file))
        found.append((name, ours, _floor(file)))
    site.keep(world.imported_name(scale))
    return found


def import_whole_but_last(site: world.World) -> None:
    """Let the database hold the whole country up to the first roll; it is imported unless a part before has done so."""
    if not site.has(BUT_LAST):
        site.start_empty(WHOLE)
        for name, file in zip(NAMES[:-1], site.files(WHOLE), strict=False):
            world.say(f"{name} at scale {WHOLE:g}")
            apart.call("bench.importing:publish", str(file))
        site.keep(BUT_LAST)
    site.bring_back(BUT_LAST)


def _floor(file: Path) -> Told:
    """The better of two, measured right behind ours: the machine may be busier now than it was then."""
    both: list[Told] = [apart.call("bench.floor:floor", str(file)) for _ in range(2)]
    return min(both, key=lambda told: told["seconds"])


def _beside_floor(name: str, ours: Told, floor: Told) -> Iterator[Figure]:
    rows = ours["rows"]
    yield Figure(name, ours["seconds"], "s", FLOOR, floor["seconds"], rows)
    yield Figure(f"{name}, rows", rows / ours["seconds"], "rows/s", FLOOR, rows / floor["seconds"], rows)
    yield Figure(f"{name}, computing", _computing(ours), "s", FLOOR, _computing(floor), rows)
    yield Figure(f"{name}, peak memory", ours["megabytes"], "MB", LIMIT, MOST_MEGABYTES, rows)


def _computing(told: Told) -> float:
    """Seconds of computing by the importing process and its database session, however busy the machine is otherwise."""
    return float(told["computing"] + told["database"])


def _beside_usual(whole: list[tuple[str, Told, Told]]) -> Iterator[Figure]:
    files = world.current().files(WHOLE)
    world.say("django-import-export")
    usual: Told = apart.call("bench.usual:usual", str(files[1]))
    pace = usual["rows"] / usual["seconds"]
    for name, ours, _ in whole:
        yield Figure(
            f"{name}, beside the usual package", ours["rows"] / ours["seconds"], "rows/s", USUAL, pace, ours["rows"]
        )


def _growth(name: str, small: Told, large: Told) -> Figure:
    each, peer = (_computing(told) / told["rows"] * MICROSECONDS for told in (large, small))
    return Figure(name, each, "µs", f"at {small['rows']:,} rows", peer, large["rows"])


def _growth_of_floor(
    tenth: list[tuple[str, Told, Told]], whole: list[tuple[str, Told, Told]]
) -> Iterator[tuple[str, Told, Told]]:
    for (name, _, small), (_, _, large) in zip(tenth, whole, strict=True):
        yield f"the floor of {name}, a row at ten times the rows", small, large


def _parts(whole: list[tuple[str, Told, Told]]) -> Iterator[Figure]:
    for name, ours, _ in whole:
        for step, seconds in ours["steps"]:
            yield Figure(f"{name}: {step[0].lower()}{step[1:]}", seconds, "s", rows=ours["rows"])
