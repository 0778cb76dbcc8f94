"""The truth file against the files themselves: what it calls observable can be seen, and nothing else."""

from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feeds.training.departures import CODES
from feeds.training.truth import Tracking, TruthEvent
from tests.feeds.training.made_world import MadeWorld

LONDON = ZoneInfo("Europe/London")
DATE_COLUMNS = (64, 66, 67, 68, 70, 71)
# Sequence of a roll, then the cells of each line by prison number.
Rolls = dict[int, dict[str, list[str]]]


@pytest.fixture(scope="session")
def rolls(made_world: MadeWorld) -> Rolls:
    return {manifest.sequence: rows for manifest, rows in made_world.rolls()}


def observable(made_world: MadeWorld, *kinds: str) -> list[TruthEvent]:
    found = [event for event in made_world.truth() if event.observable and event.kind in kinds]
    assert found, f"the small world has no {kinds}; choose another seed"
    return found


def shown(event: TruthEvent) -> int:
    assert event.first_file is not None
    return event.first_file


def test_who_left_stands_in_the_file_before_and_in_the_first_file_after_not_at_all_or_as_gone(
    made_world: MadeWorld, rolls: Rolls
) -> None:
    for event in observable(made_world, "released", "missing_from_feed"):
        assert event.prison_number in rolls[shown(event) - 1]
        after = rolls[shown(event)].get(event.prison_number)
        assert after is None or (after[139], _moved_at(after)) == ("REL", event.occurred_at)


@pytest.mark.parametrize("kind", ["escaped", "absconded", "at_large", "died", "removed", "to_hospital"])
def test_who_went_otherwise_than_by_release_is_told_by_the_code_of_their_last_line(
    made_world: MadeWorld, rolls: Rolls, kind: str
) -> None:
    for event in observable(made_world, kind):
        before, after = (rolls[shown(event) + days][event.prison_number] for days in (-1, 0))
        assert before[139] != "REL"
        assert (after[139], _moved_at(after)) == ("REL", event.occurred_at)
        assert after[134] in CODES[kind]


def test_who_stands_in_a_file_as_gone_is_in_no_further_one(rolls: Rolls) -> None:
    gone = [(number, sequence) for sequence, rows in rolls.items() for number, row in rows.items() if row[139] == "REL"]

    assert gone
    for number, sequence in gone:
        after = rolls.get(sequence + 1, {}).get(number)
        assert after is None or after[139] == "ADM"


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [("recalled", {"L", "B", "Y", "24", "ELR"}), ("recaptured", {"RECA"}), ("entered", {"N"})],
)
def test_why_somebody_came_in_is_the_reason_of_their_first_line(
    made_world: MadeWorld, rolls: Rolls, kind: str, reasons: set[str]
) -> None:
    told = [rolls[shown(event)][event.prison_number] for event in observable(made_world, kind)]

    assert {row[139] for row in told} == {"ADM"}
    assert {row[134] for row in told} & reasons
    assert {row[134] for row in told} <= reasons | ({"I", "V"} if kind == "entered" else set())


def test_somebody_on_the_road_overnight_stands_between_prisons(made_world: MadeWorld, rolls: Rolls) -> None:
    for event in observable(made_world, "in_transit"):
        row = rolls[shown(event)][event.prison_number]
        assert (row[2], row[23], row[139], _moved_at(row)) == ("TRN", "INACTIVE TRN", "TRN", event.occurred_at)


def test_a_confirmed_date_is_the_one_that_counted_before(made_world: MadeWorld, rolls: Rolls) -> None:
    for event in observable(made_world, "release_date_confirmed"):
        before, after = (rolls[shown(event) + days][event.prison_number] for days in (-1, 0))
        assert event.old_date == event.new_date
        assert _is_stated(before, event.old_date)
        assert (before[64], after[64]) == ("", f"{event.new_date:%d/%m/%Y}")


def test_who_entered_stands_in_the_first_file_under_a_booking_the_file_before_did_not_hold(
    made_world: MadeWorld, rolls: Rolls
) -> None:
    for event in observable(made_world, "entered"):
        before = rolls[shown(event) - 1].get(event.prison_number)
        after = rolls[shown(event)][event.prison_number]
        assert before is None or before[5] != after[5]


def test_a_transfer_shows_the_new_prison_and_no_earlier_file_does(made_world: MadeWorld, rolls: Rolls) -> None:
    for event in observable(made_world, "transferred"):
        assert rolls[shown(event)][event.prison_number][2] == event.to_establishment
        assert rolls[shown(event) - 1][event.prison_number][2] in (event.from_establishment, "TRN")


