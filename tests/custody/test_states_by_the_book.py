"""Movement states agree with a second, naive telling straight from the files, in any order of arrival."""

import random
from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from custody.events import derive_events
from custody.periods import derive_periods
from custody.snapshots import Observation, StatedMovement, Statement, derive_facts
from custody.state import derive_state
from tests.custody.histories import absent, at, held, moved

FIRST_ROLL = at(1)
REASONS = {
    "ADM": ("N", "L", "RECA", "INT", "U"),
    "REL": ("CR", "ESCP", "UAL", "UAL_ECL", "HP", "EX", "DEC", "MRG"),
    "CRT": ("TRIAL", "VL"),
    "TAP": ("RO", "F4"),
    "TRN": ("NOTR",),
}
GONE = {
    "CR": "community",
    "ESCP": "at_large",
    "UAL": "at_large",
    "UAL_ECL": "at_large",
    "HP": "hospital",
    "EX": "removed",
    "DEC": "died",
}
FRIDAY = 4
INSIDE = ("in_custody", "at_court", "temporary_absence", "in_transit")
BACK = ("entered", "recalled", "recaptured", "back_in_feed")
LEFT = ("released", "escaped", "absconded", "at_large", "to_hospital", "removed", "died", "missing_from_feed")


@st.composite
def histories(draw: st.DrawFn) -> list[Observation]:
    """Draw a few files on days in turn: with the person in some way, or without them."""
    days = sorted(draw(st.sets(st.integers(2, 14), min_size=2, max_size=7)))
    return [draw(_file(day)) for day in days]


@st.composite
def _file(draw: st.DrawFn, day: int) -> Observation:
    status = draw(st.sampled_from(["ACTIVE IN", "ACTIVE IN", "ACTIVE OUT", "INACTIVE TRN", "ABSENT"]))
    if status == "ABSENT":
        return absent(day)
    due = draw(st.sampled_from([None, day - 1, day, day + 1, day + 2, 25]))
    return held(
        day,
        "TRN" if status == "INACTIVE TRN" else draw(st.sampled_from(["LEI", "MDI"])),
        status=status,
        legal=draw(st.sampled_from(["SENTENCED", "REMAND", "RECALL"])),
        booking=draw(st.sampled_from(["LX1234", "LX1234", "LX9999"])),
        movement=draw(_movement(day)),
        dates={"CRD": date(2026, 11, due)} if due else {},
    )


@st.composite
def _movement(draw: st.DrawFn, day: int) -> StatedMovement | None:
    kind = draw(st.sampled_from([None, *REASONS]))
    if kind is None:
        return None
    reason = draw(st.sampled_from(REASONS[kind]))
    return moved(kind, reason, day - 1, draw(st.sampled_from([None, 9, 20])))


class Book:
    """Tells where the person is from file to file, holding on to nothing but what the rows say."""

    def __init__(self) -> None:
        self.where = ""
        self.newest: StatedMovement | None = None
        self.last: tuple[date, Statement] | None = None
        self.left_by_row = False
        self.stated: set[tuple[str, str, datetime]] = set()
        self.outs: list[tuple[datetime, int, str]] = []

    def read(self, file: Observation) -> None:
        """Take in the next file."""
        day = file.extract_at.date()
        if file.statement is None:
            self._without(day)
        else:
            self._with(day, file.statement)

    def _with(self, day: date, row: Statement) -> None:
        has_news = self._take(row)
        if row.custody_status == "ACTIVE OUT" and self._gone():
            self.where, self.left_by_row = self._gone(), True
        else:
            if self.left_by_row and not has_news:
                self.newest = None
            self.where, self.left_by_row = self._inside(row), False
        self.last = day, row

    def _take(self, row: Statement) -> bool:
        movement = row.movement
        if movement is None or (movement.movement_type, movement.reason_code, movement.at) in self.stated:
            return False
        self.stated.add((movement.movement_type, movement.reason_code, movement.at))
        self.newest = movement
        if row.custody_status == "ACTIVE OUT" and movement.movement_type in ("CRT", "TAP"):
            at_court = movement.movement_type == "CRT" or movement.reason_code == "F4"
            self.outs.append((movement.at, len(self.outs), "at_court" if at_court else "temporary_absence"))
        return True

    def _gone(self) -> str:
        if self.newest is None or self.newest.movement_type != "REL":
            return ""
        return GONE.get(self.newest.reason_code, "")

    def _inside(self, row: Statement) -> str:
        if row.custody_status == "INACTIVE TRN":
            return "in_transit"
        if row.custody_status == "ACTIVE IN":
            return "in_custody"
        return max(self.outs)[2] if self.outs else "temporary_absence"

    def _without(self, day: date) -> None:
        if self.last is not None and self.where in INSIDE:
            released = _is_release(*self.last, day)
            self.where = self._gone() or ("community" if released else "missing")
        self.newest, self.left_by_row = None, False


def _is_release(last_seen: date, row: Statement, first_absent: date) -> bool:
    due = dict(row.dates)["CRD"]
    if due is None or row.legal_status == "REMAND":
        return False
    earliest = due
    while earliest.weekday() >= FRIDAY:
        earliest -= timedelta(days=1)
    in_window = earliest - timedelta(days=1) <= first_absent <= due + timedelta(days=1)
    return in_window or last_seen <= due <= first_absent


@settings(deadline=None)  # judged by what it finds, not by how busy the machine is
@given(seen=histories())
def test_state_agrees_with_a_second_telling(seen: list[Observation]) -> None:
    book = Book()
    for file in seen:
        book.read(file)
    facts = derive_facts(seen)

    state = derive_state(facts, derive_events(facts, baseline_at=FIRST_ROLL))

    assert state.whereabouts == (book.where or "community")


@settings(deadline=None)  # judged by what it finds, not by how busy the machine is
@given(seen=histories())
def test_nobody_leaves_twice_without_coming_back(seen: list[Observation]) -> None:
    events = derive_events(derive_facts(seen), baseline_at=FIRST_ROLL)
    turns = [event for event in events if event.kind in (*LEFT, *BACK, "returned_from_absence")]

    # A later file may still say how somebody left, or that they left in another way.
    assert not [two for one, two in pairwise(turns) if one.kind in LEFT and two.kind == one.kind]


@settings(deadline=None)  # judged by what it finds, not by how busy the machine is
@given(seen=histories())
def test_the_last_period_is_open_while_a_prison_answers_for_the_person(seen: list[Observation]) -> None:
    facts = derive_facts(seen)
    events = derive_events(facts, baseline_at=FIRST_ROLL)

    periods = derive_periods(facts, events, names={})

    state = derive_state(facts, events)
    assert not any(period.ends_at is None for period in periods[:-1])
    assert (bool(periods) and periods[-1].ends_at is None) is (state.whereabouts in INSIDE)


@settings(deadline=None)  # judged by what it finds, not by how busy the machine is
@given(seen=histories(), chance=st.randoms())
def test_the_order_in_which_files_arrive_changes_no_event(seen: list[Observation], chance: random.Random) -> None:
    shuffled = list(seen)
    chance.shuffle(shuffled)

    first = derive_events(derive_facts(seen), baseline_at=FIRST_ROLL)
    again = derive_events(derive_facts(shuffled), baseline_at=FIRST_ROLL)

    assert again == first
    assert len({event.identity for event in first}) == len(first)
