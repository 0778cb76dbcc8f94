"""Every change of a release date is kept with old and new, who said so, and the notice it left."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from custody.date_changes import DateChange, is_inside, lead_days, operative_changes, type_changes
from custody.release_dates import Certainty, Operative, ReleaseDateType
from custody.snapshots import Observation, derive_facts
from tests.custody.histories import absent, at, facts_of, held, on

T = ReleaseDateType
DUE, LATER = on(20, 12), on(8, 1, 2027)


def told(*seen: Observation) -> list[tuple[str, date | None, date | None, str, int]]:
    """Return kind, old, new, certainty of the new and day learnt of each change of the date that counts."""
    return [(c.kind, c.old_date, c.new_date, c.certainty, c.learned_at.day) for c in operative_changes(facts_of(*seen))]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([held(1), held(2, dates={"CRD": DUE})], [("set", None, DUE, "calculated", 2)], id="set"),
        pytest.param(
            [held(1, dates={"CRD": DUE}), held(2, dates={"CRD": LATER})],
            [("changed", DUE, LATER, "calculated", 2)],
            id="put back",
        ),
        pytest.param([held(1, dates={"CRD": DUE}), held(2)], [("withdrawn", DUE, None, "", 2)], id="withdrawn"),
        pytest.param(
            [held(1, dates={"CRD": DUE}), held(2, dates={"CRD": DUE, "CONFIRMED": DUE})],
            [("confirmed", DUE, DUE, "confirmed", 2)],
            id="confirmed as it was",
        ),
        pytest.param(
            [held(1, dates={"CRD": DUE}), held(2, dates={"CRD": DUE, "CONFIRMED": LATER})],
            [("changed", DUE, LATER, "confirmed", 2)],
            id="changed and confirmed",
        ),
        pytest.param(
            [held(1, dates={"CONFIRMED": DUE}), held(2, dates={"CONFIRMED": DUE, "CRD": DUE})],
            [],
            id="confirmed long ago",
        ),
        pytest.param(
            [held(1, dates={"CONFIRMED": DUE}), held(2, dates={"CRD": DUE})], [], id="no longer confirmed, same day"
        ),
        pytest.param([held(1, dates={"CRD": DUE}), held(2, dates={"SED": DUE})], [], id="the same day by another type"),
        pytest.param([held(1, dates={"CRD": DUE}), absent(2), held(3)], [], id="back after an absence"),
        pytest.param([held(1, dates={"CRD": DUE}), held(2, booking="LX9999")], [], id="another booking"),
        pytest.param(
            [held(1, legal="REMAND", dates={"CRD": DUE}), held(2, dates={"CRD": DUE}), held(3, dates={"CRD": LATER})],
            [("set", None, DUE, "calculated", 2), ("changed", DUE, LATER, "calculated", 3)],
            id="sentenced, then changed",
        ),
        pytest.param(
            [held(1, dates={"SED": DUE}), held(2, legal="INDETERMINATE_SENTENCE", dates={"SED": DUE})],
            [("withdrawn", DUE, None, "", 2)],
            id="a life sentence passed: expiry counts no more",
        ),
    ],
)
def test_changes_of_the_date_that_counts(
    seen: list[Observation], expected: list[tuple[str, date | None, date | None, str, int]]
) -> None:
    assert told(*seen) == expected


def test_change_says_where_and_by_which_delivery() -> None:
    (change,) = operative_changes(facts_of(held(1), held(2, "MDI", dates={"CRD": DUE})))

    assert (change.establishment_code, change.delivery_id) == ("MDI", UUID(int=2))


def change(old: date | None, new: date | None, *, day: int = 1) -> DateChange:
    """Return a change learnt in November 2026."""
    ends = [Operative(d, T.CRD, Certainty.CALCULATED, "automatic_or_conditional") if d else None for d in (old, new)]
    return DateChange("changed", at(day), UUID(int=day), ends[0], ends[1])


@pytest.mark.parametrize(
    ("old", "new", "days"),
    [
        pytest.param(None, on(15), 14, id="set: days to the new date"),
        pytest.param(on(10), on(15), 14, id="changed: days to the new date"),
        pytest.param(on(10), None, 9, id="withdrawn: days to the old date"),
        pytest.param(None, on(1), 0, id="learnt on the day itself"),
        pytest.param(None, on(31, 10), -1, id="learnt a day too late"),
    ],
)
def test_lead_time_is_reckoned_from_the_day_of_learning(old: date | None, new: date | None, days: int) -> None:
    assert change(old, new).lead_days == days


def test_lead_time_of_no_date_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="has an old or a new date"):
        lead_days(None, None, learned_at=at(1))


@pytest.mark.parametrize(
    ("old", "new", "inside_14", "inside_2"),
    [
        pytest.param(None, on(15), True, False, id="fourteen days off"),
        pytest.param(None, on(16), False, False, id="fifteen days off"),
        pytest.param(on(2), on(3), True, True, id="two days off"),
        pytest.param(on(20, 12), on(4), True, False, id="brought forward to three days off"),
        pytest.param(on(3), on(20, 12), True, True, id="put back from two days off"),
        pytest.param(on(3), None, True, True, id="withdrawn two days before"),
        pytest.param(on(31, 10), on(20, 12), False, False, id="the old day had passed"),
        pytest.param(None, on(1), True, True, id="on the day itself"),
    ],
)
def test_late_changes_are_marked(old: date | None, new: date | None, *, inside_14: bool, inside_2: bool) -> None:
    late = change(old, new)

    assert (late.is_inside(14), late.is_inside(2)) == (inside_14, inside_2)
    assert is_inside(14, old, new, learned_at=late.learned_at) is inside_14


def test_days_are_uk_days_of_learning() -> None:
    late_in_the_evening = at(1, 23, 30)

    assert lead_days(None, on(2), learned_at=late_in_the_evening) == 1


def test_every_type_keeps_its_own_changes() -> None:
    row = held(2, dates={"CRD": LATER, "HDCED": DUE})
    assert row.statement is not None
    with_override = replace(row, statement=replace(row.statement, overrides=(("CRD", DUE),)))

    changes = type_changes(facts_of(held(1, dates={"CRD": DUE}), with_override, held(3, dates={"HDCED": DUE})))

    assert [(c.date_type, c.is_override, c.old_date, c.new_date, c.learned_at.day) for c in changes] == [
        (T.CRD, False, None, DUE, 1),
        (T.CRD, False, None, LATER, 2),
        (T.HDCED, False, None, DUE, 2),
        (T.CRD, True, None, DUE, 2),
        (T.CRD, False, DUE, None, 3),
    ]
    assert [c.lead_days for c in changes] == [49, 67, 48, 48, 47]


def test_blank_that_was_never_filled_is_no_change() -> None:
    assert type_changes(derive_facts([held(2)], last_seen_at=at(1))) == []
