"""Invented sentences: dates in their order, and working days."""

from datetime import date
from random import Random

import pytest

from feeds.training.sentences import (
    day_with_services,
    nearest_working_day,
    pass_sentence,
    served_already,
    working_day_before,
)

PASSED = date(2026, 11, 25)


def test_every_sentence_releases_before_it_expires_and_after_it_was_passed() -> None:
    dice = Random(3)
    for _ in range(2000):
        sentence = pass_sentence(dice, on=PASSED, is_prolific=False, is_stock=True)
        releases = [sentence.dates[kind] for kind in ("CRD", "NPD") if kind in sentence.dates]

        assert all(PASSED < day <= sentence.dates["SED"] for day in releases)
        assert sentence.dates["SED"] > PASSED
        if "HDCED" in sentence.dates:
            assert sentence.dates["HDCED"] < sentence.dates["CRD"]


def test_time_served_moves_every_date_back() -> None:
    sentence = pass_sentence(Random(4), on=PASSED, is_prolific=True, is_stock=False)

    served = served_already(sentence, days=7)

    assert (sentence.dates["SED"] - served.dates["SED"]).days == 7


@pytest.mark.parametrize(
    ("day", "nearest", "before", "with_services"),
    [
        pytest.param(date(2026, 11, 18), date(2026, 11, 18), date(2026, 11, 18), date(2026, 11, 18), id="Wednesday"),
        pytest.param(date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 19), id="Friday"),
        pytest.param(date(2026, 11, 21), date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 19), id="Saturday"),
        pytest.param(date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 20), date(2026, 11, 19), id="Sunday"),
        pytest.param(date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 24), date(2026, 12, 23), id="Boxing Day"),
    ],
)
def test_days_without_work_move_to_working_days(day: date, nearest: date, before: date, with_services: date) -> None:
    assert nearest_working_day(day) == nearest
    assert working_day_before(day) == before
    assert day_with_services(day) == with_services


@pytest.mark.parametrize(
    ("day", "not_before", "expected"),
    [
        pytest.param(date(2026, 11, 21), date(2026, 11, 21), date(2026, 11, 23), id="a Saturday that may not go back"),
        pytest.param(date(2026, 11, 18), date(2026, 11, 26), date(2026, 11, 26), id="a day before the limit"),
        pytest.param(date(2026, 4, 4), date(2026, 4, 3), date(2026, 4, 7), id="the four days of Easter"),
    ],
)
def test_the_nearest_working_day_never_falls_before_its_limit(day: date, not_before: date, expected: date) -> None:
    assert nearest_working_day(day, not_before=not_before) == expected
