"""Rolls that are sent wrong and put right: what the files hold, and that the truth of the rest is untouched."""

from pathlib import Path

import pytest

from feeds.manifest import Manifest
from feeds.training.mistakes import faulty_rolls
from feeds.training.standings import Standing
from feeds.training.truth import read_holdings, read_standings
from feeds.training.world import Calendar
from tests.feeds.training.made_world import CALENDAR, MadeWorld, make_world

CORRECTIONS = 2


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> MadeWorld:
    """A small world with two corrections."""
    calendar = Calendar(CALENDAR.end, 9)
    return make_world(tmp_path_factory.mktemp("mistakes"), seed=3, corrections=CORRECTIONS, calendar=calendar)


def in_order(world: MadeWorld) -> list[Manifest]:
    return sorted(world.manifests("prison_roll"), key=lambda manifest: manifest.sequence)


def lines_of(world: MadeWorld, manifest: Manifest) -> dict[str, list[str]]:
    name = next(
        path
        for path in world.directory.glob("*.manifest.json")
        if Manifest.from_json(path.read_bytes()).sha256 == manifest.sha256
    )
    day_files = world.directory / name.name.replace(".manifest.json", ".age")
    text = world.opened(day_files, manifest).decode()
    rows = (line[1:-1].split('"|"') for line in text.split("\r\n")[:-1])
    return {row[3]: row for row in rows}


def test_a_correction_has_the_next_sequence_and_the_moment_of_the_roll_it_corrects(world: MadeWorld) -> None:
    rolls = in_order(world)
    corrections = [manifest for manifest in rolls if manifest.corrects is not None]

    assert [manifest.sequence for manifest in rolls] == list(range(1, 9 + CORRECTIONS + 1))
    assert len(corrections) == CORRECTIONS
    for correction in corrections:
        (wrong,) = [manifest for manifest in rolls if manifest.sequence == correction.corrects]
        assert correction.sequence == wrong.sequence + 1
        assert correction.extract_at == wrong.extract_at


def test_the_wrong_roll_differs_where_the_truth_says_and_nowhere_else(world: MadeWorld) -> None:
    mistaken = {(one.file, one.prison_number) for one in standings(world) if one.is_mistaken}
    rolls = {manifest.sequence: lines_of(world, manifest) for manifest in in_order(world)}
    found = {
        (manifest.corrects, number)
        for manifest in in_order(world)
        if manifest.corrects is not None
        for number, row in rolls[manifest.sequence].items()
        if rolls[manifest.corrects].get(number) != row
    }

    assert found == mistaken
    assert any(number not in rolls[sequence] for sequence, number in mistaken)


def test_what_a_wrong_roll_told_is_in_the_truth_and_not_observable(world: MadeWorld) -> None:
    false = [event for event in world.truth() if event.mistaken_file is not None]
    wrong = {manifest.corrects for manifest in in_order(world)} - {None}

    assert {event.mistaken_file for event in false} == wrong
    assert {event.kind for event in false} == {"transferred", "release_date_changed", "missing_from_feed"}
    assert not any(event.observable for event in false)
    assert {event.why_not for event in false} == {"corrected"}


def test_who_stands_where_is_told_of_everybody_whom_an_area_holds(world: MadeWorld) -> None:
    held = {one.prison_number for one in read_holdings(world.directory / "truth.age", world.identity)}
    told = {one.prison_number for one in standings(world)}

    assert told
    assert told <= held


def test_standings_say_what_the_rolls_say(world: MadeWorld) -> None:
    rolls = {manifest.sequence: lines_of(world, manifest) for manifest in in_order(world)}

    for one in standings(world):
        row = rolls[one.file].get(one.prison_number)
        assert (row is None) == (not one.status)
        if row is not None:
            assert (row[23], row[5]) == (one.status, one.booking)
            assert row[2] in (one.prison, "TRN")
            assert not one.operative or f"{one.operative:%d/%m/%Y}" in row
            assert not one.postcode or one.postcode in row[78:85]


@pytest.mark.parametrize(
    ("days", "corrections", "expected"),
    [
        pytest.param(9, 2, {3, 6}, id="spread over the days"),
        pytest.param(2, 1, {1}, id="never the first"),
        pytest.param(1, 1, set(), id="no second day"),
        pytest.param(9, 0, set(), id="none asked for"),
    ],
)
def test_which_rolls_are_sent_wrong(days: int, corrections: int, expected: set[int]) -> None:
    assert faulty_rolls(days, corrections) == expected


def test_corrections_come_again_for_the_same_seed(tmp_path: Path, world: MadeWorld) -> None:
    calendar = Calendar(CALENDAR.end, 9)
    again = make_world(tmp_path, seed=3, corrections=CORRECTIONS, calendar=calendar)

    assert [m.sha256 for m in in_order(again)] == [m.sha256 for m in in_order(world)]
    assert again.truth() == world.truth()


def standings(world: MadeWorld) -> list[Standing]:
    """Return what the truth file says of each roll."""
    return list(read_standings(world.directory / "truth.age", world.identity))
