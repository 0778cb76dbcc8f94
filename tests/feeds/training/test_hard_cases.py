"""The hard cases that the training data promises stand in the files: they are found there, not in the plan."""

from datetime import date
from pathlib import Path

import pytest

from feeds.training.hard_cases import CASES
from feeds.training.truth import HardCase
from feeds.training.world import Calendar
from tests.feeds.training.cases_in_files import Searched, search
from tests.feeds.training.made_world import MadeWorld, make_world
from tests.figures import figure

# Ten days with the August bank holiday and the weekend before it.
TEN_DAYS = Calendar(end=date(2026, 9, 3), days=10)
SMALL_SCALE = 0.02
FEWEST_AT_SCALE_1 = 100
BY_REFERENCE = frozenset(
    {"typing_errors_to_review", "twins", "fathers_and_sons", "dummy_identifiers", "pnc_of_somebody_else"}
)


@pytest.fixture(scope="module")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> MadeWorld:
    """A small world over a bank holiday."""
    return make_world(tmp_path_factory.mktemp("cases"), seed=7, scale=SMALL_SCALE, calendar=TEN_DAYS)


@pytest.fixture(scope="module")
def searched(small_world: MadeWorld) -> Searched:
    """What its files hold."""
    return search(small_world)


@pytest.mark.parametrize("case", [case for case in CASES if case != "in_and_out_between_files"])
def test_each_hard_case_is_found_in_the_files(small_world: MadeWorld, searched: Searched, case: str) -> None:
    promised = [found for found in small_world.hard_cases() if found.case == case]

    assert len(promised) >= FEWEST_AT_SCALE_1 * SMALL_SCALE
    assert not_found(promised, searched) == []
    assert small_world.written.hard_cases[case] == len(promised)


def test_who_came_and_went_between_two_files_stands_in_neither_and_under_no_booking(
    small_world: MadeWorld, searched: Searched
) -> None:
    promised = [found for found in small_world.hard_cases() if found.case == "in_and_out_between_files"]

    assert len(promised) >= FEWEST_AT_SCALE_1 * SMALL_SCALE
    assert traces(promised, searched) == []
    assert {found.ppo_reference for found in promised} <= searched.references
    # Some come again, and then the file names the stay among the earlier ones.
    assert any(found.booking in searched.past_bookings for found in promised)


def test_without_a_day_between_two_rolls_nothing_can_happen_there(tmp_path: Path) -> None:
    world = make_world(tmp_path, calendar=Calendar(TEN_DAYS.end, 1))

    assert world.written.hard_cases["two_moves_in_a_day"] == 0
    assert world.written.hard_cases["twins"] > 0


@pytest.mark.drill
def test_a_national_world_holds_a_hundred_of_each(tmp_path: Path) -> None:
    world = make_world(tmp_path, seed=7, scale=1, calendar=TEN_DAYS)
    promised, searched = world.hard_cases(), search(world)

    for case in CASES:
        figure("HARD", case=case, count=world.written.hard_cases[case], scale=1, seed=7, days=TEN_DAYS.days)
    assert not_found([case for case in promised if case.case != "in_and_out_between_files"], searched) == []
    assert traces([case for case in promised if case.case == "in_and_out_between_files"], searched) == []
    assert [case for case in CASES if world.written.hard_cases[case] < FEWEST_AT_SCALE_1] == []


def not_found(promised: list[HardCase], searched: Searched) -> list[HardCase]:
    """Return those that the files do not bear out."""
    return [case for case in promised if _where(case) not in searched.cases[case.case]]


def traces(promised: list[HardCase], searched: Searched) -> list[HardCase]:
    """Return those of which a roll before, after or at any time says that the person was inside on that stay."""
    bookings = {booking for roll in searched.bookings.values() for booking in roll.values()}
    return [case for case in promised if case.booking in bookings or _stands_beside(case, searched)]


def _stands_beside(case: HardCase, searched: Searched) -> bool:
    assert case.file is not None
    return any(case.prison_number in searched.bookings[roll] for roll in (case.file - 1, case.file))


def _where(case: HardCase) -> str:
    return case.ppo_reference if case.case in BY_REFERENCE else case.prison_number
