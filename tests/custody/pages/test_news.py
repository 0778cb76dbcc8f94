"""Events are told in words, the old beside the new."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from custody.models import CustodyEvent
from custody.pages.news import change_words, in_words

LONDON = ZoneInfo("Europe/London")
TODAY = date(2026, 11, 22)
NAMES = {"LEI": "Leeds", "HLI": "Hull"}


def event(kind: str, **told: object) -> CustodyEvent:
    told = {
        "occurred_at": datetime(2026, 11, 21, 16, 30, tzinfo=LONDON),
        "learned_at": datetime(2026, 11, 22, 6, 13, tzinfo=LONDON),
        "precision": "second",
        "offender_id": uuid.UUID(int=7),
        **told,
    }
    return CustodyEvent(kind=kind, **told)


@pytest.mark.parametrize(
    ("happened", "head", "before", "after"),
    [
        pytest.param(
            event("transferred", from_establishment="LEI", to_establishment="HLI"),
            "transferred",
            "Leeds",
            "Hull",
            id="transferred",
        ),
        pytest.param(
            event("released", from_establishment="LEI"), "released", "Leeds", "in the community", id="released"
        ),
        pytest.param(event("entered", to_establishment="LEI"), "entered custody", "", "Leeds", id="entered"),
        pytest.param(
            event("release_date_changed", old_date=date(2026, 12, 3), new_date=date(2026, 11, 24)),
            "release brought forward 9 days",
            "Thursday 3 December",
            "Tuesday 24 November",
            id="brought forward",
        ),
        pytest.param(
            event("release_date_withdrawn", old_date=date(2027, 1, 4)),
            "release date withdrawn",
            "Monday 4 January 2027",
            "",
            id="withdrawn, in another year",
        ),
    ],
)
def test_an_event_has_a_head_and_two_sides(happened: CustodyEvent, head: str, before: str, after: str) -> None:
    news = in_words(happened, NAMES, today=TODAY)

    assert (news.head, news.before, news.after) == (head, before, after)


def test_an_event_says_when_it_happened_and_when_it_was_learnt() -> None:
    news = in_words(event("entered", to_establishment="LEI"), NAMES, today=TODAY)

    assert (news.note, news.learned_day, news.learned_time) == ("yesterday at 4:30pm", "Today", "6:13am")


def test_a_day_without_a_time_is_told_without_one() -> None:
    news = in_words(event("entered", to_establishment="LEI", precision="day"), NAMES, today=TODAY)

    assert news.note == "yesterday"


@pytest.mark.parametrize(
    ("old", "new", "words", "sign"),
    [
        pytest.param(date(2026, 12, 3), date(2026, 12, 2), "brought forward 1 day", "earlier", id="earlier"),
        pytest.param(date(2026, 12, 3), date(2026, 12, 10), "put back 7 days", "later", id="later"),
    ],
)
def test_a_changed_date_points_in_the_direction_of_time(old: date, new: date, words: str, sign: str) -> None:
    news = in_words(event("release_date_changed", old_date=old, new_date=new), NAMES, today=TODAY)

    assert change_words(old, new) == words
    assert news.sign == sign
