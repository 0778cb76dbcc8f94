"""What one record's extracts state: a fact where something changes, nothing where nothing does."""

import random
from dataclasses import replace
from datetime import date

import pytest

from custody.snapshots import ABSENT, Observation, derive_facts, direction_of
from tests.custody.histories import absent, at, facts_of, held, moved, on


def custody(*seen: Observation) -> list[tuple[str, str, int]]:
    """Return status, prison and day of each custody fact."""
    return [(f.custody_status, f.establishment_code, f.valid_at.day) for f in facts_of(*seen).custody]


def dates(*seen: Observation) -> list[tuple[str, date | None, int]]:
    """Return type, date and day of each date fact."""
    return [(f.date_type, f.date, f.valid_at.day) for f in facts_of(*seen).release_dates]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([], [], id="nothing seen"),
        pytest.param([absent(1), absent(2)], [], id="absence before any presence says nothing"),
        pytest.param([absent(1), held(2)], [("ACTIVE IN", "LEI", 2)], id="first presence"),
        pytest.param([held(1), held(2), held(3)], [("ACTIVE IN", "LEI", 1)], id="unchanged for three days"),
        pytest.param(
            [held(1), held(2, "MDI"), held(3, "LEI")],
            [("ACTIVE IN", "LEI", 1), ("ACTIVE IN", "MDI", 2), ("ACTIVE IN", "LEI", 3)],
            id="there and back",
        ),
        pytest.param(
            [held(1), absent(2), absent(3), held(4)],
            [("ACTIVE IN", "LEI", 1), (ABSENT, "", 2), ("ACTIVE IN", "LEI", 4)],
            id="absent twice is one absence",
        ),
        pytest.param(
            [held(1), absent(2), held(3), absent(4)],
            [("ACTIVE IN", "LEI", 1), (ABSENT, "", 2), ("ACTIVE IN", "LEI", 3), (ABSENT, "", 4)],
            id="absent again after coming back",
        ),
        pytest.param(
            [held(1), held(2, booking="LX9999")],
            [("ACTIVE IN", "LEI", 1), ("ACTIVE IN", "LEI", 2)],
            id="another booking number alone is a change",
        ),
    ],
)
def test_custody_fact_stands_where_something_changes(
    seen: list[Observation], expected: list[tuple[str, str, int]]
) -> None:
    assert custody(*seen) == expected


def test_absence_names_the_last_extract_that_held_the_person() -> None:
    facts = facts_of(held(1), held(2), absent(3), absent(4))

    assert [f.last_seen_at for f in facts.custody] == [None, at(2)]


def test_order_in_which_extracts_are_handed_in_does_not_matter() -> None:
    seen = [held(1), held(2, "MDI"), absent(3), held(4, movement=moved("ADM", "N", 3, 12)), held(5, "TRN")]
    shuffled = random.Random(7).sample(seen, len(seen))

    assert derive_facts(shuffled) == derive_facts(seen)


def test_movement_is_told_once_by_the_extract_that_first_states_it() -> None:
    reception = moved("ADM", "N", 1, 14)

    facts = facts_of(held(1), held(2, movement=reception), held(3, movement=reception), absent(4))

    assert [(m.movement_type, m.learned_at) for m in facts.movements] == [("ADM", at(2))]


@pytest.mark.parametrize(
    ("movement_type", "status", "direction"),
    [
        ("ADM", "ACTIVE IN", "IN"),
        ("REL", "INACTIVE OUT", "OUT"),
        ("TRN", "ACTIVE IN", "IN"),
        ("TRN", "INACTIVE TRN", "OUT"),
        ("CRT", "ACTIVE OUT", "OUT"),
        ("CRT", "ACTIVE IN", "IN"),
        ("TAP", "ACTIVE OUT", "OUT"),
        ("TAP", "ACTIVE IN", "IN"),
    ],
)
def test_direction_follows_from_type_and_status(movement_type: str, status: str, direction: str) -> None:
    assert direction_of(movement_type, status) == direction


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([held(1)], [], id="blank from the start says nothing"),
        pytest.param([held(1), held(2, dates={"CRD": on(9)})], [("CRD", on(9), 2)], id="set"),
        pytest.param(
            [held(1, dates={"CRD": on(9)}), held(2, dates={"CRD": on(20)})],
            [("CRD", on(9), 1), ("CRD", on(20), 2)],
            id="changed",
        ),
        pytest.param(
            [held(1, dates={"CRD": on(9)}), held(2), held(3)],
            [("CRD", on(9), 1), ("CRD", None, 2)],
            id="withdrawn once",
        ),
        pytest.param(
            [held(1, dates={"TUSED": on(9)}), held(2)],
            [("TUSED", on(9), 1)],
            id="a file without the column withdraws nothing",
        ),
        pytest.param(
            [held(1, dates={"CRD": on(9)}), absent(2), held(3, dates={"CRD": on(9)})],
            [("CRD", on(9), 1)],
            id="absence withdraws no date",
        ),
    ],
)
def test_date_fact_stands_where_a_date_changes(
    seen: list[Observation], expected: list[tuple[str, date | None, int]]
) -> None:
    assert dates(*seen) == expected


def test_absence_at_the_start_counts_when_older_extracts_held_the_person() -> None:
    facts = derive_facts([absent(2), absent(3)], last_seen_at=at(1))

    assert [(f.custody_status, f.valid_at, f.last_seen_at) for f in facts.custody] == [(ABSENT, at(2), at(1))]


def test_blank_date_at_the_start_may_end_what_older_extracts_said() -> None:
    facts = derive_facts([held(2), held(3)], last_seen_at=at(1))

    assert {(f.date_type, f.date) for f in facts.release_dates} == {
        (name, None) for name in ("CONFIRMED", "CRD", "SED", "HDCED")
    }
    assert {f.valid_at for f in facts.release_dates} == {at(2)}


def test_form_that_carries_both_states_calculation_and_override_apart() -> None:
    row, later = held(1, dates={"CRD": on(9)}), held(2, dates={"CRD": on(9)})
    assert row.statement is not None
    assert later.statement is not None
    both = replace(row, statement=replace(row.statement, overrides=(("CRD", None),)))
    set_by_hand = replace(later, statement=replace(later.statement, overrides=(("CRD", on(20)),)))

    stated = facts_of(both, set_by_hand).release_dates

    assert [(f.date_type, f.basis, f.date, f.valid_at.day) for f in stated] == [
        ("CRD", "calculated", on(9), 1),
        ("CRD", "overridden", on(20), 2),
    ]
