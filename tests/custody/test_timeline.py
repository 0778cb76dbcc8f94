"""The custody timeline is true to scale, and says in words what it draws."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custody.drawing import Drawing, Shape
from custody.timeline import (
    Absence,
    Due,
    EndKind,
    Legal,
    Period,
    Span,
    Stay,
    in_rows,
    last_moment,
    summary,
)
from custody.timeline_tall import draw_tall
from custody.timeline_wide import NARROWEST, draw_wide

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 8, tzinfo=LONDON)
NEAR = 0.2  # positions are rounded to a tenth of a unit


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=LONDON)


def period(
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    legal: Legal = "sentenced",
    end_kind: EndKind = "open",
    stays: Sequence[tuple[datetime, datetime | None, str]] = (),
    absences: Sequence[Absence] = (),
    start_known: bool = True,
) -> Period:
    shown = stays or ((starts_at, ends_at, "Leeds"),)
    return Period(
        starts_at=starts_at,
        start_known=start_known,
        ends_at=ends_at,
        end_kind=end_kind,
        spans=(Span(starts_at, ends_at, legal),),
        stays=tuple(Stay(start, end, name[:3].upper(), name) for start, end, name in shown),
        absences=tuple(absences),
    )


def rects(drawing: Drawing, css: str, titled: str = "") -> list[Shape]:
    return [s for s in drawing.shapes if s.tag == "rect" and s.css == css and titled in s.title]


def words(drawing: Drawing) -> list[str]:
    return [shape.words for shape in drawing.shapes if shape.tag == "text"]


MOVED = period(
    at(2026, 1, 1),
    None,
    stays=[
        (at(2026, 1, 1), at(2026, 3, 1), "Leeds"),
        (at(2026, 3, 1), at(2026, 8, 1), "Hull"),
        (at(2026, 8, 1), None, "Moorland"),
    ],
)
RELEASED = period(at(2024, 1, 1), at(2024, 7, 1), end_kind="released")


def test_stays_are_as_wide_as_they_are_long() -> None:
    drawing = draw_wide([MOVED], now=NOW, due=None)

    leeds, hull = (rects(drawing, "f-sentenced", name)[0] for name in ("Leeds: ", "Hull: "))

    assert hull.width / leeds.width == pytest.approx(153 / 59, abs=0.02)


def test_a_stay_begins_where_the_one_before_ends() -> None:
    drawing = draw_wide([MOVED], now=NOW, due=None)

    leeds, hull = (rects(drawing, "f-sentenced", name)[0] for name in ("Leeds: ", "Hull: "))

    assert leeds.x + leeds.width == pytest.approx(hull.x, abs=NEAR)
    assert leeds.y != hull.y


def test_a_stay_of_an_hour_is_still_seen() -> None:
    brief = period(
        at(2016, 1, 1),
        None,
        stays=[
            (at(2016, 1, 1), at(2016, 1, 2), "Leeds"),
            (at(2016, 1, 2), at(2016, 1, 2, 1), "Hull"),
            (at(2016, 1, 2, 1), None, "Moorland"),
        ],
    )

    drawing = draw_wide([brief], now=NOW, due=None)

    assert rects(drawing, "f-sentenced", "Hull: ")[0].width == NARROWEST


def test_the_bar_ends_today() -> None:
    drawing = draw_wide([MOVED], now=NOW, due=None)

    bar = rects(drawing, "f-sentenced", "Sentenced")[0]
    today = next(s for s in drawing.shapes if s.css == "l-now")
    now_x = float(today.d.removeprefix("M").split(" ")[0])

    assert bar.x + bar.width == pytest.approx(now_x, abs=NEAR)


def test_time_known_to_be_free_is_a_line_and_unknown_time_is_not() -> None:
    gone = period(at(2024, 1, 1), at(2024, 7, 1), end_kind="missing")
    back = period(at(2025, 1, 1), None)

    free = draw_wide([RELEASED, back], now=NOW, due=None)
    unknown = draw_wide([gone, back], now=NOW, due=None)

    assert [s.css for s in free.shapes].count("l-free") == 1
    assert [s.css for s in unknown.shapes].count("l-free") == 0
    assert len(rects(unknown, "f-unsure", "Missing from the prison file since 1 July 2024")) == 1


@pytest.mark.parametrize(
    ("end_kind", "title"),
    [
        pytest.param("escaped", "At large after an escape since 1 July 2024", id="escaped"),
        pytest.param("absconded", "At large after absconding since 1 July 2024", id="absconded"),
        pytest.param("at_large", "Unlawfully at large since 1 July 2024", id="at large"),
    ],
)
def test_time_at_large_is_a_dashed_box_on_both_drawings(end_kind: EndKind, title: str) -> None:
    gone = [period(at(2024, 1, 1), at(2024, 7, 1), end_kind=end_kind)]

    wide, tall = draw_wide(gone, now=NOW, due=None), draw_tall(gone, now=NOW, due=None)

    assert len(rects(wide, "f-unsure", title)) == 1
    assert len(rects(tall, "f-unsure")) == 1


@pytest.mark.parametrize("end_kind", ["hospital", "removed", "died"])
def test_after_other_ends_nothing_is_drawn(end_kind: EndKind) -> None:
    gone = [period(at(2024, 1, 1), at(2024, 7, 1), end_kind=end_kind)]

    wide, tall = draw_wide(gone, now=NOW, due=None), draw_tall(gone, now=NOW, due=None)

    assert not [s for drawing in (wide, tall) for s in drawing.shapes if s.css in ("f-unsure", "l-free")]


def test_time_at_large_inside_a_period_has_a_row_of_its_own() -> None:
    broken = period(at(2026, 1, 1), None, absences=[Absence("at_large", at(2026, 3, 1), at(2026, 6, 1))], stays=())

    wide, tall = draw_wide([broken], now=NOW, due=None), draw_tall([broken], now=NOW, due=None)

    (box,) = rects(wide, "f-unsure", "Unlawfully at large 1 Mar 2026 to 1 Jun 2026")
    assert float(box.width) > NARROWEST
    assert len(rects(tall, "f-unsure")) == 1
    assert in_rows([broken], now=NOW)[0].happened.endswith("unlawfully at large 1 Mar 2026 to 1 Jun 2026.")


def test_days_at_large_are_no_days_in_custody() -> None:
    absences = [
        Absence("at_large", at(2026, 11, 5, 20), at(2026, 11, 11, 9)),
        Absence("at_large", at(2026, 11, 15), at(2026, 11, 15, 9), out_known=False),
        Absence("court", at(2026, 11, 16, 9), at(2026, 11, 18, 17)),
    ]
    broken = replace(
        period(at(2026, 11, 1), None, absences=absences),
        spans=(
            Span(at(2026, 11, 1), at(2026, 11, 5, 20), "sentenced"),
            Span(at(2026, 11, 11, 9), None, "sentenced"),
        ),
    )

    (row,) = in_rows([broken], now=NOW)

    assert summary([broken], now=NOW) == "In custody for 17 of the 22 days since 1 November 2026: one period."
    assert row.days == 17
    assert row.happened.count("entenced from") == 1


def test_recall_that_the_movement_alone_tells_is_said_in_the_list() -> None:
    recalled = replace(period(at(2026, 1, 1), None), by_recall=True)

    assert in_rows([recalled], now=NOW)[0].happened == "Began by recall; sentenced from 1 Jan 2026."
    assert "one of them by recall" in summary([RELEASED, recalled], now=NOW)


@pytest.mark.parametrize(
    ("periods", "is_magnified"),
    [
        pytest.param([period(at(2026, 10, 1), None)], False, id="the only period fills the scale"),
        pytest.param([RELEASED, period(at(2026, 10, 1), None)], True, id="a short one after a long gap"),
        pytest.param([RELEASED], False, id="nobody inside now"),
    ],
)
def test_the_current_period_is_magnified_where_it_is_tiny(periods: list[Period], *, is_magnified: bool) -> None:
    drawing = draw_wide(periods, now=NOW, due=None)

    assert ("This period" in words(drawing)) is is_magnified


def test_the_lens_shows_the_current_period_on_its_own_scale() -> None:
    drawing = draw_wide([RELEASED, MOVED], now=NOW, due=None)

    small, large = rects(drawing, "f-sentenced", "Sentenced: 1 January 2026")

    assert large.width > 2 * small.width
    assert large.x == pytest.approx(148, abs=NEAR)


def test_a_day_at_court_is_a_stroke_and_a_long_absence_a_box_to_scale() -> None:
    court = Absence("court", at(2026, 5, 4, 8), at(2026, 5, 4, 17))
    away = Absence("absence", at(2026, 6, 1), at(2026, 8, 1))
    drawing = draw_wide([period(at(2026, 1, 1), None, absences=[court, away])], now=NOW, due=None)

    bar = rects(drawing, "f-sentenced", "Sentenced")[0]
    box = rects(drawing, "b-out")[0]

    assert [s.title for s in drawing.shapes if s.css == "l-court"] == ["At court 4 May 2026"]
    assert box.width / bar.width == pytest.approx(61 / ((NOW - at(2026, 1, 1)) / timedelta(days=1)), abs=0.01)


def test_an_absence_whose_beginning_nobody_saw_says_only_the_return() -> None:
    seen_back = Absence("court", at(2026, 5, 4), at(2026, 5, 4, 17), out_known=False)

    rows = in_rows([period(at(2026, 1, 1), None, absences=[seen_back])], now=NOW)

    assert "at court, back 4 May 2026" in rows[0].happened


@pytest.mark.parametrize(
    ("day", "is_drawn"),
    [
        pytest.param(date(2026, 11, 24), True, id="in two days"),
        pytest.param(date(2026, 11, 22), True, id="today"),
        pytest.param(date(2026, 11, 21), False, id="day passed"),
        pytest.param(date(2031, 1, 6), False, id="years ahead, named at the edge"),
    ],
)
def test_the_due_day_is_marked_in_the_shade_of_its_certainty(day: date, *, is_drawn: bool) -> None:
    drawing = draw_wide([MOVED], now=NOW, due=Due(day, "approved"))

    assert bool(rects(drawing, "c-approved")) is is_drawn


def test_a_due_day_years_ahead_is_named_and_does_not_squeeze_the_past() -> None:
    drawing = draw_wide([MOVED], now=NOW, due=Due(date(2031, 1, 6), "calculated"))

    assert "Due out Monday 6 January 2031 →" in words(drawing)
    assert last_moment([MOVED], now=NOW, due=Due(date(2031, 1, 6), "calculated")) < at(2027, 2, 1)


def test_words_of_a_due_day_just_after_today_stay_left_of_todays_line() -> None:
    due = Due(NOW.date() + timedelta(days=12), "calculated")

    drawing = draw_wide([period(NOW - timedelta(days=200), None)], now=NOW, due=due)

    named = next(shape for shape in drawing.shapes if shape.words.startswith("Due out"))
    today = next(shape for shape in drawing.shapes if shape.words == "Today")
    assert (named.anchor, named.words[-1]) == ("end", "→")
    assert named.x <= today.x + 5


def test_no_two_labels_over_the_periods_overlap() -> None:
    many = [period(at(2020, month, 1), at(2020, month, 15), end_kind="released") for month in range(1, 13)] + [
        period(at(2026, 1, 1), None)
    ]

    drawing = draw_wide(many, now=NOW, due=None)
    labels = sorted((s.x, len(s.words)) for s in drawing.shapes if s.words.endswith(("days", "so far")))

    assert len(labels) < len(many)
    for (left, _), (right, letters) in itertools.pairwise(labels):
        assert right - left >= letters * 7.4 / 2


def test_a_phone_shows_time_running_upwards() -> None:
    drawing = draw_tall([RELEASED, MOVED], now=NOW, due=None)

    older = rects(drawing, "f-sentenced", "Sentenced: 1 January 2024")[0]
    newer = rects(drawing, "f-sentenced", "Sentenced: 1 January 2026")[0]

    assert newer.y < older.y
    assert newer.height / older.height == pytest.approx((NOW - at(2026, 1, 1)) / timedelta(days=182), abs=0.02)


def test_a_phone_names_every_stay_without_covering_another() -> None:
    crowded = period(
        at(2026, 11, 1),
        None,
        stays=[
            (at(2026, 11, 1), at(2026, 11, 2), "Leeds"),
            (at(2026, 11, 2), at(2026, 11, 3), "Hull"),
            (at(2026, 11, 3), None, "Moorland"),
        ],
    )

    drawing = draw_tall([RELEASED, crowded], now=NOW, due=None)
    named = [s for s in drawing.shapes if s.words.startswith(("Leeds,", "Hull,", "Moorland,"))]

    assert len(named) == 4
    heights = sorted(s.y for s in named)
    assert all(b - a >= 17.9 for a, b in itertools.pairwise(heights))
    assert drawing.height >= heights[-1]


@pytest.mark.parametrize(
    ("periods", "said"),
    [
        pytest.param([], "No time in custody is recorded.", id="never inside"),
        pytest.param(
            [period(at(2026, 11, 1), None)],
            "In custody for all of the 22 days since 1 November 2026: one period.",
            id="inside all the time",
        ),
        pytest.param(
            [period(at(2026, 11, 1), None, start_known=False)],
            "In custody for all of the 22 days since 1 November 2026 or before: one period.",
            id="beginning not known",
        ),
        pytest.param(
            [
                period(at(2026, 10, 1), at(2026, 10, 10), end_kind="released"),
                period(at(2026, 11, 1), None, legal="recalled"),
            ],
            "In custody for 32 of the 53 days since 1 October 2026: two periods, one of them by recall.",
            id="recalled after release",
        ),
    ],
)
def test_one_sentence_sums_the_periods_up(periods: list[Period], said: str) -> None:
    assert summary(periods, now=NOW) == said


def test_the_list_says_what_the_drawing_shows_newest_first() -> None:
    newest, oldest = in_rows([RELEASED, MOVED], now=NOW)

    assert (newest.starts, newest.ends, newest.days) == ("1 Jan 2026", "today", 326)
    assert newest.where == "Leeds (60 days), Hull (154 days) and Moorland (114 days)"
    assert oldest.happened == "Sentenced from 1 Jan 2024; released 1 Jul 2024."


def test_a_beginning_that_is_not_known_is_said_in_the_list() -> None:
    rows = in_rows([period(at(2026, 11, 1), None, start_known=False)], now=NOW)

    assert rows[0].starts == "before 1 Nov 2026"