@pytest.mark.parametrize(
    ("kind", "movement", "status"),
    [
        ("at_court", "CRT", "ACTIVE OUT"),
        ("returned_from_court", "CRT", "ACTIVE IN"),
        ("temporary_absence", "TAP", "ACTIVE OUT"),
        ("returned_from_absence", "TAP", "ACTIVE IN"),
    ],
)
def test_an_absence_is_the_last_movement_of_its_file(
    made_world: MadeWorld, rolls: Rolls, kind: str, movement: str, status: str
) -> None:
    for event in observable(made_world, kind):
        row = rolls[shown(event)][event.prison_number]
        assert (row[139], row[23], _moved_at(row)) == (movement, status, event.occurred_at)


def test_a_date_change_moves_a_date_from_the_file_before_to_the_first_file(made_world: MadeWorld, rolls: Rolls) -> None:
    for event in observable(made_world, "release_date_set", "release_date_changed"):
        before = rolls[shown(event) - 1][event.prison_number]
        after = rolls[shown(event)][event.prison_number]
        assert _is_stated(before, event.old_date)
        assert _is_stated(after, event.new_date)
        assert event.old_date != event.new_date


def test_everyone_tracked_who_vanishes_is_in_the_truth(made_world: MadeWorld, rolls: Rolls) -> None:
    told = {(event.prison_number, event.first_file) for event in made_world.truth()}
    hidden = {event.prison_number for event in made_world.truth() if event.why_not in ("in_review", "tracking_ended")}
    tracked = {event.prison_number for event in made_world.truth()} - hidden

    for before, after in pairwise(sorted(rolls)):
        for number in (rolls[before].keys() - rolls[after].keys()) & tracked:
            assert (number, after) in told or rolls[before][number][139] == "REL"


def test_one_file_shows_at_most_one_event_of_a_kind_for_a_person(made_world: MadeWorld) -> None:
    seen = Counter(
        (event.prison_number, event.first_file, event.kind) for event in made_world.truth() if event.observable
    )

    assert seen.most_common(1)[0][1] == 1


def test_nothing_is_observable_without_a_file_and_all_else_says_why(made_world: MadeWorld) -> None:
    for event in made_world.truth():
        assert event.observable == (event.first_file is not None)
        assert event.observable == (event.why_not == "")


def test_people_whose_rows_go_to_review_have_no_observable_event(made_world: MadeWorld) -> None:
    by_person = defaultdict(set)
    for event in made_world.truth():
        by_person[event.prison_number].add(event.why_not == "in_review")
    reviewed = {number for number, answers in by_person.items() if True in answers}

    assert reviewed
    assert not [event for event in made_world.truth() if event.prison_number in reviewed and event.observable]


def test_who_is_adopted_while_inside_stands_in_the_roll_before(made_world: MadeWorld, rolls: Rolls) -> None:
    for event in observable(made_world, "adopted_in_custody"):
        assert event.prison_number in rolls[shown(event)]
        assert event.occurred_at.astimezone(LONDON).strftime("%H:%M") == "05:00"


def test_an_event_survives_its_line_of_json(made_world: MadeWorld, tmp_path: Path) -> None:
    del tmp_path
    for event in made_world.truth():
        assert TruthEvent.from_json(event.as_json()) == event


EVENT = TruthEvent(
    kind="entered",
    ppo_reference="PPO-00DA-0001",
    prison_number="A0000AB",
    occurred_at=datetime(2026, 11, 12, 17, 0, tzinfo=LONDON),
    observable=True,
    first_file=2,
)
FILES = {2: datetime(2026, 11, 13, 5, 30, tzinfo=LONDON)}


@pytest.mark.parametrize(
    ("since", "until", "in_review", "expected"),
    [
        pytest.param(1, None, False, (True, False, ""), id="tracked throughout"),
        pytest.param(20, None, False, (True, True, ""), id="adopted later"),
        pytest.param(1, 13, False, (False, False, "tracking_ended"), id="removed on the morning of the file"),
        pytest.param(1, 14, False, (True, False, ""), id="removed the day after the file"),
        pytest.param(1, None, True, (False, False, "in_review"), id="row in review"),
    ],
)
def test_tracking_decides_what_is_told_of_a_person(
    *, since: int, until: int | None, in_review: bool, expected: tuple[bool, bool, str]
) -> None:
    tracking = Tracking(_five(since), None if until is None else _five(until), in_review)

    marked = tracking.mark(EVENT, file_at=FILES)

    assert (marked.observable, marked.before_tracking, marked.why_not) == expected


def _moved_at(row: list[str]) -> datetime:
    return datetime.strptime(" ".join(row[135:139]), "%d/%m/%Y %H %M %S").replace(tzinfo=LONDON)


def _five(day: int) -> datetime:
    return datetime(2026, 11, day, 5, 0, tzinfo=LONDON)


def _is_stated(row: list[str], day: date | None) -> bool:
    stated = {row[column] for column in DATE_COLUMNS}
    return stated == {""} if day is None else f"{day:%d/%m/%Y}" in stated
