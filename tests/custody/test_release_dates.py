"""The operative date follows the rule of the prison system, row by row and against a second reckoning."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.release_dates import (
    LABELS,
    REASONS,
    Certainty,
    Operative,
    ReleaseDateType,
    eligible_dates,
    explains_absence,
    operative_date,
    precedence,
    release_window,
    shown_date,
    working_day_adjusted,
)

T = ReleaseDateType
EARLY, MIDDLE, LATE = date(2026, 12, 1), date(2026, 12, 15), date(2027, 2, 2)
Dates = dict[ReleaseDateType, date]

RULE = [
    pytest.param({}, None, id="no dates at all"),
    pytest.param(
        {T.CONFIRMED: LATE, T.APD: EARLY, T.HDCAD: EARLY, T.CRD: EARLY},
        (LATE, T.CONFIRMED, Certainty.CONFIRMED, "confirmed"),
        id="confirmed beats everything earlier",
    ),
    pytest.param(
        {T.APD: LATE, T.HDCAD: EARLY, T.CRD: MIDDLE},
        (LATE, T.APD, Certainty.APPROVED, "approved_parole"),
        id="approved parole beats an earlier curfew",
    ),
    pytest.param(
        {T.HDCAD: EARLY, T.CRD: MIDDLE},
        (EARLY, T.HDCAD, Certainty.APPROVED, "hdc"),
        id="approved curfew beats conditional release",
    ),
    pytest.param(
        {T.CRD: MIDDLE, T.NPD: LATE},
        (LATE, T.NPD, Certainty.CALCULATED, "automatic_or_conditional"),
        id="the later of two sentence dates",
    ),
    pytest.param(
        {T.ARD: MIDDLE, T.CRD: MIDDLE, T.NPD: MIDDLE, T.PRRD: MIDDLE},
        (MIDDLE, T.ARD, Certainty.CALCULATED, "automatic_or_conditional"),
        id="on one day automatic comes first",
    ),
    pytest.param(
        {T.PRRD: MIDDLE, T.NPD: MIDDLE, T.CRD: MIDDLE},
        (MIDDLE, T.CRD, Certainty.CALCULATED, "automatic_or_conditional"),
        id="on one day conditional before non-parole",
    ),
    pytest.param(
        {T.PRRD: MIDDLE, T.NPD: MIDDLE},
        (MIDDLE, T.NPD, Certainty.CALCULATED, "automatic_or_conditional"),
        id="on one day non-parole before post-recall",
    ),
    pytest.param(
        {T.PRRD: LATE, T.ARD: MIDDLE},
        (LATE, T.PRRD, Certainty.CALCULATED, "automatic_or_conditional"),
        id="after a recall",
    ),
    pytest.param(
        {T.MTD: LATE, T.CRD: MIDDLE},
        (LATE, T.MTD, Certainty.CALCULATED, "dto_mid_term"),
        id="mid-term later than conditional",
    ),
    pytest.param(
        {T.MTD: MIDDLE, T.CRD: LATE},
        (LATE, T.CRD, Certainty.CALCULATED, "automatic_or_conditional"),
        id="conditional later than mid-term",
    ),
    pytest.param({T.MTD: MIDDLE}, (MIDDLE, T.MTD, Certainty.CALCULATED, "dto_mid_term"), id="mid-term alone"),
    pytest.param(
        {T.SED: LATE, T.CRD: EARLY},
        (EARLY, T.CRD, Certainty.CALCULATED, "automatic_or_conditional"),
        id="sentence expiry does not put back a release",
    ),
    pytest.param(
        {T.SED: LATE, T.HDCED: EARLY, T.LED: LATE, T.TUSED: LATE},
        (LATE, T.SED, Certainty.CALCULATED, "sentence_expiry"),
        id="sentence expiry when nothing else releases",
    ),
    pytest.param(
        {T.HDCED: EARLY, T.PED: MIDDLE, T.LED: LATE, T.TUSED: LATE, T.TARIFF: EARLY, T.STATED: EARLY},
        None,
        id="eligibility, supervision, tariff and the stated date never count",
    ),
]


@pytest.mark.parametrize(("dates", "expected"), RULE)
def test_the_date_that_counts_follows_the_rule(
    dates: Dates, expected: tuple[date, ReleaseDateType, Certainty, str] | None
) -> None:
    assert operative_date(dates) == (None if expected is None else Operative(*expected))


@pytest.mark.parametrize(
    ("dates", "counts"),
    [
        pytest.param({T.CRD: MIDDLE, T.SED: LATE, T.HDCAD: EARLY}, None, id="nothing is reckoned on remand"),
        pytest.param({T.CONFIRMED: EARLY, T.CRD: MIDDLE}, EARLY, id="but a confirmed date holds"),
    ],
)
def test_on_remand_only_a_confirmed_date_counts(dates: Dates, counts: date | None) -> None:
    operative = operative_date(dates, on_remand=True)

    assert (operative and operative.date) == counts


def operative_by_the_book(dates: Mapping[ReleaseDateType, date]) -> date | None:
    """Reckon the operative date a second time, straight from the words of the rule."""
    for certain in (T.CONFIRMED, T.APD, T.HDCAD):
        if certain in dates:
            return dates[certain]
    non_dto = None
    for kind in (T.ARD, T.CRD, T.NPD, T.PRRD):
        if kind in dates and (non_dto is None or dates[kind] > non_dto):
            non_dto = dates[kind]
    mid_term = dates.get(T.MTD)
    if non_dto is None or (mid_term is not None and mid_term > non_dto):
        return mid_term or dates.get(T.SED)
    return non_dto


ANY_DATES = st.dictionaries(st.sampled_from(list(ReleaseDateType)), st.dates(date(2026, 11, 1), date(2026, 11, 6)))


@given(dates=ANY_DATES)
def test_the_rule_agrees_with_a_second_reckoning(dates: Dates) -> None:
    operative = operative_date(dates)

    assert (operative and operative.date) == operative_by_the_book(dates)
    assert operative is None or dates[operative.date_type] == operative.date


@given(dates=ANY_DATES, chance=st.randoms())
def test_the_order_in_which_dates_are_held_changes_nothing(dates: Dates, chance: random.Random) -> None:
    shuffled = list(dates.items())
    chance.shuffle(shuffled)

    assert operative_date(dict(shuffled)) == operative_date(dates)


@given(dates=ANY_DATES)
def test_the_ladder_has_one_rung_that_counts_when_any_date_does(dates: Dates) -> None:
    operative = operative_date(dates)

    held = [rung for rung in precedence(dates) if rung.date is not None]

    assert [rung.date for rung in held if rung.counts] == ([] if operative is None else [operative.date])
    assert not held or held[0].counts


def test_the_ladder_shows_every_step_in_order_and_who_agrees() -> None:
    rungs = precedence({T.CONFIRMED: EARLY, T.CRD: EARLY, T.SED: LATE})

    assert [(rung.rank, rung.label, rung.date_type, rung.date, rung.counts, rung.agrees) for rung in rungs] == [
        (1, "Confirmed release date", T.CONFIRMED, EARLY, True, False),
        (2, "Approved parole date", None, None, False, False),
        (3, "Approved curfew date (HDC)", None, None, False, False),
        (4, "Later of automatic and conditional date", T.CRD, EARLY, False, True),
        (5, "Sentence expiry date", T.SED, LATE, False, False),
    ]


def test_the_ladder_of_somebody_on_remand_has_the_confirmed_date_alone() -> None:
    rungs = precedence({T.CRD: EARLY}, on_remand=True)

    assert [(rung.label, rung.counts) for rung in rungs] == [("Confirmed release date", False)]


@pytest.mark.parametrize(
    ("dates", "eligible"),
    [
        pytest.param({T.HDCED: MIDDLE, T.PED: EARLY}, [(T.PED, EARLY), (T.HDCED, MIDDLE)], id="alone"),
        pytest.param({T.HDCED: EARLY, T.CRD: MIDDLE}, [(T.HDCED, EARLY)], id="before the date that counts"),
        pytest.param({T.HDCED: MIDDLE, T.CRD: MIDDLE}, [], id="on the day that counts"),
        pytest.param({T.PED: LATE, T.CRD: MIDDLE}, [], id="after the date that counts"),
        pytest.param({T.CRD: MIDDLE}, [], id="none held"),
    ],
)
def test_eligibility_shows_only_before_the_date_that_counts(
    dates: Dates, eligible: list[tuple[ReleaseDateType, date]]
) -> None:
    assert eligible_dates(dates, operative_date(dates)) == eligible


TUESDAY, THURSDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 26), date(2026, 11, 27)
SATURDAY, SUNDAY, MONDAY = date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 30)

MOVES = [
    pytest.param(TUESDAY, T.CRD, TUESDAY, TUESDAY, id="conditional on a Tuesday"),
    pytest.param(FRIDAY, T.CRD, THURSDAY, FRIDAY, id="conditional on a Friday"),
    pytest.param(SUNDAY, T.ARD, THURSDAY, FRIDAY, id="automatic on a Sunday"),
    pytest.param(SATURDAY, T.PRRD, THURSDAY, FRIDAY, id="post-recall on a Saturday"),
    pytest.param(SATURDAY, T.MTD, THURSDAY, FRIDAY, id="mid-term on a Saturday"),
    pytest.param(FRIDAY, T.ETD, THURSDAY, FRIDAY, id="early term on a Friday"),
    pytest.param(FRIDAY, T.LTD, THURSDAY, FRIDAY, id="late term on a Friday"),
    pytest.param(date(2026, 4, 6), T.CRD, date(2026, 4, 1), date(2026, 4, 2), id="Easter Monday, five days"),
    pytest.param(FRIDAY, T.NPD, FRIDAY, FRIDAY, id="non-parole stays on a Friday"),
    pytest.param(SATURDAY, T.NPD, FRIDAY, FRIDAY, id="non-parole on a Saturday"),
    pytest.param(SUNDAY, T.HDCAD, FRIDAY, FRIDAY, id="curfew on a Sunday"),
    pytest.param(SUNDAY, T.SED, FRIDAY, FRIDAY, id="sentence expiry on a Sunday"),
    pytest.param(SATURDAY, T.HDCED, MONDAY, MONDAY, id="curfew eligibility moves forward"),
    pytest.param(SATURDAY, T.CONFIRMED, FRIDAY, SATURDAY, id="confirmed is shown as confirmed"),
]


@pytest.mark.parametrize(("day", "date_type", "adjusted", "displayed"), MOVES)
def test_dates_move_off_days_without_offices(
    day: date, date_type: ReleaseDateType, adjusted: date, displayed: date
) -> None:
    assert working_day_adjusted(day, date_type) == adjusted
    assert shown_date(day, date_type) == displayed


def test_dates_gone_by_are_left_as_they_stood() -> None:
    assert working_day_adjusted(SUNDAY, T.CRD, today=MONDAY) == SUNDAY
    assert shown_date(SUNDAY, T.CRD, today=MONDAY) == SUNDAY
    assert working_day_adjusted(SUNDAY, T.CRD, today=SUNDAY) == THURSDAY
    assert shown_date(SUNDAY, T.CRD, today=SUNDAY) == FRIDAY


def conditional(day: date) -> Operative:
    return Operative(day, T.CRD, Certainty.CALCULATED, "automatic_or_conditional")


def test_the_release_window_runs_from_before_the_adjusted_to_after_the_stated_day() -> None:
    assert release_window(conditional(SUNDAY)) == (THURSDAY - timedelta(days=1), MONDAY)


@pytest.mark.parametrize(
    ("operative", "last_seen", "first_absent", "released"),
    [
        pytest.param(conditional(TUESDAY), date(2026, 11, 23), TUESDAY, True, id="gone on the day"),
        pytest.param(conditional(TUESDAY), date(2026, 11, 22), date(2026, 11, 23), True, id="gone the day before"),
        pytest.param(conditional(TUESDAY), TUESDAY, date(2026, 11, 25), True, id="gone the day after"),
        pytest.param(conditional(TUESDAY), date(2026, 11, 21), date(2026, 11, 22), False, id="two days early"),
        pytest.param(conditional(TUESDAY), date(2026, 11, 25), THURSDAY, False, id="two days late"),
        pytest.param(conditional(SUNDAY), date(2026, 11, 25), THURSDAY, True, id="Thursday for a Sunday"),
        pytest.param(conditional(TUESDAY), date(2026, 11, 20), FRIDAY, True, id="files missing around the date"),
        pytest.param(conditional(TUESDAY), TUESDAY, FRIDAY, True, id="files missing from the date on"),
        pytest.param(conditional(TUESDAY), date(2026, 11, 25), FRIDAY, False, id="the date was over before"),
        pytest.param(None, date(2026, 11, 23), TUESDAY, False, id="no date"),
    ],
)
def test_absence_is_a_release_only_around_the_date_that_counted(
    operative: Operative | None, last_seen: date, first_absent: date, *, released: bool
) -> None:
    assert explains_absence(operative, last_seen=last_seen, first_absent=first_absent) is released


@pytest.mark.parametrize("date_type", ReleaseDateType)
def test_every_date_type_has_words(date_type: ReleaseDateType) -> None:
    assert date_type.label == LABELS[date_type] != date_type.value


@given(dates=ANY_DATES)
def test_every_reason_has_a_sentence(dates: Dates) -> None:
    operative = operative_date(dates)

    assert operative is None or REASONS[operative.reason].endswith(".")


def test_certainties_are_named_as_on_the_charts() -> None:
    assert [certainty.label for certainty in Certainty] == [
        "Confirmed",
        "Approved",
        "Calculated",
        "Stated",
        "Eligible only",
    ]
