"""What a prison states stands beside our reckoning, and a difference that nothing explains is flagged."""

from datetime import date

import pytest

from custody.release_dates import ReleaseDateType, operative_date
from custody.stated_dates import curfew_end, stated_beside, top_up_start

T = ReleaseDateType
Dates = dict[ReleaseDateType, date]
THURSDAY, FRIDAY, SUNDAY, TUESDAY = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 29), date(2026, 12, 1)


@pytest.mark.parametrize(
    ("dates", "verdict"),
    [
        pytest.param({T.CRD: TUESDAY, T.STATED: TUESDAY}, (True, False, None, False), id="the same day"),
        pytest.param(
            {T.CRD: SUNDAY, T.STATED: FRIDAY}, (False, True, None, False), id="moved to the working day before"
        ),
        pytest.param({T.CRD: SUNDAY, T.STATED: THURSDAY}, (False, True, None, False), id="moved by the Friday policy"),
        pytest.param(
            {T.CRD: TUESDAY, T.HDCED: FRIDAY, T.STATED: FRIDAY}, (False, False, T.HDCED, False), id="the eligibility"
        ),
        pytest.param({T.CRD: SUNDAY, T.STATED: TUESDAY}, (False, False, None, True), id="another day"),
        pytest.param({T.STATED: TUESDAY}, (False, False, None, True), id="stated, and nothing counts"),
        pytest.param({T.PED: TUESDAY, T.STATED: TUESDAY}, (False, False, T.PED, False), id="only parole to ask for"),
    ],
)
def test_stated_date_is_compared_with_the_one_that_counts(
    dates: Dates, verdict: tuple[bool, bool, ReleaseDateType | None, bool]
) -> None:
    (beside,) = stated_beside(dates, operative_date(dates))

    assert (beside.date_type, beside.date) == (T.STATED, dates[T.STATED])
    assert (beside.agrees, beside.moved, beside.eligibility, beside.disagrees) == verdict


def test_both_stated_dates_are_compared() -> None:
    dates = {T.CRD: TUESDAY, T.STATED: FRIDAY, T.RELEASE: TUESDAY}

    assert [(b.date_type, b.disagrees) for b in stated_beside(dates, operative_date(dates))] == [
        (T.STATED, True),
        (T.RELEASE, False),
    ]


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        pytest.param({T.HDCAD: THURSDAY, T.CRD: SUNDAY}, date(2026, 11, 28), id="the day before conditional release"),
        pytest.param({T.CRD: SUNDAY}, None, id="no curfew approved"),
        pytest.param({T.HDCAD: THURSDAY}, None, id="no conditional date"),
    ],
)
def test_curfew_ends_the_day_before_conditional_release(dates: Dates, day: date | None) -> None:
    assert curfew_end(dates) == day


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        pytest.param({T.TUSED: SUNDAY, T.LED: THURSDAY, T.CRD: TUESDAY}, FRIDAY, id="the day after the licence"),
        pytest.param({T.TUSED: SUNDAY, T.CRD: TUESDAY}, TUESDAY, id="at conditional release"),
        pytest.param({T.TUSED: SUNDAY}, None, id="from a day not known"),
        pytest.param({T.LED: SUNDAY}, None, id="no top-up supervision"),
    ],
)
def test_top_up_supervision_follows_the_licence(dates: Dates, day: date | None) -> None:
    assert top_up_start(dates) == day
