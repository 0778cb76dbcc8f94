"""Who stands on which day of the calendar, in what order, and as whose."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from custody.models import CustodyEvent, CustodyState, EventKind, Whereabouts
from custody.pages.calendar_bars import bars_of
from custody.pages.calendar_entries import Entry, entries_of
from custody.pages.calendar_span import span_of
from custody.pages.due import due_of
from custody.pages.people import Person
from custody.pages.signs import State
from custody.wording import LONDON
from offenders.models import Profile

TODAY = date(2026, 11, 25)  # a Wednesday
MONTH = span_of("month", date(2026, 12, 9), today=TODAY)
NOW_MONTH = span_of("month", TODAY, today=TODAY)


def person(surname: str = "Quill", **state: object) -> Person:
    pk = uuid.uuid4()
    stands = CustodyState(pk=pk, **{"whereabouts": Whereabouts.IN_CUSTODY, "establishment_code": "LEI", **state})
    return Person(
        profile=Profile(pk=pk, surname=surname, forenames="Ann"),
        state=stands,
        where=State("custody", "Leeds"),
        due=due_of(stands, today=TODAY),
        is_ours=True,
    )


def date_of(day: date, kind: str = "CRD", certainty: str = "calculated") -> dict[str, Any]:
    return {"release_date": day, "release_date_type": kind, "certainty": certainty}


def moved(old: date, new: date | None, *, learned: date = TODAY) -> CustodyEvent:
    kind = EventKind.RELEASE_DATE_CHANGED if new else EventKind.RELEASE_DATE_WITHDRAWN
    at = datetime.combine(learned, datetime.min.time(), LONDON) + timedelta(hours=6)
    return CustodyEvent(kind=kind, old_date=old, new_date=new, learned_at=at)


def shown(*people: Person, changes: dict[uuid.UUID, list[CustodyEvent]] | None = None) -> list[Entry]:
    return entries_of(people, changes or {}, MONTH, today=TODAY)


def test_eligibility_and_the_date_that_counts_stand_on_their_own_days() -> None:
    both = date_of(date(2026, 12, 22)) | {"eligible_date": date(2026, 12, 8), "eligible_date_type": "HDCED"}

    entries = shown(person(**both))

    assert [(entry.day, entry.certainty) for entry in entries] == [
        (date(2026, 12, 8), "eligible"),
        (date(2026, 12, 22), "calculated"),
    ]


def test_approved_date_leaves_no_eligibility_beside_it() -> None:
    both = date_of(date(2026, 12, 22), "HDCAD", "approved") | {
        "eligible_date": date(2026, 12, 8),
        "eligible_date_type": "HDCED",
    }

    assert [entry.certainty for entry in shown(person(**both))] == ["approved"]


def test_released_stand_on_the_day_they_left_and_nowhere_else() -> None:
    at = datetime(2026, 11, 20, 9, 0, tzinfo=LONDON)
    gone = person(whereabouts=Whereabouts.COMMUNITY, released_at=at, **date_of(date(2026, 12, 1)))

    now = entries_of([gone], {gone.id: [moved(date(2026, 11, 30), date(2026, 12, 1))]}, NOW_MONTH, today=TODAY)

    assert [(entry.kind, entry.day) for entry in now] == [("left", date(2026, 11, 20))]
    assert shown(gone) == []


def test_never_held_is_not_shown() -> None:
    assert shown(person(whereabouts=Whereabouts.COMMUNITY)) == []


def test_day_that_passed_is_shown_while_the_person_is_held() -> None:
    late = person(**date_of(date(2026, 11, 23)))

    (entry,) = entries_of([late], {}, NOW_MONTH, today=TODAY)

    assert entry.due is not None
    assert entry.due.is_past


def test_surest_stands_first_then_by_name_and_gone_dates_last() -> None:
    day = date(2026, 12, 10)
    wanderer = person("Aaron", **date_of(date(2026, 12, 16)))
    entries = shown(
        person("Zed", **date_of(day)),
        person("Bea", **date_of(day)),
        person("Yan", **date_of(day, "CONFIRMED", "confirmed")),
        wanderer,
        changes={wanderer.id: [moved(day, date(2026, 12, 16))]},
    )

    assert [entry.name for entry in entries if entry.day == day] == ["Yan, Ann", "Bea, Ann", "Zed, Ann", "Aaron, Ann"]


def test_date_that_moved_twice_leaves_both_days_and_came_back_leaves_none() -> None:
    first, second, third = date(2026, 12, 8), date(2026, 12, 10), date(2026, 12, 16)
    twice, back = person("Twice", **date_of(third)), person("Back", **date_of(first))

    entries = shown(
        twice,
        back,
        changes={
            twice.id: [moved(second, third), moved(first, second)],
            back.id: [moved(second, first), moved(first, second)],
        },
    )

    gone = [(entry.name, entry.day, entry.now) for entry in entries if entry.kind == "gone"]
    assert gone == [
        ("Twice, Ann", first, "now Wed 16 Dec"),
        ("Back, Ann", second, "now Tue 8 Dec"),
        ("Twice, Ann", second, "now Wed 16 Dec"),
    ]


def test_withdrawn_date_says_that_there_is_none_now() -> None:
    lost = person()

    (entry,) = shown(lost, changes={lost.id: [moved(date(2026, 12, 8), None)]})

    assert (entry.now, entry.change and entry.change.words) == ("no date now", "withdrawn today")


@pytest.mark.parametrize(
    ("day", "kind", "rule"),
    [
        pytest.param(date(2026, 12, 5), "HDCAD", "from Sat 5 Dec, a Saturday", id="weekend"),
        pytest.param(date(2026, 12, 25), "CRD", "from Fri 25 Dec, Christmas Day", id="holiday"),
        pytest.param(date(2026, 12, 11), "CRD", "may be Thu 10 Dec", id="Friday"),
        pytest.param(date(2026, 12, 24), "CRD", "may be Wed 23 Dec", id="day before a holiday"),
        pytest.param(date(2026, 12, 10), "CRD", "", id="plain working day"),
    ],
)
def test_entry_says_what_the_day_does_to_the_date(day: date, kind: str, rule: str) -> None:
    certainty = "approved" if kind == "HDCAD" else "calculated"

    (entry,) = shown(person(**date_of(day, kind, certainty)))

    assert entry.rule == rule


def test_confirmed_date_stands_as_it_was_confirmed() -> None:
    (entry,) = shown(person(**date_of(date(2026, 12, 11), "CONFIRMED", "confirmed")))

    assert (entry.day, entry.rule) == (date(2026, 12, 11), "")


def test_bars_are_true_to_scale_and_add_up() -> None:
    day, other = date(2026, 12, 10), date(2026, 12, 16)
    entries = shown(
        person("A", **date_of(day)),
        person("B", **date_of(day)),
        person("C", **date_of(day, "CONFIRMED", "confirmed")),
        person("D", **date_of(other)),
    )

    bars = bars_of(entries, MONTH.days, today=TODAY)

    assert bars is not None
    assert bars.certainties == ("confirmed", "calculated")
    assert [(row.day, row.counts, row.total) for row in bars.rows] == [(day, (1, 2), 3), (other, (0, 1), 1)]
    assert (bars.totals, bars.total) == ((1, 3), 4)
    heights = {shape.title: shape.height for shape in bars.drawing.shapes if shape.css.startswith("c-")}
    assert heights["2 calculated"] == 2 * heights["1 confirmed"]
    assert "Thursday 10 December with 3 people" in bars.drawing.description
