"""Which alerts events and dates owe, to whom, and which come too late. Tables of invented cases, November 2026.

1 November 2026 is a Sunday; the roll is drawn at 5:30am, due days are told at 7am.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from custody.alert_facts import EventSeen, Holding, PersonSeen
from custody.alert_kinds import ALWAYS_ON, DATE_KINDS, DUE, ESCALATES, SETTLES, URGENT, AlertKind, Side
from custody.alerts import alerts_owed, escalates, settles_at
from custody.models import EventKind
from custody.snapshots import Observation
from tests.custody.alert_people import BRADFORD, LEEDS, RECORD, kinds, lines, owed_by, person
from tests.custody.histories import absent, at, held, moved, on

DECEMBER_1 = on(1, 12)
OUT, IN = "ACTIVE OUT", "ACTIVE IN"

# What each kind of event becomes, told to the managing area: its kind, or none.
EVENT_CASES: dict[str, tuple[str, str | None]] = {
    "received": ("entered", "entered"),
    "recalled on licence": ("recalled", "recalled"),
    "caught again": ("recaptured", "recaptured"),
    "found inside when adopted": ("adopted_in_custody", "adopted_in_custody"),
    "in another prison": ("transferred", "transferred"),
    "left for another prison: the arrival tells": ("in_transit", None),
    "taken to court: the night tells": ("at_court", None),
    "back from court the same day": ("returned_from_court", None),
    "left on temporary absence": ("temporary_absence", "absence_begun"),
    "back from temporary absence": ("returned_from_absence", "absence_returned"),
    "released": ("released", "released"),
    "escaped": ("escaped", "escaped"),
    "absconded": ("absconded", "absconded"),
    "did not come back": ("at_large", "at_large"),
    "deported": ("removed", "removed"),
    "in a secure hospital": ("to_hospital", "hospital"),
    "died": ("died", "died"),
    "not in the file any more": ("missing_from_feed", "missing"),
    "in the file again": ("back_in_feed", "back_in_feed"),
    "first date": ("release_date_set", "date_set"),
    "no date any more": ("release_date_withdrawn", "date_withdrawn"),
    "same date, sure now": ("release_date_confirmed", "date_confirmed"),
}


def happened(kind: str, day: int, hour: int = 12, **values: object) -> EventSeen:
    moment = at(day, hour)
    event = EventSeen(UUID(int=day), RECORD, kind, bytes([day]) * 16, moment, "second", at(day + 1))
    return replace(event, **values)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(("kind", "alert"), EVENT_CASES.values(), ids=EVENT_CASES)
def test_event_owes_the_managing_area_its_alert(kind: str, alert: str | None) -> None:
    one = PersonSeen(events=(happened(kind, 3),), holdings=(Holding(LEEDS, at(1)),), tracked_since=at(1))

    owed = [o.occasion.kind.value for o in alerts_owed(one) if o.occasion.kind != AlertKind.AT_COURT_OVERNIGHT]

    assert [found for found in owed if found != "absence_overdue"] == ([alert] if alert else [])


def test_every_kind_of_event_is_decided() -> None:
    assert {kind for kind, _ in EVENT_CASES.values()} == {*EventKind.values} - {"release_date_changed"}


@pytest.mark.parametrize(
    ("old", "new", "alert"),
    [(9, 4, "date_brought_forward"), (4, 9, "date_put_back")],
    ids=["five days earlier", "five days later"],
)
def test_changed_date_is_brought_forward_or_put_back(old: int, new: int, alert: str) -> None:
    changed = happened("release_date_changed", 3, old_date=on(old, 12), new_date=on(new, 12))
    one = PersonSeen(events=(changed,), holdings=(Holding(LEEDS, at(1)),), tracked_since=at(1))

    assert [owed.occasion.kind.value for owed in alerts_owed(one)] == [alert]


# Release date of somebody who moves from Leeds to Moorland on Tuesday 10 November, and the alert of the move.
MOVE_CASES: dict[str, tuple[date | None, str, str]] = {
    "no date at all": (None, "CRD", "transferred"),
    "released in eight days": (on(18), "CRD", "transferred"),
    "released in seven days": (on(17), "CRD", "moved_late"),
    "released the day after": (on(11), "CRD", "moved_late"),
    "released that very day": (on(10), "CRD", "moved_late"),
    "the date had gone by": (on(6), "CRD", "transferred"),
    "on a Sunday, so out by the Friday": (on(22), "CRD", "transferred"),
    "on Wednesday in a week": (on(18), "CONFIRMED", "transferred"),
    "confirmed for the Sunday before": (on(15), "CONFIRMED", "moved_late"),
}


@pytest.mark.parametrize(("day", "date_type", "alert"), MOVE_CASES.values(), ids=MOVE_CASES)
def test_move_within_a_week_of_the_day_out_is_told_as_such(day: date | None, date_type: str, alert: str) -> None:
    dates = {date_type: day}
    one = person(
        held(2, dates=dates),
        held(11, "MDI", movement=moved("ADM", "INT", 10, 14), dates=dates),
    )

    assert [kind for kind in kinds(one, at(11, 6)) if "due" not in kind] == [alert]


# How long somebody was out: what the rolls say, by when it is asked, and the alerts in time and late.
LASTING_CASES: dict[str, tuple[list[Observation], datetime, list[str], list[str]]] = {
    "at court by day, back before the file": (
        [held(2), held(4, movement=moved("CRT", "CA", 3, 9), status=IN)],
        at(9),
        [],
        [],
    ),
    "still at court when the night's file was drawn": (
        [held(2), held(4, movement=moved("CRT", "CA", 3, 9), status=OUT)],
        at(4, 6),
        ["at_court_overnight"],
        [],
    ),
    "at court since this morning, and it is not midnight yet": (
        [held(2), held(3, movement=moved("CRT", "CA", 3, 2), status=OUT)],
        at(3, 23),
        [],
        [],
    ),
    "at court since this morning, and midnight has passed": (
        [held(2), held(3, movement=moved("CRT", "CA", 3, 2), status=OUT)],
        at(4, 0),
        ["at_court_overnight"],
        [],
    ),
    "back from court that evening, as the next file says": (
        [
            held(2),
            held(3, movement=moved("CRT", "CA", 3, 2), status=OUT),
            held(4, movement=moved("CRT", "CA", 3, 17), status=IN),
        ],
        at(4, 6),
        [],
        [],
    ),
    "a night at court that is told when it is over": (
        [held(2), held(4, movement=moved("CRT", "CA", 3, 9), status=OUT), held(5, status=IN)],
        at(5, 6),
        [],
        ["at_court_overnight"],
    ),
    "from court to another prison the same day": (
        [
            held(2),
            held(3, movement=moved("CRT", "CA", 3, 2), status=OUT),
            held(4, "MDI", movement=moved("ADM", "TRNCRT", 3, 16)),
        ],
        at(4, 6),
        ["transferred"],
        [],
    ),
    "out for three days": (
        [held(2), held(4, movement=moved("TAP", "RO", 3, 10), status=OUT)],
        at(6, 23),
        ["absence_begun"],
        [],
    ),
    "out for four days to the hour": (
        [held(2), held(4, movement=moved("TAP", "RO", 3, 10), status=OUT)],
        at(7, 10, 0),
        ["absence_begun", "absence_overdue"],
        [],
    ),
    "back on the third day": (
        [
            held(2),
            held(4, movement=moved("TAP", "RO", 3, 10), status=OUT),
            held(7, movement=moved("TAP", "RO", 6, 10), status=IN),
        ],
        at(20),
        ["absence_begun", "absence_returned"],
        [],
    ),
    "back on a day that is known to the day only": (
        [
            held(2),
            held(4, movement=moved("TAP", "RO", 3, 10), status=OUT),
            held(7, movement=moved("TAP", "RO", 6), status=IN),
        ],
        at(20),
        ["absence_begun", "absence_returned"],
        [],
    ),
    "back after six days, asked afterwards": (
        [
            held(2),
            held(4, movement=moved("TAP", "RO", 3, 10), status=OUT),
            held(10, movement=moved("TAP", "RO", 9, 10), status=IN),
        ],
        at(20),
        ["absence_begun", "absence_returned"],
        ["absence_overdue"],
    ),
    "inside again, though no movement says when": (
        [held(2), held(4, movement=moved("TAP", "RO", 3, 10), status=OUT), held(6, status=IN)],
        at(20),
        ["absence_begun"],
        [],
    ),
}


@pytest.mark.parametrize(("history", "now", "in_time", "late"), LASTING_CASES.values(), ids=LASTING_CASES)
def test_absence_that_lasts_is_told(
    history: list[Observation], now: datetime, in_time: list[str], late: list[str]
) -> None:
    one = person(*history)

    assert kinds(one, now) == in_time
    assert kinds(one, now, late=True) == late


# What the rolls say of the release, by when it is asked, and the days before it that are owed: in time, and late.
DUE_CASES: dict[str, tuple[list[Observation], datetime, list[str], list[str]]] = {
    "eight weeks ahead": ([held(2, dates={"CRD": on(29, 12)})], at(30), [], []),
    "before 7am of the day": ([held(2, dates={"CRD": DECEMBER_1})], at(3, 6), [], []),
    "at 7am of the day": ([held(2, dates={"CRD": DECEMBER_1})], at(3, 7, 0), ["due_28"], []),
    "the day after: still the nearest": ([held(2, dates={"CRD": DECEMBER_1})], at(4, 7), ["due_28"], []),
    "a nearer day has come": ([held(2, dates={"CRD": DECEMBER_1})], at(17, 7), ["due_14"], ["due_28"]),
    "the day before": (
        [held(2, dates={"CRD": DECEMBER_1})],
        at(30, 7),
        ["due_1"],
        ["due_28", "due_14", "due_7", "due_2"],
    ),
    "on the morning of the release": (
        [held(2, dates={"CRD": DECEMBER_1})],
        datetime(2026, 12, 1, 8, tzinfo=at(1).tzinfo),
        [],
        ["due_28", "due_14", "due_7", "due_2", "due_1"],
    ),
    "set three days before": (
        [held(2), held(27, dates={"CRD": on(30)})],
        at(27, 8),
        ["date_set"],
        ["due_28", "due_14", "due_7"],
    ),
    "set on the morning of the seventh day before": (
        [held(2), held(24, dates={"CRD": DECEMBER_1})],
        at(24, 8),
        ["date_set", "due_7"],
        ["due_28", "due_14"],
    ),
    "brought forward owes the new date anew": (
        [held(2, dates={"CRD": DECEMBER_1}), held(4, dates={"CRD": on(18)})],
        at(4, 8),
        ["date_brought_forward", "due_14"],
        ["due_28", "due_28"],
    ),
    "put back before the day came": (
        [held(2, dates={"CRD": on(17)}), held(3, dates={"CRD": DECEMBER_1})],
        at(3, 8),
        ["date_put_back", "due_28"],
        ["due_28"],
    ),
    "put back and back again owes each date once": (
        [
            held(2, dates={"CRD": on(30)}),
            held(20, dates={"CRD": on(29, 12)}),
            held(21, dates={"CRD": on(30)}),
        ],
        at(21, 8),
        ["date_put_back", "date_brought_forward"],
        ["due_14", "due_28"],
    ),
    "on a Sunday: counted to the Friday": (
        [held(2, dates={"CRD": on(29)})],
        at(20, 7, 0),
        ["due_7"],
        ["due_28", "due_14"],
    ),
    "confirmed for the Sunday: counted to it": (
        [held(2, dates={"CONFIRMED": on(29)})],
        at(22, 7, 0),
        ["due_7"],
        ["due_28", "due_14"],
    ),
    "released before the day": (
        [
            held(2, dates={"CRD": on(30)}),
            held(10, movement=moved("REL", "CR", 10, 2), status=OUT, dates={"CRD": on(30)}),
            absent(11),
        ],
        at(28, 8),
        ["released"],
        ["due_28"],
    ),
    "missing from the file, and the date stands": (
        [held(2, dates={"CRD": on(30)}), absent(10)],
        at(23, 8),
        ["due_7", "missing"],
        ["due_28", "due_14"],
    ),
    "on remand": ([held(2, legal="REMAND", dates={"CRD": on(30)})], at(29), [], []),
}


@pytest.mark.parametrize(("history", "now", "in_time", "late"), DUE_CASES.values(), ids=DUE_CASES)
def test_days_before_a_release_are_told_once_for_each_date(
    history: list[Observation], now: datetime, in_time: list[str], late: list[str]
) -> None:
    one = person(*history)

    assert sorted(kinds(one, now)) == sorted(in_time)
    assert sorted(kinds(one, now, late=True)) == sorted(late)


# Who is told of a transfer on 10 November, learnt on the 11th.
MOVED = [held(2), held(11, "MDI", movement=moved("ADM", "INT", 10, 14))]
SIDE_CASES: dict[str, tuple[PersonSeen, list[tuple[str, str]]]] = {
    "the area that manages": (person(*MOVED), [(LEEDS, "managing")]),
    "both areas that manage": (person(*MOVED, areas=(LEEDS, BRADFORD)), [(BRADFORD, "managing"), (LEEDS, "managing")]),
    "the area of the discharge address too": (
        person(*MOVED, discharge={2: [BRADFORD]}),
        [(LEEDS, "managing"), (BRADFORD, "releasing")],
    ),
    "once where the address lies in the managing area": (
        person(*MOVED, discharge={2: [LEEDS, BRADFORD]}),
        [(LEEDS, "managing"), (BRADFORD, "releasing")],
    ),
    "not the area of an address that came later": (person(*MOVED, discharge={12: [BRADFORD]}), [(LEEDS, "managing")]),
    "not the area of an address that was given up": (
        person(*MOVED, discharge={2: [BRADFORD], 9: []}),
        [(LEEDS, "managing")],
    ),
    "not an area that adopted them later": (
        replace(person(*MOVED), holdings=(Holding(LEEDS, at(1)), Holding(BRADFORD, at(12)))),
        [(LEEDS, "managing")],
    ),
    "not an area that had let them go": (
        replace(person(*MOVED), holdings=(Holding(LEEDS, at(1)), Holding(BRADFORD, at(1), at(10)))),
        [(LEEDS, "managing")],
    ),
    "nobody where no key stands": (replace(person(*MOVED), holdings=(), tracked_since=None), []),
    "the releasing area alone for somebody unadopted": (
        replace(person(*MOVED, discharge={2: [BRADFORD]}), holdings=(), tracked_since=None),
        [(BRADFORD, "releasing")],
    ),
}


@pytest.mark.parametrize(("one", "told"), SIDE_CASES.values(), ids=SIDE_CASES)
def test_alert_goes_to_the_areas_concerned_when_it_was_learnt(one: PersonSeen, told: list[tuple[str, str]]) -> None:
    found = [(area, side) for kind, area, side in lines(one, at(11, 6)) if kind == "transferred"]

    assert found == told


# When the discharge address changes: to whom it is told that the release will be to them.
RELEASING_CASES: dict[str, tuple[PersonSeen, datetime, list[str]]] = {
    "known from the first file": (person(held(2), discharge={2: [BRADFORD]}), at(20), []),
    "new while inside": (person(held(2), held(9, "MDI"), discharge={5: [BRADFORD]}), at(8), [BRADFORD]),
    "in the managing area": (person(held(2), discharge={5: [LEEDS]}), at(8), []),
    "to two areas, one known before": (
        person(held(2), discharge={2: [BRADFORD], 5: [BRADFORD, "00DB"]}),
        at(8),
        ["00DB"],
    ),
    "given up again by the time it is raised": (person(held(2), discharge={5: [BRADFORD], 7: []}), at(8), []),
    "out by the time it is raised": (person(held(2), absent(7), discharge={5: [BRADFORD]}), at(8), []),
    "stated when they came in": (person(held(2), absent(4), held(6), discharge={6: [BRADFORD]}), at(8), []),
    "of a record without custody": (replace(person(held(2), discharge={5: [BRADFORD]}), facts={}), at(8), []),
    "before tracking began": (person(held(2), discharge={5: [BRADFORD]}, tracked_since=at(6)), at(8), []),
}


@pytest.mark.parametrize(("one", "now", "told"), RELEASING_CASES.values(), ids=RELEASING_CASES)
def test_new_discharge_address_is_told_to_the_area_where_it_lies(
    one: PersonSeen, now: datetime, told: list[str]
) -> None:
    assert [area for kind, area, _ in lines(one, now) if kind == "releasing_here"] == told


def test_event_from_before_tracking_is_kept_and_not_sent() -> None:
    one = person(*MOVED, tracked_since=at(20))

    (owed,) = owed_by(one, at(20))

    assert (owed.occasion.kind, owed.occasion.is_late_at(at(20)), owed.area_code) == ("transferred", True, LEEDS)


def test_absence_that_was_overdue_before_tracking_is_late() -> None:
    one = person(held(2), held(4, movement=moved("TAP", "RO", 3, 10), status=OUT), tracked_since=at(20))

    assert kinds(one, at(20)) == []
    assert sorted(kinds(one, at(20), late=True)) == ["absence_begun", "absence_overdue"]


def test_due_day_from_before_tracking_is_late_and_the_next_in_time() -> None:
    one = person(held(2, dates={"CRD": on(30)}), tracked_since=at(18))

    assert kinds(one, at(23, 8)) == ["due_7"]
    assert sorted(kinds(one, at(23, 8), late=True)) == ["due_14", "due_28"]


def test_date_given_up_before_tracking_owes_nothing() -> None:
    one = person(held(2, dates={"CRD": on(30)}), held(10, dates={"CRD": on(29, 12)}), tracked_since=at(18))

    assert (kinds(one, at(19)), kinds(one, at(19), late=True)) == ([], ["date_put_back"])


def test_tracking_that_began_after_the_release_owes_no_day_before_it() -> None:
    one = person(held(2, dates={"CRD": on(13)}), tracked_since=at(20))

    assert (kinds(one, at(25)), kinds(one, at(25), late=True)) == ([], [])


@pytest.mark.parametrize(("now", "late"), [(at(9, 23), False), (at(10, 0), True)], ids=["on its day", "afterwards"])
def test_change_of_a_date_that_has_gone_by_is_not_sent(now: datetime, late: bool) -> None:  # noqa: FBT001 – a case
    changed = happened("release_date_changed", 3, old_date=on(20), new_date=on(9))
    one = PersonSeen(events=(changed,), holdings=(Holding(LEEDS, at(1)),), tracked_since=at(1))

    (owed,) = alerts_owed(one)

    assert owed.occasion.is_late_at(now) == late


def test_movement_is_sent_however_old_it_is() -> None:
    assert kinds(person(*MOVED), at(30, 23)) == ["transferred"]


def test_same_facts_owe_the_same_alerts_in_any_order() -> None:
    history = [held(2), held(4, movement=moved("TAP", "RO", 3, 10), status=OUT), held(9, dates={"CRD": on(30)})]

    forwards, backwards = person(*history), person(*reversed(history))

    assert [owed.identity for owed in alerts_owed(forwards)] == [owed.identity for owed in alerts_owed(backwards)]


@pytest.mark.parametrize("kind", AlertKind)
def test_received_and_released_settle_and_nothing_else(kind: AlertKind) -> None:
    (owed,) = owed_by(person(*MOVED), at(11, 6))
    occasion = replace(owed.occasion, kind=kind)

    until = settles_at(occasion, timedelta(minutes=45))

    assert until == (occasion.occurred_at + timedelta(minutes=45) if kind in SETTLES else None)


# A date change told on Monday 9 November: the day out, and whether it must not lie unread.
ESCALATION_CASES: dict[str, tuple[str, date | None, bool]] = {
    "in three days": ("date_brought_forward", on(12), False),
    "in two days": ("date_brought_forward", on(11), True),
    "today": ("date_set", on(9), True),
    "confirmed for tomorrow": ("date_confirmed", on(10), True),
    "yesterday": ("date_put_back", on(8), False),
    "withdrawn: nobody comes out": ("date_withdrawn", on(10), False),
    "due in two days": ("due_2", on(11), True),
    "due tomorrow": ("due_1", on(10), True),
    "due in a week": ("due_7", on(16), False),
    "without a day": ("transferred", None, False),
}


@pytest.mark.parametrize(("kind", "day", "expected"), ESCALATION_CASES.values(), ids=ESCALATION_CASES)
def test_release_inside_two_days_must_not_lie_unread(kind: str, day: date | None, expected: bool) -> None:  # noqa: FBT001 – a case
    assert escalates(kind, day, told_on=on(9)) is expected


def test_groups_of_kinds_fit_together() -> None:
    assert ALWAYS_ON < URGENT
    assert {AlertKind.DATE_WITHDRAWN} == DATE_KINDS - ESCALATES
    assert {*DUE.values()} >= ESCALATES - DATE_KINDS
    assert not SETTLES & DATE_KINDS


def test_area_is_told_once_of_each_occasion() -> None:
    one = person(*MOVED, areas=(LEEDS, LEEDS), discharge={2: [LEEDS]})

    assert [(owed.area_code, owed.side) for owed in owed_by(one, at(11, 6))] == [(LEEDS, Side.MANAGING)]
