"""Twelve days of a small invented world: every order of its deliveries ends in the same facts, events and states."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from custody.models import CustodyEvent, CustodyState
from feeds.models import Delivery, RowVersion
from feeds.reconciliation import insist_that_it_adds_up
from feeds.refreshing import people_out_of_line
from offenders.models import Supersession
from tests.cluster import Broom
from tests.factories import Desk, SealedFile, days, publish
from tests.feeds.standing import Names, live_events, names_of, standing_picture

AsRole = Callable[[str], AbstractContextManager[None]]
Row = dict[int, str]
DAYS = days(12)
WRONG_DAY = 6
OUT, MOVING = {23: "ACTIVE OUT"}, {2: "TRN", 23: "INACTIVE TRN"}


def moved(kind: str, reason: str, day: int, hour: str = "") -> Row:
    """Return the columns of a last movement on a day of November 2026."""
    return {139: kind, 134: reason, 135: f"{day:02}/11/2026", 136: hour, 137: "00" if hour else "", 138: ""}


# Days count from 1 = 2 November. Each change holds until the next; None is absence.
Life = dict[int, Row | None]
LIVES: dict[str, Life] = {
    "A1001BC": {1: {}},
    "A1002BC": {1: {}, 3: {**MOVING, **moved("TRN", "NOTR", 3, "15")}, 4: {2: "MDI", **moved("ADM", "INT", 4, "17")}},
    "A1003BC": {
        3: moved("ADM", "N", 3, "14"),
        5: {**moved("ADM", "N", 3, "14"), 70: "20/01/2027"},
        7: {**moved("ADM", "N", 3, "14"), 70: "04/02/2027"},
        9: moved("ADM", "N", 3, "14"),
    },
    "A1004BC": {1: {}, 4: {**OUT, **moved("CRT", "CA", 4, "08")}, 5: moved("CRT", "CA", 5, "18")},
    "A1005BC": {1: {}, 6: moved("TAP", "C4", 6, "17")},
    "A1006BC": {1: {70: "06/11/2026"}, 6: None},
    "A1007BC": {1: {}, 5: None, 7: {}},
    "A1008BC": {1: {}, 8: moved("REL", "ESCP", 9, "03"), 9: None},
    "A1009BC": {1: {}, 8: {5: "LX7777", **moved("ADM", "V", 8, "19")}},
    "A1010BC": {1: {}, 2: {2: "WDI"}},
    "A1011BC": {1: {}, 10: {2: "MDI", **moved("ADM", "INT", 10, "12")}},
    "A1012BC": {1: {47: "2001/1234567K"}, 9: {47: "2001/1234567K", 78: "2 NEW STREET", 83: "LEEDS", 84: "LS1 4AP"}},
    "A1013BC": {1: {}, 2: {**OUT, **moved("CRT", "CA", 2, "08")}, 3: {**OUT, **moved("CRT", "PR", 2, "08")}},
    "A1014BC": {1: {24: "REMAND", 70: "20/01/2027"}, 6: {70: "20/01/2027"}},
    "A1015BC": {1: {}, 3: {**OUT, **moved("REL", "UAL", 3, "21")}, 4: None, 9: moved("ADM", "RECA", 9, "11")},
    "A1016BC": {1: {70: "05/11/2026"}, 4: None, 9: {24: "RECALL", **moved("ADM", "L", 9, "16")}},
    "A1017BC": {1: {70: "20/01/2027"}, 5: {70: "20/01/2027", 64: "20/01/2027"}},
    "A1018BC": {1: {}, 7: moved("REL", "DE", 8, "06"), 8: None},
}
SURNAMES = {number: f"WREN{chr(65 + at)}" for at, number in enumerate(LIVES)}
FILLERS = [f"A{2000 + number}XY" for number in range(80)]
IN_WRONG_FILE: dict[str, Row | None] = {"A1001BC": {2: "WDI"}, "A1012BC": None, "A1005BC": {70: "09/09/2027"}}
EXPECTED = [
    ("A1002BC", "in_transit", 4),
    ("A1002BC", "transferred", 5),
    ("A1003BC", "entered", 4),
    ("A1003BC", "release_date_changed", 8),
    ("A1003BC", "release_date_set", 6),
    ("A1003BC", "release_date_withdrawn", 10),
    ("A1004BC", "at_court", 5),
    ("A1004BC", "returned_from_court", 6),
    ("A1005BC", "returned_from_absence", 7),
    ("A1006BC", "released", 7),
    ("A1007BC", "back_in_feed", 8),
    ("A1007BC", "missing_from_feed", 6),
    ("A1008BC", "escaped", 10),
    ("A1009BC", "entered", 9),
    ("A1010BC", "adopted_in_custody", 9),
    ("A1010BC", "transferred", 3),
    ("A1013BC", "at_court", 3),
    ("A1014BC", "release_date_set", 7),
    ("A1015BC", "absconded", 4),
    ("A1015BC", "recaptured", 10),
    ("A1016BC", "recalled", 10),
    ("A1016BC", "released", 5),
    ("A1017BC", "release_date_confirmed", 6),
    ("A1018BC", "removed", 9),
]


def row_on(number: str, day: int) -> Row | None:
    """Return the row of a person on a day, or None when the roll does not hold them."""
    since = max((start for start in LIVES[number] if start <= day), default=None)
    stated = LIVES[number][since] if since is not None else None
    return None if stated is None else {3: number, 6: SURNAMES[number], 12: "07/07/1980", **stated}


def roll_of(day: int, changes: dict[str, Row | None] | None = None) -> list[Row]:
    """Return the rows of a day's roll; on the tenth day one row has an unknown prison."""
    rows = {number: row for number in LIVES if (row := row_on(number, day)) is not None}
    for number, change in (changes or {}).items():
        rows.pop(number) if change is None else rows[number].update(change)
    if day == 10:
        rows["A1001BC"][2] = "QQQ"
    fillers = [{3: number, 6: f"FILLER{number[1:5]}", 12: "01/01/1970"} for number in FILLERS]
    return [*rows.values(), *fillers]


