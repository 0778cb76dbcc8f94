"""The release calendar: which days are shown, who stands on them, what moved, and for whom."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access import clock
from access.grants import Place
from custody.pages.calendar import MOST_A_DAY
from custody.pages.calendar_bars import bars_of
from custody.pages.calendar_entries import short_notice
from custody.pages.calendar_span import after, before, day_note, span_of, why_moved
from custody.wording import LONDON
from tests.factories import Desk, publish
from tests.personas import BRADFORD, LEEDS, WEST_YORKSHIRE, make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
TODAY = date(2026, 11, 25)  # a Wednesday
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=LONDON)
CONFIRMED, CRD, PRISON = 64, 70, 2


def written(day: date) -> str:
    return f"{day:%d/%m/%Y}"


@pytest.mark.parametrize(
    ("view", "day", "first", "last"),
    [
        pytest.param("month", date(2026, 12, 9), date(2026, 11, 30), date(2027, 1, 3), id="month in whole weeks"),
        pytest.param("month", date(2027, 2, 1), date(2027, 2, 1), date(2027, 2, 28), id="month of four whole weeks"),
        pytest.param("week", date(2026, 12, 6), date(2026, 11, 30), date(2026, 12, 6), id="week of a Sunday"),
        pytest.param("month", None, date(2026, 10, 26), date(2026, 12, 6), id="today where nothing is asked"),
        pytest.param("month", date(9999, 12, 31), date(2026, 10, 26), date(2026, 12, 6), id="out of reach"),
    ],
)
def test_span_is_whole_weeks(view: str, day: date | None, first: date, last: date) -> None:
    span = span_of(view, day, today=TODAY)

    assert (span.first, span.last) == (first, last)
    assert len(span.days) % 7 == 0


def test_turning_the_page_leaves_out_no_month_and_no_week() -> None:
    for view, step in (("month", 400), ("week", 60)):
        span = span_of(view, TODAY, today=TODAY)
        for _ in range(step // 10):
            following = span_of(view, after(span), today=TODAY)
            assert following.first <= span.last + timedelta(days=1)
            assert span_of(view, before(following), today=TODAY).first == span.first
            span = following


@pytest.mark.parametrize(
    ("day", "note"),
    [
        (date(2026, 12, 25), "Christmas Day: no releases"),
        (date(2026, 12, 28), "Boxing Day (substitute day): no releases"),
        (date(2026, 12, 24), "Prisons avoid releases the day before a bank holiday"),
        (date(2026, 12, 23), ""),
        (date(2026, 12, 27), ""),
    ],
)
def test_day_says_what_a_holiday_does(day: date, note: str) -> None:
    assert day_note(day) == note


def test_moved_day_names_the_holiday_or_the_weekday() -> None:
    assert why_moved(date(2027, 1, 1)) == "New Year's Day"
    assert why_moved(date(2026, 12, 5)) == "a Saturday"


@pytest.mark.parametrize(
    ("old", "new", "inside"),
    [
        pytest.param(date(2026, 12, 30), date(2026, 12, 10), 0, id="both far off"),
        pytest.param(date(2026, 12, 30), date(2026, 12, 9), 14, id="new date near"),
        pytest.param(date(2026, 12, 1), date(2027, 3, 1), 14, id="old date near"),
        pytest.param(date(2026, 12, 30), date(2026, 11, 27), 2, id="two days off"),
        pytest.param(date(2026, 11, 20), date(2026, 12, 30), 0, id="a date gone by surprises nobody"),
        pytest.param(date(2026, 11, 26), None, 2, id="withdrawn the day before"),
    ],
)
def test_change_is_marked_by_the_nearer_date(old: date, new: date | None, inside: int) -> None:
    assert short_notice(old, new, learned_at=NOW) == inside


def test_nobody_due_out_has_no_bars() -> None:
    assert bars_of([], span_of("week", TODAY, today=TODAY).days, today=TODAY) is None


# Everybody of the small world: surname, prison number, area, and what the roll of two days says of the dates.
PEOPLE = {
    "Sureman": ("A1001AA", "00DA", {CONFIRMED: written(date(2026, 12, 3))}),
    "Plainly": ("A1002AA", "00DA", {CRD: written(date(2026, 12, 2))}),
    "Weekend": ("A1003AA", "00DA", {CRD: written(date(2026, 12, 5))}),
    "Friday": ("A1004AA", "00DA", {CRD: written(date(2026, 12, 11))}),
    "Moved": ("A1005AA", "00DA", {CRD: written(date(2026, 12, 15))}),
    "Elsewhere": ("A1006AA", "00CX", {CRD: written(date(2026, 12, 2))}),
}
MOVED_TO = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of this module."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def world(db: None, db_as: AsRole) -> None:
    """Six people of two areas, one date moved in the second file."""
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(date(2026, 11, 23), [_adopted(surname) for surname in PEOPLE]))
        publish(desk.roll(date(2026, 11, 23), [_row(surname) for surname in PEOPLE]))
        moved = {"Moved": {CRD: written(MOVED_TO)}}
        publish(desk.roll(date(2026, 11, 24), [_row(surname, **moved) for surname in PEOPLE]))


def _adopted(surname: str) -> dict[str, str]:
    number, area, _ = PEOPLE[surname]
    return {
        "ppo_reference": f"X-{number}",
        "csp_code": area,
        "surname": surname,
        "noms_number": number,
        "date_of_birth": f"1980-01-{int(number[1:5]) % 28 + 1:02d}",
    }


def _row(surname: str, **later: dict[int, str]) -> dict[int, str]:
    number, _, dates = PEOPLE[surname]
    known = {**dates, **later.get(surname, {})}
    born = f"{int(number[1:5]) % 28 + 1:02d}/01/1980"
    return {3: number, 5: f"B{number}", 6: surname.upper(), 12: born, PRISON: "LEI", **known}


def page_of(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/calendar/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def cell_of(page: str, spoken: str) -> str:
    """Return what stands in the cell of a day."""
    start = page.index(f'<span class="jt-cal__long">{spoken}')
    return page[start : page.index("</td>", start)]


@pytest.fixture
def officer(world: None) -> Client:
    return signed_in(make_person("asha", "area_officer", place=LEEDS))


def test_people_stand_on_their_days_with_what_moves_them(officer: Client) -> None:
    page = page_of(officer, "day=2026-12-01")

    assert "Plainly" in cell_of(page, "Wednesday 2 December")
    assert "from Sat 5 Dec, a Saturday" in cell_of(page, "Friday 4 December")
    friday = cell_of(page, "Friday 11 December")
    assert "Friday, " in friday
    assert "may be Thu 10 Dec" in friday


def test_moved_date_stands_on_both_days(officer: Client) -> None:
    page = page_of(officer, "day=2026-12-01")

    new, old = cell_of(page, "Tuesday 1 December"), cell_of(page, "Tuesday 15 December")
    assert "brought forward 14 days yesterday" in new
    assert "inside 14 days" in new
    assert "was due here, now Tue 1 Dec" in old
    assert "<del>" in old


def test_other_areas_person_is_nowhere(officer: Client) -> None:
    assert "Elsewhere" not in page_of(officer, "day=2026-12-01")


def test_officer_of_another_area_sees_only_theirs(world: None) -> None:
    page = page_of(signed_in(make_person("brad", "area_officer", place=BRADFORD)), "day=2026-12-01")

    assert "Elsewhere" in page
    assert "Plainly" not in page


@pytest.mark.parametrize("role", ["prison_liaison", "dip_worker", "feed_operator", "assurance", "national"])
def test_wrong_role_finds_no_calendar(world: None, role: str) -> None:
    place = Place(establishment="LEI") if role == "prison_liaison" else LEEDS
    browser = signed_in(make_person("wrong", role, place=place))

    assert browser.get("/calendar/").status_code == 404
    assert browser.get("/calendar/link/").status_code == 404


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        pytest.param("", {"Plainly", "Elsewhere"}, id="the whole force"),
        pytest.param("area=00DA", {"Plainly"}, id="one area"),
        pytest.param("area=00CX", {"Elsewhere"}, id="the other"),
        pytest.param("whose=managed", {"Plainly", "Elsewhere"}, id="managed"),
        pytest.param("whose=releasing", set(), id="releasing, managed elsewhere"),
        pytest.param("prison=LEI", {"Plainly", "Elsewhere"}, id="one prison"),
        pytest.param("prison=MDI", set(), id="a prison without anybody"),
    ],
)
def test_filter_narrows_what_row_security_shows(world: None, query: str, seen: set[str]) -> None:
    page = page_of(signed_in(make_person("force", "area_officer", place=WEST_YORKSHIRE)), f"day=2026-12-01&{query}")

    assert {name for name in ("Plainly", "Elsewhere") if name in page} == seen


@pytest.mark.parametrize("query", ["day=2026-12-01", "view=week&day=2026-12-02", "whose=managed&prison=LEI", "day=x"])
def test_number_of_queries_is_fixed(officer: Client, query: str) -> None:
    page_of(officer)

    with CaptureQueriesContext(connection) as seen:
        page_of(officer, query)

    # Of these five are the page's own; the others are the officer's context, the age of the data and the badge.
    assert len(seen) == 10, [asked["sql"][:90] for asked in seen]


def test_calendar_records_who_was_seen(officer: Client, superuser: object) -> None:
    page_of(officer, "day=2026-12-01")

    with superuser.cursor() as cursor:  # type: ignore[attr-defined]  # a plain psycopg2 connection
        cursor.execute("SELECT outcome, cardinality(people), result_count FROM audit_event WHERE code='calendar.view'")
        outcome, people, count = cursor.fetchone()
    assert (outcome, people, count) == ("ok", 5, 6)


def test_empty_calendar_says_what_would_be_here(db: None) -> None:
    page = page_of(signed_in(make_person("new", "area_officer", place=LEEDS)))

    assert "Nobody is due out" in page
    assert "Here stands each person on the day they are due out" in page


def test_full_day_leads_to_its_week(db: None, db_as: AsRole) -> None:
    surnames = [f"Crowd{letter}" for letter in "abcdefghijkl"]
    with db_as("worker"):
        desk = Desk()
        numbers = {surname: f"A20{place:02d}BB" for place, surname in enumerate(surnames)}
        publish(
            desk.ppo(
                date(2026, 11, 23),
                [
                    {"ppo_reference": f"C-{n}", "surname": s, "noms_number": n, "date_of_birth": f"1981-02-{i + 1:02d}"}
                    for i, (s, n) in enumerate(numbers.items())
                ],
            )
        )
        due = written(date(2026, 12, 2))
        rows = [
            {3: n, 5: f"B{n}", 6: s.upper(), 12: f"{i + 1:02d}/02/1981", CRD: due}
            for i, (s, n) in enumerate(numbers.items())
        ]
        publish(desk.roll(date(2026, 11, 23), rows))
    browser = signed_in(make_person("asha", "area_officer", place=LEEDS))

    month, week = page_of(browser, "day=2026-12-01"), page_of(browser, "view=week&day=2026-12-02")

    cell = cell_of(month, "Wednesday 2 December")
    assert "12 due" in cell
    assert f"and {12 - (MOST_A_DAY - 1)} more" in cell
    assert "view=week&amp;day=2026-12-02" in cell
    assert all(surname in cell_of(week, "Wednesday 2 December") for surname in surnames)
