"""The operative date follows the rule of the prison system, row by row and against a second reckoning."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custody.date_meanings import Releases
from custody.release_dates import (
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
    why_no_date,
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
        {T.SLED: LATE}, (LATE, T.SLED, Certainty.CALCULATED, "sentence_expiry"), id="sentence and licence expiry in one"
    ),
    pytest.param(
        {T.RELEASE: MIDDLE, T.SED: LATE, T.ETD: EARLY, T.LTD: LATE},
        (MIDDLE, T.RELEASE, Certainty.STATED, "stated"),
        id="detention and training order: the prison's own date",
    ),
    pytest.param(
        {T.RELEASE: EARLY, T.CRD: MIDDLE},
        (MIDDLE, T.CRD, Certainty.CALCULATED, "automatic_or_conditional"),
        id="the prison's own date never beats the rule",
    ),
    pytest.param(
        {T.ETD: EARLY, T.LTD: LATE, T.DPRRD: EARLY, T.ERSED: EARLY, T.TERSED: EARLY, T.ROTL: EARLY},
        None,
        id="decisions, removal and temporary licence never count",
    ),
    pytest.param({T.ESED: EARLY, T.NCRD: EARLY, T.HDCED4PLUS: EARLY}, None, id="aids to reckoning never count"),
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


OVERRIDDEN = [
    pytest.param({T.CRD: LATE}, {T.CRD: EARLY}, (EARLY, T.CRD, True), id="an earlier override beats the calculation"),
    pytest.param({T.CRD: EARLY}, {T.CRD: LATE}, (LATE, T.CRD, True), id="and so does a later one"),
    pytest.param({}, {T.ARD: MIDDLE}, (MIDDLE, T.ARD, True), id="an override without a calculation"),
    pytest.param(
        {T.CRD: LATE, T.ARD: MIDDLE}, {T.CRD: EARLY}, (MIDDLE, T.ARD, False), id="another type between the two counts"
    ),
    pytest.param(
        {T.ARD: EARLY, T.CRD: MIDDLE},
        {T.ARD: MIDDLE},
        (MIDDLE, T.ARD, True),
        id="on one day the types keep their order",
    ),
    pytest.param({T.HDCAD: LATE, T.CRD: MIDDLE}, {T.HDCAD: EARLY}, (EARLY, T.HDCAD, True), id="curfew set by hand"),
    pytest.param({T.APD: EARLY}, {T.HDCAD: EARLY}, (EARLY, T.APD, False), id="parole beats a curfew set by hand"),
    pytest.param({T.CRD: EARLY}, {T.HDCED: LATE, T.ROTL: LATE}, (EARLY, T.CRD, False), id="what never counts"),
]


@pytest.mark.parametrize(("calculated", "overrides", "expected"), OVERRIDDEN)
def test_an_override_beats_what_was_calculated(
    calculated: Dates, overrides: Dates, expected: tuple[date, ReleaseDateType, bool]
) -> None:
    operative = operative_date(calculated, overrides=overrides)

    assert operative is not None
    assert (operative.date, operative.date_type, operative.is_override) == expected


@pytest.mark.parametrize(
    ("dates", "counts"),
    [
        pytest.param({T.TARIFF: EARLY, T.PED: EARLY}, None, id="the tariff releases nobody"),
        pytest.param({T.SED: LATE, T.SLED: LATE, T.TARIFF: EARLY}, None, id="no life sentence expires"),
        pytest.param({T.TARIFF: EARLY, T.APD: MIDDLE}, T.APD, id="parole approved"),
        pytest.param({T.TARIFF: EARLY, T.CONFIRMED: MIDDLE}, T.CONFIRMED, id="a confirmed release"),
        pytest.param({T.TARIFF: EARLY, T.CRD: MIDDLE}, T.CRD, id="a date that the prison itself states"),
    ],
)
def test_an_indeterminate_sentence_has_no_invented_date(dates: Dates, counts: ReleaseDateType | None) -> None:
    operative = operative_date(dates, indeterminate=True)

    assert (operative and operative.date_type) == counts


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param({"on_remand": True}, "No date: on remand.", id="on remand"),
        pytest.param({"indeterminate": True}, "No date: indeterminate sentence.", id="indeterminate"),
        pytest.param({}, "The prison file holds no date", id="no date at all"),
    ],
)
def test_why_no_date_counts_is_said_plainly(said: dict[str, bool], words: str) -> None:
    assert why_no_date(**said).startswith(words)


def collapsed_by_the_book(
    calculated: Mapping[ReleaseDateType, date], overrides: Mapping[ReleaseDateType, date]
) -> Dates:
    """Take the override of each type where there is one, else what was calculated."""
    known = {}
    for kind in ReleaseDateType:
        if kind in overrides:
            known[kind] = overrides[kind]
        elif kind in calculated:
            known[kind] = calculated[kind]
    return known


def operative_by_the_book(known: Dates, *, on_remand: bool, indeterminate: bool) -> date | None:
    """Reckon the operative date a second time, straight from the words of the rule."""
    for certain in (T.CONFIRMED,) if on_remand else (T.CONFIRMED, T.APD, T.HDCAD):
        if certain in known:
            return known[certain]
    if on_remand:
        return None
    by_sentence = [known[kind] for kind in (T.ARD, T.CRD, T.NPD, T.PRRD, T.MTD) if kind in known]
    if by_sentence or T.RELEASE in known:
        return max(by_sentence, default=known.get(T.RELEASE))
    ends = [known[kind] for kind in (T.SED, T.SLED) if kind in known]
    return None if indeterminate else max(ends, default=None)


Slot = tuple[ReleaseDateType, bool, date]


def beats(challenger: Slot, holder: Slot) -> bool:
    """Compare two of the eight values as the prison system does: pair by pair, without collapsing first."""
    kind, by_hand, day = challenger
    held_kind, held_by_hand, held_day = holder
    if kind is held_kind:
        return by_hand and not held_by_hand
    order = (T.ARD, T.CRD, T.NPD, T.PRRD)
    return day > held_day or (day == held_day and order.index(kind) < order.index(held_kind))


ANY_DATES = st.dictionaries(st.sampled_from(list(ReleaseDateType)), st.dates(date(2026, 11, 1), date(2026, 11, 6)))


@given(calculated=ANY_DATES, overrides=ANY_DATES, on_remand=st.booleans(), indeterminate=st.booleans())
def test_the_rule_agrees_with_a_second_reckoning(
    calculated: Dates, overrides: Dates, *, on_remand: bool, indeterminate: bool
) -> None:
    held = {"on_remand": on_remand, "indeterminate": indeterminate}
    known = collapsed_by_the_book(calculated, overrides)

    operative = operative_date(calculated, overrides=overrides, **held)

    assert (operative and operative.date) == operative_by_the_book(known, **held)
    assert operative is None or known[operative.date_type] == operative.date
    assert operative is None or operative.is_override is (operative.date_type in overrides)


SENTENCE_SLOTS = st.dictionaries(
    st.sampled_from([T.ARD, T.CRD, T.NPD, T.PRRD]), st.dates(date(2026, 11, 1), date(2026, 11, 6))
)


@given(calculated=SENTENCE_SLOTS, overrides=SENTENCE_SLOTS, chance=st.randoms())
def test_without_an_earlier_override_the_rule_is_the_prison_systems_own(
    calculated: Dates, overrides: Dates, chance: random.Random
) -> None:
    """Source: domain.md a.5: where an override is earlier, the system's own comparison runs in circles."""
    assume(all(day >= calculated.get(kind, day) for kind, day in overrides.items()))
    slots: list[Slot] = [(kind, False, day) for kind, day in calculated.items()]
    slots += [(kind, True, day) for kind, day in overrides.items()]
    chance.shuffle(slots)
    best: Slot | None = None
    for slot in slots:
        best = slot if best is None or beats(slot, best) else best

    operative = operative_date(calculated, overrides=overrides)

    assert (operative and (operative.date_type, operative.is_override, operative.date)) == best


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


