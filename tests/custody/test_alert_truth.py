"""The reckoning of owed alerts by the truth, on lives small enough to reckon by hand."""

from collections import Counter
from datetime import date, datetime, timedelta

from feeds.training.standings import Holding, Standing
from feeds.training.truth import TruthEvent
from tests.custody.alert_areas import areas_by_postcode
from tests.custody.alert_lives import LONDON, Life
from tests.custody.alert_truth import Key, Reckoning, Timetable, World, reckon

NUMBER = "A1234BC"
LEEDS, BRADFORD = "00DA", "00CX"
CAME_AFTER = timedelta(minutes=10)
# A Monday.
DAY_ONE = date(2026, 11, 2)


def roll_at(number: int) -> datetime:
    """The moment of the roll of a day, counted from 1."""
    return datetime.combine(DAY_ONE + timedelta(days=number - 1), datetime.min.time(), LONDON) + timedelta(hours=5.5)


def standing(file: int, day: int | None = None, **shown: object) -> Standing:
    """Somebody inside at Leeds, as the roll of this sequence shows them."""
    usual: dict[str, object] = {"status": "ACTIVE IN", "prison": "LEI", "booking": "A00001"}
    return Standing(NUMBER, file, roll_at(day or file), **{**usual, **shown})  # type: ignore[arg-type]


def event(kind: str, file: int, *, hours_before: float = 12.0, **told: object) -> TruthEvent:
    """Something that the roll of this sequence shows."""
    occurred_at = roll_at(file) - timedelta(hours=hours_before)
    told = {"observable": True, "first_file": file, **told}
    return TruthEvent(kind, "PPO-00DA-0001", NUMBER, occurred_at, **told)  # type: ignore[arg-type]


def reckoned(life: Life, *, days: int = 9, correction_at: timedelta | None = None) -> Reckoning:
    """Reckon by rolls that come daily; with a correction, the second day's roll comes twice."""
    extracts = {file: roll_at(file) for file in range(1, days + 1)}
    came = {file: moment + CAME_AFTER for file, moment in extracts.items()}
    if correction_at is not None:
        extracts = {1: roll_at(1), 2: roll_at(2), 3: roll_at(2)}
        came = {1: roll_at(1) + CAME_AFTER, 2: roll_at(2) + CAME_AFTER, 3: roll_at(2) + correction_at}
    strikes = {roll_at(day) + timedelta(hours=hours) for day in range(1, days + 1) for hours in (1, 1.5, 8)}
    world = World({NUMBER: life}, extracts)
    return reckon(world, Timetable(came, sorted({*strikes, *came.values()})), areas_by_postcode())


def held(since_day: int = 1, area: str = LEEDS) -> list[Holding]:
    """An adoption from half an hour before the roll of a day on."""
    return [Holding(NUMBER, area, roll_at(since_day) - timedelta(minutes=30))]


def key(kind: str, area: str = LEEDS, side: str = "managing") -> Key:
    """What an alert is counted by."""
    return (NUMBER, kind, area, side)


def test_a_move_is_told_once_to_the_area_that_holds_the_person() -> None:
    life = Life([event("transferred", 2)], [standing(1), standing(2, prison="WEI")], held())

    assert reckoned(life) == Reckoning(Counter([key("transferred")]), Counter(), Counter())


def test_what_happened_before_the_adoption_is_kept_as_late() -> None:
    life = Life([event("transferred", 2)], [standing(1), standing(2, prison="WEI")], held(since_day=4))

    assert reckoned(life) == Reckoning(Counter(), Counter([key("transferred")]), Counter())


def test_the_area_of_the_discharge_address_is_told_too_and_of_the_address_first() -> None:
    near_home = standing(2, operative=date(2026, 11, 10), operative_type="CONFIRMED", postcode="BD4 7AB")
    life = Life([event("temporary_absence", 3)], [standing(1), near_home], held())

    told = reckoned(life).told

    assert told[key("releasing_here", BRADFORD, "releasing")] == 1
    assert told[key("absence_begun", BRADFORD, "releasing")] == 1
    assert told[key("releasing_here")] == 0


def test_days_before_release_are_told_in_time_or_kept_as_late() -> None:
    # Known on Monday morning for the Sunday after: by Friday, so four days before.
    life = Life([], [standing(1, operative=date(2026, 11, 8), operative_type="CRD")], held())

    found = reckoned(life, days=5)

    assert found.told == Counter([key("due_2"), key("due_1")])
    assert found.late == Counter([key("due_28"), key("due_14"), key("due_7")])


def test_a_date_put_back_takes_the_notice_of_the_old_day_away() -> None:
    before = standing(1, operative=date(2026, 11, 6), operative_type="CONFIRMED")
    after = standing(3, operative=date(2026, 11, 20), operative_type="CONFIRMED")
    change = event("release_date_changed", 3, old_date=date(2026, 11, 6), new_date=date(2026, 11, 20))

    found = reckoned(Life([change], [before, after], held()), days=5)

    # The fifth day is a fortnight before the new one.
    assert found.told == Counter([key("date_put_back"), key("due_14")])
    assert key("due_2") not in found.late


def test_absence_of_more_than_four_days_is_overdue_and_a_return_before_takes_it_back() -> None:
    gone = standing(2, status="ACTIVE OUT")
    out = event("temporary_absence", 2, hours_before=20)
    back_late = event("returned_from_absence", 8, hours_before=15)
    # Back an hour before the four days were over; the roll that says so comes the morning after.
    back_in_time = event("returned_from_absence", 6, hours_before=21)

    late = reckoned(Life([out, back_late], [standing(1), gone, standing(8)], held()))
    in_time = reckoned(Life([out, back_in_time], [standing(1), gone, standing(6)], held()))

    assert late.told[key("absence_overdue")] == 1
    assert (in_time.told[key("absence_overdue")], in_time.withdrawn[key("absence_overdue")]) == (0, 1)


def test_a_false_move_is_withdrawn_if_it_was_told_before_the_correction() -> None:
    false = event("transferred", 2, hours_before=0, observable=False, first_file=None, mistaken_file=2)
    wrong = standing(2, prison="WEI", is_mistaken=True)
    life = Life([false], [standing(1), wrong, standing(3, day=2)], held())

    settled = reckoned(life, days=2, correction_at=timedelta(hours=5))
    settling = reckoned(life, days=2, correction_at=timedelta(minutes=30))

    assert settled == Reckoning(Counter(), Counter(), Counter([key("transferred")]))
    assert settling == Reckoning(Counter(), Counter(), Counter())


def test_nobody_is_told_of_somebody_whom_no_area_holds_any_more() -> None:
    ended = [Holding(NUMBER, LEEDS, roll_at(1), roll_at(2))]
    life = Life([event("transferred", 3)], [standing(1), standing(3, prison="WEI")], ended)

    assert reckoned(life) == Reckoning(Counter(), Counter(), Counter())
