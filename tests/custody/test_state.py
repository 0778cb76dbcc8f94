"""The state in which a record's extracts leave a person: where, since when, and when due out."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from custody.snapshots import Observation, RecordFacts
from custody.state import State, derive_state, is_absence_overdue
from tests.custody.histories import absent, at, facts_of, held, moved, on, state_of

OUT = "ACTIVE OUT"
COURT = moved("CRT", "CA", 1, 9)


@pytest.mark.parametrize(
    ("seen", "whereabouts", "establishment", "since"),
    [
        pytest.param([held(1)], "in_custody", "LEI", at(1), id="inside from the first roll on"),
        pytest.param(
            [held(1, received=on(1))], "in_custody", "LEI", at(1, 0, 0), id="inside since the first reception"
        ),
        pytest.param(
            [held(1, movement=moved("ADM", "N", 1, 3))], "in_custody", "LEI", at(1, 3, 0), id="since the reception"
        ),
        pytest.param([held(1), held(2, "MDI")], "in_custody", "MDI", at(2), id="moved, by the extract"),
        pytest.param(
            [held(1), held(2, "MDI", movement=moved("ADM", "INT", 1, 14)), held(3, "MDI", legal="RECALL")],
            "in_custody",
            "MDI",
            at(1, 14, 0),
            id="moved, by the stated arrival",
        ),
        pytest.param(
            [held(1, movement=moved("ADM", "N", 1, 3)), held(2, "MDI"), held(3)],
            "in_custody",
            "LEI",
            at(3),
            id="back where they once arrived: since now, not since then",
        ),
        pytest.param([held(1), held(2, movement=COURT, status=OUT)], "at_court", "LEI", at(1, 9, 0), id="at court"),
        pytest.param(
            [held(1, movement=COURT, status=OUT), held(2, movement=moved("TAP", "C4", 1, 12), status=OUT)],
            "temporary_absence",
            "LEI",
            at(1, 12, 0),
            id="from court straight to an absence",
        ),
        pytest.param(
            [held(1, movement=moved("CRT", "CA", 1, 4)), held(2, status=OUT)],
            "temporary_absence",
            "LEI",
            at(2),
            id="out without a movement that says where: an earlier return says nothing",
        ),
        pytest.param(
            [held(1), held(2, "TRN", status="INACTIVE TRN", movement=moved("TRN", "NOTR", 1, 8))],
            "in_transit",
            "LEI",
            at(1, 8, 0),
            id="between prisons",
        ),
        pytest.param(
            [held(1, "TRN", status="INACTIVE TRN")], "in_transit", "", at(1), id="between prisons, no prison named yet"
        ),
        pytest.param([held(1), absent(2)], "missing", "LEI", at(2), id="missing"),
        pytest.param(
            [held(1, movement=moved("REL", "CR", 1, 4)), absent(2)], "community", "", at(1, 4, 0), id="released"
        ),
        pytest.param(
            [held(1, movement=moved("REL", "ESCP", 1, 4)), absent(2)], "at_large", "", at(1, 4, 0), id="escaped"
        ),
        pytest.param([held(1, movement=moved("REL", "DEC", 1, 4)), absent(2)], "died", "", at(1, 4, 0), id="died"),
        pytest.param([held(1), absent(2), held(3)], "in_custody", "LEI", at(3), id="back in the feed"),
        pytest.param(
            [held(1), held(2, status=OUT, movement=moved("REL", "UAL", 1, 20))],
            "at_large",
            "",
            at(1, 20, 0),
            id="absconded, told by the row on the same morning",
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=moved("REL", "UAL_ECL", 1, 20)), absent(3)],
            "at_large",
            "",
            at(1, 20, 0),
            id="unlawfully at large",
        ),
        pytest.param(
            [held(1, status=OUT, movement=moved("REL", "ESCP", 1, 4))],
            "at_large",
            "",
            at(1, 4, 0),
            id="gone already in the first roll",
        ),
        pytest.param(
            [held(1, "OUT", status="INACTIVE OUT")], "community", "", at(1), id="released already in the first file"
        ),
        pytest.param(
            [held(1, movement=moved("REL", "ESCP", 1, 4)), absent(2), held(3, movement=moved("ADM", "RECA", 2, 11))],
            "in_custody",
            "LEI",
            at(2, 11, 0),
            id="recaptured",
        ),
        pytest.param(
            [held(1, movement=moved("REL", "HP", 1, 4)), absent(2)], "hospital", "", at(1, 4, 0), id="in hospital"
        ),
        pytest.param(
            [held(1, movement=moved("REL", "DE", 1, 4)), absent(2)], "removed", "", at(1, 4, 0), id="deported"
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=moved("TAP", "F4", 1, 9))],
            "at_court",
            "LEI",
            at(1, 9, 0),
            id="at court, unescorted",
        ),
        pytest.param([], "community", "", None, id="never seen"),
    ],
)
def test_whereabouts(seen: list[Observation], whereabouts: str, establishment: str, since: datetime | None) -> None:
    state = state_of(*seen)

    assert (state.whereabouts, state.establishment_code, state.since) == (whereabouts, establishment, since)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([held(1, received=on(1))], at(1, 0, 0), id="by the first reception"),
        pytest.param([held(1), held(2, "MDI")], at(1), id="a transfer begins no period"),
        pytest.param([absent(1), held(2, movement=moved("ADM", "N", 1, 20))], at(1, 20, 0), id="by the reception"),
        pytest.param(
            [held(1, received=on(1)), absent(2), held(3, movement=moved("ADM", "L", 2, 11), received=on(1))],
            at(2, 11, 0),
            id="recalled on the same booking: the new period counts",
        ),
        pytest.param(
            [
                held(1, movement=moved("REL", "ESCP", 1, 4), received=on(1)),
                absent(2),
                held(3, movement=moved("ADM", "RECA", 2, 11), received=on(1)),
            ],
            at(1, 0, 0),
            id="recaptured: the old period goes on",
        ),
        pytest.param(
            [held(1, received=on(1)), absent(2), held(3, received=on(1))], at(1, 0, 0), id="a gap in the feed"
        ),
        pytest.param(
            [held(1), held(2, booking="LX9999", movement=moved("ADM", "V", 1, 16))], at(1, 16, 0), id="rebooked"
        ),
        pytest.param([held(1, received=on(1)), absent(2)], at(1, 0, 0), id="missing: still since then"),
    ],
)
def test_in_custody_since(seen: list[Observation], expected: datetime) -> None:
    assert state_of(*seen).in_custody_since == expected


def test_missing_is_unconfirmed_since_last_seen() -> None:
    state = state_of(held(1), held(2), absent(3), absent(4))

    assert (state.unconfirmed_since, state.released_at, state.is_held) == (at(2), None, True)


def test_released_keeps_no_date_and_no_legal_status() -> None:
    state = state_of(held(1, movement=moved("REL", "CR", 1, 4), dates={"CRD": on(1)}), absent(2))

    assert (state.released_at, state.release_date, state.legal_status, state.is_held) == (at(1, 4, 0), None, "", False)


@pytest.mark.parametrize(
    ("legal", "dates", "due", "eligible"),
    [
        pytest.param("SENTENCED", {}, (None, "", ""), (None, ""), id="no date"),
        pytest.param("REMAND", {"CRD": on(9)}, (None, "", ""), (None, ""), id="on remand"),
        pytest.param(
            "REMAND", {"CONFIRMED": on(9)}, (on(9), "CONFIRMED", "confirmed"), (None, ""), id="bail confirmed"
        ),
        pytest.param("SENTENCED", {"CRD": on(9)}, (on(9), "CRD", "calculated"), (None, ""), id="calculated"),
        pytest.param(
            "SENTENCED",
            {"CRD": on(20), "HDCED": on(9)},
            (on(20), "CRD", "calculated"),
            (on(9), "HDCED"),
            id="eligible before",
        ),
        pytest.param("SENTENCED", {"SED": on(20)}, (on(20), "SED", "calculated"), (None, ""), id="sentence expiry"),
    ],
)
def test_due_date(
    legal: str,
    dates: dict[str, date | None],
    due: tuple[date | None, str, str],
    eligible: tuple[date | None, str],
) -> None:
    state = state_of(held(1, legal=legal, dates=dates))

    assert (state.release_date, state.release_date_type, state.certainty) == due
    assert (state.eligible_date, state.eligible_date_type) == eligible


@pytest.mark.parametrize(
    ("held_as", "dates", "due", "eligible"),
    [
        pytest.param("INDETERMINATE_SENTENCE", {"SED": on(20)}, (None, "", ""), (None, ""), id="no sentence expiry"),
        pytest.param(
            "INDETERMINATE_SENTENCE", {"TARIFF": on(9)}, (None, "", ""), (on(9), "TARIFF"), id="the tariff: eligible"
        ),
        pytest.param(
            "INDETERMINATE_SENTENCE",
            {"CONFIRMED": on(9)},
            (on(9), "CONFIRMED", "confirmed"),
            (None, ""),
            id="confirmed",
        ),
    ],
)
def test_indeterminate_sentence_has_no_date_of_its_own(
    held_as: str,
    dates: dict[str, date | None],
    due: tuple[date | None, str, str],
    eligible: tuple[date | None, str],
) -> None:
    state = state_of(held(1, legal=held_as, dates=dates))

    assert (state.release_date, state.release_date_type, state.certainty) == due
    assert (state.eligible_date, state.eligible_date_type) == eligible


def test_override_counts_before_the_calculation() -> None:
    row = held(1, dates={"CRD": on(20)})
    assert row.statement is not None
    both = replace(row, statement=replace(row.statement, overrides=(("CRD", on(9)), ("ARD", None))))

    state = state_of(both)

    assert (state.release_date, state.release_date_type) == (on(9), "CRD")


LEFT_AT = at(1, 9, 0)


@pytest.mark.parametrize(
    ("whereabouts", "since", "now", "expected_back", "is_overdue"),
    [
        pytest.param("temporary_absence", LEFT_AT, at(5, 9, 0), None, False, id="four days to the minute"),
        pytest.param("temporary_absence", LEFT_AT, at(5, 9, 1), None, True, id="a minute more"),
        pytest.param("temporary_absence", LEFT_AT, at(2, 9, 1), at(2, 9, 0), True, id="past the return expected"),
        pytest.param("temporary_absence", LEFT_AT, at(8, 9, 0), at(9, 9, 0), False, id="a long leave, not over yet"),
        pytest.param("temporary_absence", None, at(8, 9, 0), None, False, id="since when is not known"),
        pytest.param("at_court", LEFT_AT, at(8, 9, 0), None, False, id="at court is no absence"),
    ],
)
def test_absence_is_overdue_by_the_clock(
    whereabouts: str, since: datetime | None, now: datetime, expected_back: datetime | None, *, is_overdue: bool
) -> None:
    state = State(whereabouts=whereabouts, since=since)

    assert is_absence_overdue(state, now, expected_back=expected_back) is is_overdue


@pytest.mark.parametrize(
    ("whereabouts", "is_held"),
    [
        ("in_custody", True),
        ("at_court", True),
        ("temporary_absence", True),
        ("in_transit", True),
        ("missing", True),
        ("community", False),
        ("at_large", False),
        ("hospital", False),
        ("removed", False),
        ("died", False),
    ],
)
def test_prisons_answer_for_those_they_hold(whereabouts: str, *, is_held: bool) -> None:
    assert State(whereabouts=whereabouts).is_held is is_held


def test_last_event_is_the_one_learnt_last() -> None:
    state = state_of(
        held(1), held(2, "MDI", movement=moved("ADM", "INT", 1, 14)), held(3, dates={"CRD": on(9)}, prison="MDI")
    )

    assert (state.last_event_kind, state.last_event_at) == ("release_date_set", at(3))


def test_absence_that_no_event_tells_reads_as_in_the_community() -> None:
    assert derive_state(facts_of(held(1), absent(2)), []).whereabouts == "community"


def test_nobody_has_the_plain_state() -> None:
    assert derive_state(RecordFacts((), (), ()), []) == State()
