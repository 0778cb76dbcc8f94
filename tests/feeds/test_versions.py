"""Row versions: one where a row differs from the nearest earlier one, whatever order the files came in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from feeds.models import Delivery, QuarantinedRow, RowVersion, SourceRecord, SourceToken
from tests.factories import Desk, days, publish

AsRole = Callable[[str], AbstractContextManager[None]]
Row = dict[int, str]
ONE, TWO, THREE, FOUR = days(4)
PERSON: Row = {3: "A1234BC"}
OTHER: Row = {3: "A2222BC", 6: "OTHER"}
MOVED: Row = {3: "A1234BC", 2: "MDI"}
UNREADABLE: Row = {3: "A1234BC", 2: "QQQ"}


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered; the test goes on as the worker."""
    with db_as("worker"):
        yield Desk()


def versions() -> list[tuple[int, str]]:
    """Return day and prison of each version of the one person."""
    found = RowVersion.objects.select_related("delivery").order_by("position")
    return [(v.delivery.extract_at.day, v.content["establishment"]) for v in found if v.content["number"] == "A1234BC"]


def counts(delivery: Delivery) -> tuple[int, int, int, int]:
    """Return new versions, unchanged, quarantined and duplicate rows of a statement."""
    told = delivery.statement
    assert told is not None, delivery.fault_message
    return told["new_versions"], told["unchanged"], told["quarantined"], told["duplicates"]


def test_unchanged_row_costs_no_version(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON]))

    second = publish(desk.roll(TWO, [PERSON]))

    assert counts(second) == (0, 1, 0, 0)
    assert versions() == [(2, "LEI")]


def test_row_that_comes_back_unchanged_after_an_absence_costs_no_version(desk: Desk) -> None:
    for day, rows in ((ONE, [PERSON, OTHER]), (TWO, [OTHER]), (THREE, [PERSON, OTHER])):
        delivery = publish(desk.roll(day, rows))

    assert counts(delivery) == (0, 2, 0, 0)


def test_changed_fields_are_counted_by_name(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON]))

    second = publish(desk.roll(TWO, [MOVED]))

    assert second.statement is not None
    assert second.statement["changed_fields"] == {"establishment": 1}


def test_late_file_pins_what_the_next_one_said_by_silence(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON]))
    publish(desk.roll(THREE, [PERSON]))

    publish(desk.roll(TWO, [MOVED]))

    assert versions() == [(2, "LEI"), (3, "MDI"), (4, "LEI")]


def test_pin_goes_past_a_file_that_did_not_hold_the_person(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON, OTHER]))
    publish(desk.roll(THREE, [OTHER]))
    publish(desk.roll(FOUR, [PERSON, OTHER]))

    publish(desk.roll(TWO, [MOVED, OTHER]))

    assert versions() == [(2, "LEI"), (3, "MDI"), (5, "LEI")]


def test_row_in_quarantine_said_nothing_to_be_pinned(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON]))
    publish(desk.roll(THREE, [UNREADABLE]))

    publish(desk.roll(TWO, [MOVED]))

    assert versions() == [(2, "LEI"), (3, "MDI")]


def test_late_file_that_says_the_same_pins_nothing(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON]))
    publish(desk.roll(THREE, [MOVED]))

    publish(desk.roll(TWO, [PERSON]))

    assert versions() == [(2, "LEI"), (4, "MDI")]


def test_correction_is_a_version_behind_the_one_corrected(desk: Desk) -> None:
    wrong = desk.roll(ONE, [MOVED])
    publish(wrong)

    publish(desk.roll(ONE, [PERSON], corrects=wrong.manifest.sequence))

    assert versions() == [(2, "MDI"), (2, "LEI")]


def test_identical_rows_are_duplicates(desk: Desk) -> None:
    delivery = publish(desk.roll(ONE, [PERSON, OTHER, PERSON, PERSON]))

    assert counts(delivery) == (2, 0, 0, 2)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([PERSON, MOVED], (0, 0, 2, 0), id="two contents"),
        pytest.param([PERSON, PERSON, MOVED], (0, 0, 3, 0), id="a duplicate, then another content"),
        pytest.param([PERSON, MOVED, PERSON], (0, 0, 3, 0), id="the first content again"),
        pytest.param([PERSON, MOVED, OTHER], (1, 0, 2, 0), id="beside a good row"),
    ],
)
def test_one_key_with_two_contents_sends_all_its_rows_to_quarantine(
    desk: Desk, rows: list[Row], expected: tuple[int, int, int, int]
) -> None:
    delivery = publish(desk.roll(ONE, rows))

    assert counts(delivery) == expected
    lines = [at for at, row in enumerate(rows, start=1) if row[3] == "A1234BC"]
    assert list(QuarantinedRow.objects.order_by("line").values_list("line", flat=True)) == lines
    assert versions() == []


def test_conflict_leaves_neither_record_nor_tokens_behind(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON | {47: "2001/1234567K"}, MOVED]))

    assert not SourceToken.objects.exists()
    assert not SourceRecord.objects.exists()


def test_conflict_keeps_what_an_earlier_file_said(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON | {47: "2001/1234567K"}]))
    tokens = set(SourceToken.objects.values_list("kind", "token"))

    second = publish(desk.roll(TWO, [PERSON | {47: "2002/0000021C"}, MOVED]))

    assert counts(second) == (0, 0, 2, 0)
    assert versions() == [(2, "LEI")]
    assert {(k, bytes(t)) for k, t in SourceToken.objects.values_list("kind", "token")} == {
        (k, bytes(t)) for k, t in tokens
    }


def test_conflict_whose_first_row_was_unchanged_is_taken_from_the_unchanged(desk: Desk) -> None:
    publish(desk.roll(ONE, [PERSON]))

    second = publish(desk.roll(TWO, [PERSON, MOVED]))

    assert counts(second) == (0, 0, 2, 0)
