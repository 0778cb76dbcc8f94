"""One block is one person due out, on its day, the surest lowest."""

from datetime import date, timedelta

import pytest

from custody.due_out import CELL, COLUMN, GUTTER, Leaving, in_window, week_grid, wide_strip

TODAY = date(2026, 11, 22)


def leaving(days: int, certainty: str = "calculated", initials: str = "AB") -> Leaving:
    return Leaving(TODAY + timedelta(days=days), certainty, initials)


@pytest.mark.parametrize(
    ("days", "is_shown"),
    [
        pytest.param(-1, False, id="yesterday"),
        pytest.param(0, True, id="today"),
        pytest.param(27, True, id="last day of four weeks"),
        pytest.param(28, False, id="the day after"),
    ],
)
def test_the_window_is_today_and_27_days_more(days: int, *, is_shown: bool) -> None:
    assert bool(in_window([leaving(days)], today=TODAY)) is is_shown


def test_one_block_stands_for_one_person() -> None:
    people = [leaving(1), leaving(1), leaving(4), leaving(30)]

    strip = wide_strip(people, today=TODAY)

    assert [len(day.blocks) for day in strip.days if day.blocks] == [2, 1]
    assert strip.total == 3


def test_the_surest_stands_lowest() -> None:
    people = [leaving(2, "eligible", "EE"), leaving(2, "confirmed", "CC"), leaving(2, "approved", "AA")]

    blocks = wide_strip(people, today=TODAY).days[2].blocks

    assert [b.initials for b in sorted(blocks, key=lambda b: -b.y)] == ["CC", "AA", "EE"]


def test_days_stand_side_by_side_in_order() -> None:
    strip = wide_strip([], today=TODAY)

    assert [day.x for day in strip.days] == [GUTTER + number * COLUMN for number in range(28)]
    assert strip.days[0].weekday == "Today"


def test_a_high_stack_makes_the_strip_higher_and_stays_inside_it() -> None:
    strip = wide_strip([leaving(3) for _ in range(9)], today=TODAY)

    assert min(block.y for block in strip.days[3].blocks) >= 0
    assert strip.height > wide_strip([], today=TODAY).height


def test_counts_by_certainty_add_up_to_all() -> None:
    people = [leaving(1, "confirmed"), leaving(2, "confirmed"), leaving(3, "eligible"), leaving(99, "approved")]

    strip = wide_strip(people, today=TODAY)

    assert strip.counts == (("confirmed", 2), ("eligible", 1))
    assert sum(count for _, count in strip.counts) == strip.total


def test_a_phone_shows_four_weeks_of_seven() -> None:
    days = week_grid([leaving(8)], today=TODAY).days

    assert (days[7].x, days[7].y) == (0, days[0].y + 84)
    assert days[8].x == CELL
    assert len(days[8].blocks) == 1


def test_a_phone_says_how_many_it_could_not_draw() -> None:
    day = week_grid([leaving(1) for _ in range(5)], today=TODAY).days[1]

    assert (len(day.blocks), day.unshown) == (3, 2)


@pytest.mark.parametrize(
    ("count", "spoken"),
    [
        pytest.param(1, "Monday 23 November: 1 person due out", id="one"),
        pytest.param(2, "Monday 23 November: 2 people due out", id="two"),
    ],
)
def test_a_day_is_spoken_in_full(count: int, spoken: str) -> None:
    strip = wide_strip([leaving(1) for _ in range(count)], today=TODAY)

    assert strip.days[1].spoken == spoken


def test_weekends_are_known() -> None:
    strip = wide_strip([], today=TODAY)

    assert [day.day.day for day in strip.days[:8] if day.is_weekend] == [22, 28, 29]
