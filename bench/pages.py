"""The pages beside their bare twins, and what ten times the people in the country do to them.

The twin: the same views, templates and rows, from plain tables of nothing but the caseload, behind no session, gate or
audit, in the same process and in turn with ours. What is left between the two is what keeping people's data safe costs.
"""

from collections.abc import Iterator
from typing import Any, Final

from bench import apart
from bench.measure import Figure
from bench.world import EMPTY, World, current, say

NATIONAL: Final = "pages-national"
TENFOLD: Final = 10
TWIN: Final = "bare twin"


def figures() -> Iterator[Figure]:
    """Yield milliseconds of each page beside its twin's, then how that ratio grows with ten times the people."""
    world = current()
    start_national(world)
    say("pages at national size")
    before = apart.call("bench.page_timing:measured", process="web")
    for timed in before:
        yield Figure(_name(timed), timed["ours"], "ms", TWIN, timed["twin"], timed["people"])
    say("ten times the country")
    people = apart.call("bench.crowd:grow", TENFOLD)
    after = apart.call("bench.page_timing:measured", process="web")
    for once, tenfold in zip(before, after, strict=True):
        # Both as multiples of the twin, whose rows stayed the same: the machine's other work then cancels out.
        grown, first = (timed["ours"] / timed["twin"] for timed in (tenfold, once))
        yield Figure(f"growth to {people:,} people: {_name(once)}", grown, "twins", "at 11,000", first, people)


def start_national(world: World) -> None:
    """Let the database hold two caseloads, also in the open, in a country of 11,000 people; made once a run."""
    if not world.has(NATIONAL):
        say("11,000 people for the pages")
        world.bring_back(EMPTY)
        apart.call("bench.page_world:build")
        apart.call("bench.crowd:grow", 1)
        world.keep(NATIONAL)
    world.bring_back(NATIONAL)


def _name(timed: dict[str, Any]) -> str:
    people = f", {timed['people']} people" if timed["people"] > 1 else ""
    return f"{timed['page']} page{people}"