def scheme_row(number: str, **changes: str) -> dict[str, str]:
    """Return the scheme's row of a person."""
    usual = {"ppo_reference": f"WY-{number[1:5]}", "noms_number": number, "surname": SURNAMES[number]}
    return {**usual, "date_of_birth": "1980-07-07", **changes}


def files_of(desk: Desk) -> list[SealedFile]:
    """Return every file of the world in the order in which a careful sender sends them."""
    numbers = [number for number in LIVES if number not in ("A1010BC", "A1012BC")]
    first = [scheme_row(number) for number in numbers]
    first.append(scheme_row("A1012BC", noms_number="", pnc_id="2001/1234567K"))
    removed = {"status": "REMOVED", "removed_on": "2026-11-08", "removal_reason": "MOVED"}
    second = [row for row in first if row["noms_number"] != "A1011BC"]
    second += [scheme_row("A1011BC", **removed), scheme_row("A1010BC")]
    files = [desk.ppo(DAYS[0], first)]
    for day, calendar in enumerate(DAYS, start=1):
        if day == 8:
            files.append(desk.ppo(calendar, second))
        files.append(desk.roll(calendar, roll_of(day, IN_WRONG_FILE if day == WRONG_DAY else None)))
    wrong = files[WRONG_DAY].manifest.sequence
    files.append(desk.roll(DAYS[WRONG_DAY - 1], roll_of(WRONG_DAY), corrects=wrong))
    return files


def names() -> Names:
    """Return whose each record is."""
    roll = [("prison_roll", number) for number in (*LIVES, *FILLERS)]
    return names_of([*roll, *(("ppo", f"WY-{number[1:5]}|00DA") for number in LIVES)])


@pytest.fixture
def as_worker(db_as: AsRole) -> Iterator[None]:
    """Do the test's work as the worker."""
    with db_as("worker"):
        yield


@pytest.mark.usefixtures("as_worker")
def test_any_order_ends_in_the_same(broom: Broom) -> None:
    for file in files_of(Desk()):
        assert publish(file).state == Delivery.State.PUBLISHED
    orderly = standing_picture(names())
    assert live_events(names()) == EXPECTED

    for seed in (1, 2, 3):
        broom.sweep()
        files = files_of(Desk())
        random.Random(seed).shuffle(files)
        for file in files:
            delivery = publish(file)
            assert delivery.state == Delivery.State.PUBLISHED, delivery.fault_message
            assert delivery.statement is not None
            insist_that_it_adds_up(delivery.statement)
        picture = standing_picture(names())
        for kind, lines in orderly.items():
            assert picture[kind] == lines, (seed, kind)
        assert people_out_of_line(list(CustodyState.objects.values_list("pk", flat=True))) == []


@pytest.mark.usefixtures("as_worker")
def test_every_file_twice_changes_nothing() -> None:
    files = files_of(Desk())
    for file in files:
        publish(file)
    before = standing_picture(names())
    counted = [model.objects.count() for model in (Delivery, RowVersion, CustodyEvent, Supersession)]

    random.Random(4).shuffle(files)
    for file in files:
        publish(file)

    assert standing_picture(names()) == before
    assert [model.objects.count() for model in (Delivery, RowVersion, CustodyEvent, Supersession)] == counted
