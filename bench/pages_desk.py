"""The alerts inbox and the release calendar beside their bare twins, as `bench.pages` measures the other pages."""

from collections.abc import Iterator

from bench import apart
from bench.measure import Figure
from bench.pages import TWIN, start_national
from bench.world import current, say


def figures() -> Iterator[Figure]:
    """Yield milliseconds of each page beside its twin's, in a country of 11,000 people."""
    start_national(current())
    say("pages of the desk at national size")
    for timed in apart.call("bench.page_timing:measured", "desk", process="web"):
        name = f"{timed['page']} page, {timed['people']} people"
        yield Figure(name, timed["ours"], "ms", TWIN, timed["twin"], timed["people"])
