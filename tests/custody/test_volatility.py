"""Volatility of an establishment: changes of 90 days, those inside 14 days, for each 100 held."""

from datetime import date, timedelta

import pytest

from custody.volatility import ChangeThere, Volatility, volatility
from tests.custody.histories import at, on

NOW = at(20)


def moved(place: str, old: date | None, new: date | None, *, days_ago: int) -> ChangeThere:
    return ChangeThere(place, old, new, NOW - timedelta(days=days_ago))


def test_each_establishment_has_its_own_figures() -> None:
    changes = [
        moved("LEI", on(25), on(30), days_ago=2),
        moved("LEI", on(1, 3, 2027), on(1, 4, 2027), days_ago=90),
        moved("LEI", on(1, 3, 2027), None, days_ago=91),
        moved("HLI", on(22), None, days_ago=0),
    ]

    figures = volatility(changes, {"LEI": 40, "MDI": 7}, now=NOW)

    assert figures == {
        "HLI": Volatility(held=0, changes=1, inside_14_days=1),
        "LEI": Volatility(held=40, changes=2, inside_14_days=1),
        "MDI": Volatility(held=7, changes=0, inside_14_days=0),
    }


@pytest.mark.parametrize(
    ("figures", "rate", "late_rate"),
    [
        pytest.param(Volatility(held=40, changes=2, inside_14_days=1), 5.0, 2.5, id="a rate"),
        pytest.param(Volatility(held=3, changes=1, inside_14_days=0), 33.3, 0.0, id="rounded"),
        pytest.param(Volatility(held=0, changes=1, inside_14_days=1), None, None, id="nobody held"),
    ],
)
def test_rates_are_for_each_hundred_held(figures: Volatility, rate: float | None, late_rate: float | None) -> None:
    assert (figures.per_100, figures.inside_14_days_per_100) == (rate, late_rate)


def test_change_learnt_after_the_day_asked_for_is_left_out() -> None:
    assert volatility([moved("LEI", None, on(30), days_ago=-1)], {}, now=NOW) == {}
