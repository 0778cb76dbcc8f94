"""When a readable file waits for an operator: too much quarantine, too many people gone, a wrong total."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

import pytest

from feeds.models import Delivery
from feeds.thresholds import ThresholdFault, check_control_total, check_quarantine
from tests.factories import Desk, SealedFile, days, publish

AsRole = Callable[[str], AbstractContextManager[None]]
Row = dict[int, str]
ONE, TWO, THREE = days(3)


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered; the test goes on as the worker."""
    with db_as("worker"):
        yield Desk()


def people(numbers: Iterable[int], values: Row | None = None) -> list[Row]:
    """Return rows of that many different people."""
    return [{3: f"A{1000 + number}XY", 6: f"PERSON{chr(65 + number)}", **(values or {})} for number in numbers]


def lists(numbers: Iterable[int], area: str = "00DA") -> list[dict[str, str]]:
    """Return a scheme's rows of that many different people."""
    names = [(number, chr(65 + number)) for number in numbers]
    return [{"ppo_reference": f"R{n}{area}", "csp_code": area, "surname": f"Person{letter}"} for n, letter in names]


def state_of(file: SealedFile) -> str:
    """Publish and return what became of it."""
    return publish(file).state


@pytest.mark.parametrize(
    ("rows", "quarantined", "waits"),
    [(9, 9, False), (10, 2, False), (10, 3, True), (100, 20, False), (100, 21, True)],
    ids=["below ten rows", "a fifth of ten", "more than a fifth of ten", "a fifth", "more than a fifth"],
)
def test_quarantine_limit(rows: int, quarantined: int, *, waits: bool) -> None:
    try:
        check_quarantine(rows, quarantined, frozenset())
        waited = False
    except ThresholdFault:
        waited = True

    assert waited is waits


def test_control_total_must_agree() -> None:
    check_control_total(5, 5, frozenset())

    with pytest.raises(ThresholdFault, match="states 5 rows and the file holds 4"):
        check_control_total(5, 4, frozenset())


@pytest.mark.parametrize(
    ("before", "gone", "state"),
    [
        pytest.param(9, 3, Delivery.State.PUBLISHED, id="nine people are too few to judge by"),
        pytest.param(10, 1, Delivery.State.PUBLISHED, id="a tenth"),
        pytest.param(10, 2, Delivery.State.WAITING, id="more than a tenth"),
    ],
)
def test_too_many_people_gone_from_the_roll_waits(desk: Desk, before: int, gone: int, state: str) -> None:
    publish(desk.roll(ONE, people(range(before))))

    assert state_of(desk.roll(TWO, people(range(gone, before)))) == state


def test_newcomers_do_not_make_up_for_the_vanished(desk: Desk) -> None:
    publish(desk.roll(ONE, people(range(10))))

    assert state_of(desk.roll(TWO, people(range(2, 20)))) == Delivery.State.WAITING


def test_person_in_quarantine_has_not_vanished(desk: Desk) -> None:
    publish(desk.roll(ONE, people(range(10))))

    second = publish(desk.roll(TWO, [*people(range(8)), *people((8, 9), {2: "QQQ"})]))

    assert second.state == Delivery.State.PUBLISHED, second.fault_message
    assert second.statement is not None
    assert (second.statement["quarantined"], second.statement["vanished"]) == (2, 0)


def test_too_much_quarantine_waits(desk: Desk) -> None:
    publish(desk.roll(ONE, people(range(10))))

    assert state_of(desk.roll(TWO, [*people(range(7)), *people((7, 8, 9), {2: "QQQ"})])) == Delivery.State.WAITING


def test_correction_is_held_against_the_file_before_the_one_it_corrects(desk: Desk) -> None:
    publish(desk.roll(ONE, people(range(10))))
    wrong = desk.roll(TWO, people(range(20)))
    publish(wrong)

    correction = desk.roll(TWO, people(range(10)), corrects=wrong.manifest.sequence)

    assert state_of(correction) == Delivery.State.PUBLISHED


def test_late_file_is_held_against_the_nearest_earlier_one(desk: Desk) -> None:
    publish(desk.roll(ONE, people(range(10))))
    publish(desk.roll(THREE, people(range(20))))

    assert state_of(desk.roll(TWO, people(range(10)))) == Delivery.State.PUBLISHED


def test_waiting_file_leaves_nothing_behind_and_is_not_compared_with(desk: Desk) -> None:
    publish(desk.roll(ONE, people(range(10))))
    publish(desk.roll(TWO, people(range(5))))

    assert state_of(desk.roll(THREE, people(range(10)))) == Delivery.State.PUBLISHED