def test_the_ladder_names_the_prisons_own_date_where_one_is_held() -> None:
    rungs = precedence({T.RELEASE: EARLY, T.SED: LATE}, indeterminate=True)

    assert [(rung.rank, rung.date_type, rung.counts) for rung in rungs] == [
        (1, None, False),
        (2, None, False),
        (3, None, False),
        (4, None, False),
        (5, T.RELEASE, True),
    ]


def test_the_ladder_of_somebody_on_remand_has_the_confirmed_date_alone() -> None:
    rungs = precedence({T.CRD: EARLY}, on_remand=True)

    assert [(rung.label, rung.counts) for rung in rungs] == [("Confirmed release date", False)]


@pytest.mark.parametrize(
    ("dates", "eligible"),
    [
        pytest.param({T.HDCED: MIDDLE, T.PED: EARLY}, [(T.PED, EARLY), (T.HDCED, MIDDLE)], id="alone"),
        pytest.param({T.TARIFF: MIDDLE}, [(T.TARIFF, MIDDLE)], id="the tariff"),
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


MEANINGS = {
    Releases.YES: {T.CONFIRMED, T.APD, T.HDCAD, T.ARD, T.CRD, T.NPD, T.PRRD, T.MTD, T.RELEASE, T.DPRRD},
    Releases.AT_THE_END: {T.SED, T.SLED},
    Releases.IF_GRANTED: {T.HDCED, T.HDCED4PLUS, T.PED, T.TARIFF, T.ETD, T.LTD},
    Releases.REMOVAL: {T.ERSED, T.TERSED},
    Releases.FOR_A_TIME: {T.ROTL},
    Releases.NO: {T.LED, T.TUSED, T.ESED, T.NCRD, T.STATED},
}


@pytest.mark.parametrize("date_type", ReleaseDateType)
def test_every_date_type_says_what_it_means_and_whether_it_releases(date_type: ReleaseDateType) -> None:
    (releases,) = [releases for releases, types in MEANINGS.items() if date_type in types]

    assert date_type.releases is releases
    assert date_type.meaning.endswith(".")
    assert date_type.label != date_type.value
    assert "elease" in releases.label or releases.label in ("Removes from the country", "Lets out for a time")


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
