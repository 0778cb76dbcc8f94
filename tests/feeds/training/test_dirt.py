"""Each kind of dirt changes the line in the one way it is named for."""

from random import Random

from feeds.training import dirt

LINE = '"25/11/2026"|"LEEDS (HMP)"|""|"NO REMARK"|""'


def test_a_line_feed_stands_where_a_blank_was() -> None:
    assert dirt.line_feed_inside(Random(1), LINE).replace("\n", " ") == LINE


def test_a_doubled_space_stands_where_one_was() -> None:
    dirty = dirt.doubled_space(Random(1), LINE)

    assert dirty != LINE
    assert dirty.replace("  ", " ") == LINE


def test_a_lone_bar_stands_where_nothing_was() -> None:
    assert dirt.lone_bar(Random(1), LINE) == '"25/11/2026"|"LEEDS (HMP)"|"|"|"NO REMARK"|""'


def test_an_empty_last_column_is_left_out() -> None:
    assert dirt.missing_last_column(Random(1), LINE) == '"25/11/2026"|"LEEDS (HMP)"|""|"NO REMARK"'


def test_the_last_column_loses_its_quotes() -> None:
    assert dirt.unquoted_last_column(Random(1), LINE) == '"25/11/2026"|"LEEDS (HMP)"|""|"NO REMARK"|'


def test_a_line_without_a_blank_stays() -> None:
    assert dirt.doubled_space(Random(1), '"25/11/2026"|""') == '"25/11/2026"|""'
