"""The bars of a statement are to scale, and what is tiny is magnified in the next."""

from typing import Any

import pytest

from feeds.bars import WIDTH, rows_drawing, steps_drawing


def statement(unchanged: int, changed: int, entered: int, quarantined: int = 0, doubled: int = 0) -> dict[str, Any]:
    return {
        "unchanged": unchanged,
        "changed_people": changed,
        "new_people": entered,
        "quarantined": quarantined,
        "duplicates": doubled,
    }


def widths(counts: dict[str, Any], css: str) -> list[float]:
    return [s.width for s in rows_drawing(counts).shapes if s.tag == "rect" and s.css == css]


def test_parts_are_as_wide_as_their_share() -> None:
    assert widths(statement(60, 40, 0), "f-unchanged") == [pytest.approx(WIDTH * 0.6, abs=0.1)]


@pytest.mark.parametrize(
    ("counts", "times_drawn"),
    [
        pytest.param(statement(60, 40, 0), 1, id="nothing is tiny"),
        pytest.param(statement(970, 20, 10), 2, id="changes are tiny beside the rest"),
        pytest.param(statement(85497, 1943, 728, 37, 9), 3, id="quarantine is tiny beside the changes"),
    ],
)
def test_a_tiny_part_is_drawn_again_larger(counts: dict[str, Any], times_drawn: int) -> None:
    smallest = "f-doubled" if counts["duplicates"] else "f-changed"

    drawn = widths(counts, smallest)

    assert len(drawn) == times_drawn
    assert drawn == sorted(drawn)


def test_the_sum_is_written_under_the_bars() -> None:
    words = [shape.words for shape in rows_drawing(statement(970, 20, 10)).shapes]

    assert "970 + 20 + 10 = 1,000" in words


def test_an_empty_file_has_a_drawing_too() -> None:
    assert "0 = 0" in [shape.words for shape in rows_drawing(statement(0, 0, 0)).shapes]


def test_steps_follow_each_other_on_one_scale() -> None:
    drawing = steps_drawing([["Opened", 2.0], ["Linked", 6.0]])

    opened, linked = (s for s in drawing.shapes if s.tag == "rect")

    assert linked.width == pytest.approx(3 * opened.width, abs=0.2)
    assert linked.x == pytest.approx(opened.x + opened.width, abs=0.2)


def test_a_step_too_quick_to_measure_is_still_seen() -> None:
    drawing = steps_drawing([["Opened", 0.0]])

    assert [s.width for s in drawing.shapes if s.tag == "rect"] == [1.0]
