"""Random lives, delivered in random order with faults and corrections, against facts derived straight from them."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from custody.models import CustodyEvent, CustodyState
from custody.projection import Case, Derived, RecordHistory, derive
from custody.snapshots import Observation, derive_facts
from feeds.models import Delivery
from feeds.readings import custody_statement
from feeds.refreshing import people_out_of_line
from feeds.sources.rows import ParsedRow
from offenders.models import RecordLink
from offenders.schemes import Tracking
from tests.factories import Desk, SealedFile, days, publish
from tests.feeds.made_files import read_roll, roll_line
from tests.feeds.standing import names_of

AsRole = Callable[[str], AbstractContextManager[None]]
Row = dict[int, str]
DAYS = days(8)
NUMBERS = [f"A{1000 + number}BC" for number in range(8)]
LETTERS = "ABCDEFGH"


@dataclass
class Life:
    """One person's rows: what each day's true roll holds, or None."""

    number: str
    adopted_on: int
    rows: list[Row | None] = field(default_factory=list)


def live(chance: random.Random, number: str) -> Life:
    """Return a life in which anything may follow anything."""
    row: Row = {3: number, 5: "LX1000", 6: f"WREN{LETTERS[NUMBERS.index(number)]}", 12: "07/07/1980"}
    life = Life(number, chance.choice((0, 0, 4)))
    present = chance.random() < 0.7
    for at, day in enumerate(DAYS):
        if chance.random() < 0.15:
            present = not present
        if chance.random() < 0.5:
            row = _consistent({**row, **_change(chance, f"{day - timedelta(days=1):%d/%m/%Y}" if at else "01/11/2026")})
        life.rows.append(row if present else None)
    return life


def _consistent(row: Row) -> Row:
    """Between prisons in both columns or in neither: the roll takes no other row."""
    moving = row.get(23) == "INACTIVE TRN"
    code = row.get(2, "LEI")
    return {**row, 2: "TRN" if moving else "LEI" if code == "TRN" else code}


def _change(chance: random.Random, day: str) -> Row:
    hour = {136: chance.choice(("", "09", "17")), 137: "00", 138: "00"}
    hour = hour if hour[136] else {136: "", 137: "", 138: ""}
    return chance.choice(
        (
            {2: chance.choice(("LEI", "MDI", "WDI")), 23: "ACTIVE IN", 139: "ADM", 134: "INT", 135: day, **hour},
            {2: "TRN", 23: "INACTIVE TRN", 139: "TRN", 134: "NOTR", 135: day, **hour},
            {23: "ACTIVE OUT", 139: chance.choice(("CRT", "TAP")), 134: "CA", 135: day, **hour},
            {23: "ACTIVE IN", 139: chance.choice(("CRT", "TAP")), 134: "CA", 135: day, **hour},
            {
                70: chance.choice(("", "05/11/2026", "06/11/2026", "20/01/2027")),
                24: chance.choice(("SENTENCED", "REMAND")),
            },
            {5: chance.choice(("LX1000", "LX2000")), 139: "ADM", 134: "L", 135: day, **hour},
            {139: "REL", 134: chance.choice(("CR", "ESCP")), 135: day, **hour},
        )
    )


def true_roll(lives: list[Life], at: int) -> list[Row]:
    """Return what a day's roll holds, besides people whom nobody follows."""
    fillers = [{3: f"A{number}XY", 6: f"FILLER{number}", 12: "01/01/1970"} for number in range(2000, 2070)]
    return [*(dict(row) for life in lives if (row := life.rows[at]) is not None), *fillers]


def files_of(
    desk: Desk, chance: random.Random, lives: list[Life]
) -> tuple[list[SealedFile], dict[tuple[str, int], bool]]:
    """Return a world's files, and whose row could not be read on which day."""
    unread = {}
    files = [desk.ppo(DAYS[0], _lists(lives, 0)), desk.ppo(DAYS[4], _lists(lives, 4))]
    corrected = chance.randrange(1, len(DAYS))
    for at, day in enumerate(DAYS):
        rows = true_roll(lives, at)
        if at == corrected:
            wrong = desk.roll(day, true_roll(lives, at - 1))
            files += [wrong, desk.roll(day, rows, corrects=wrong.manifest.sequence)]
            continue
        if chance.random() < 0.5 and rows[0][3] in NUMBERS:
            unread[rows[0][3], at] = True
            rows[0][2] = "QQQ"
        files.append(desk.roll(day, rows))
    return files, unread


def _lists(lives: list[Life], at: int) -> list[dict[str, str]]:
    return [
        {
            "ppo_reference": life.number,
            "noms_number": life.number,
            "surname": f"WREN{LETTERS[NUMBERS.index(life.number)]}",
            "date_of_birth": "1980-07-07",
        }
        for life in lives
        if life.adopted_on <= at
    ] + [{"ppo_reference": "NOBODY", "surname": "ROBIN", "date_of_birth": "1960-01-01"}]


def expected_of(life: Life, unread: dict[tuple[str, int], bool], moments: list[datetime], adopted: datetime) -> Derived:
    """Return what a life amounts to, straight from its rows."""
    seen, held = [], None
    for at, row in enumerate(life.rows):
        if row is None:
            seen.append(Observation(moments[at], UUID(int=at), None))
            continue
        held = held if (life.number, at) in unread else row
        if held is not None:
            seen.append(Observation(moments[at], UUID(int=at), custody_statement(_content(held))))
    history = RecordHistory(UUID(int=0), derive_facts(seen), moments[0])
    return derive(Case(UUID(int=0), Tracking(adopted, None, UUID(int=0)), (history,)))


def _content(row: Row) -> Any:
    usual = {134: "N", 135: "01/11/2026", 139: "ADM"}
    (parsed,), _ = read_roll(roll_line({**usual, **row}))
    assert isinstance(parsed, ParsedRow), parsed
    return parsed.content


@pytest.fixture
def as_worker(db_as: AsRole) -> Iterator[None]:
    """Do the test's work as the worker."""
    with db_as("worker"):
        yield


@pytest.mark.usefixtures("as_worker")
@pytest.mark.parametrize("seed", range(6))
def test_random_lives_in_random_order_amount_to_what_they_were(seed: int) -> None:
    chance = random.Random(seed)
    lives = [live(chance, number) for number in NUMBERS]
    files, unread = files_of(Desk(), chance, lives)
    moments = sorted({file.manifest.extract_at for file in files if file.manifest.feed == "prison_roll"})
    lists = sorted({file.manifest.extract_at for file in files if file.manifest.feed == "ppo"})
    chance.shuffle(files)

    for file in files:
        delivery = publish(file)
        assert delivery.state == Delivery.State.PUBLISHED, delivery.fault_message

    fillers = [("prison_roll", f"A{number}XY") for number in range(2000, 2070)]
    names = names_of(
        [*fillers, *(("prison_roll", n) for n in NUMBERS), *(("ppo", f"{n}|00DA") for n in (*NUMBERS, "NOBODY"))]
    )
    people = dict(RecordLink.objects.filter(feed="ppo", ended_at__isnull=True).values_list("record_id", "offender_id"))
    owner = {names[record]: person for record, person in people.items()}
    for life in lives:
        expected = expected_of(life, unread, moments, lists[0] if life.adopted_on == 0 else lists[1])
        person = owner[f"{life.number}|00DA"]
        live_events = CustodyEvent.objects.filter(offender_id=person, withdrawn_at__isnull=True)
        assert {_told(event) for event in live_events} == {_told(event) for _, event in expected.events}, life.number
        state = CustodyState.objects.get(pk=person)
        for name in expected.state.__slots__:
            assert getattr(state, name) == getattr(expected.state, name), (life.number, name)
    assert people_out_of_line(list(CustodyState.objects.values_list("pk", flat=True))) == []


def _told(event: Any) -> tuple[Any, ...]:
    names = ("kind", "occurred_at", "precision", "learned_at", "from_establishment", "to_establishment")
    return tuple(getattr(event, name) for name in (*names, "old_date", "new_date", "reason_code"))
