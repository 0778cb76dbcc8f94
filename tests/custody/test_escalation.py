"""The clock of an alert that nobody acknowledges: when it runs out, and to whom the alert goes then.

23 November 2026 is a Monday. The August bank holiday of 2027 is Monday the 30th; the clocks of 2026 change on the
nights to Sunday 29 March and Sunday 25 October.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime

import pytest

from access.models import Officer
from custody.alert_models import Alert, AlertHop, AlertReceipt, AlertSetting
from custody.alerting import raise_timed
from custody.escalation import escalate, escalation_of, hop_after
from custody.working_days import LONDON
from tests.custody.alert_world import Somebody, told_to
from tests.custody.histories import at, held, on
from tests.personas import LEEDS, make_person

AsRole = Callable[[str], AbstractContextManager[None]]


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


# Told at; day out; when two hours have passed; whether they were plain hours.
CLOCK_CASES: dict[str, tuple[str, date, str, bool]] = {
    "on a working morning": ("2026-11-23T09:00", date(2026, 11, 25), "2026-11-23T11:00", False),
    "before work begins": ("2026-11-23T05:30", date(2026, 11, 25), "2026-11-23T10:00", False),
    "an hour before work ends": ("2026-11-23T17:00", date(2026, 11, 25), "2026-11-24T09:00", False),
    "in the evening": ("2026-11-23T19:00", date(2026, 11, 25), "2026-11-24T10:00", False),
    "on Friday for Tuesday": ("2026-11-20T17:00", date(2026, 11, 24), "2026-11-23T09:00", False),
    "on Saturday for Monday": ("2026-11-21T10:00", date(2026, 11, 23), "2026-11-21T12:00", True),
    "on Friday for Monday: over at nine, when the gate opens": (
        "2026-11-20T17:00",
        date(2026, 11, 23),
        "2026-11-20T19:00",
        True,
    ),
    "on Friday for Monday, a minute earlier": ("2026-11-20T16:59", date(2026, 11, 23), "2026-11-23T08:59", False),
    "on Thursday for Friday": ("2026-11-26T15:00", date(2026, 11, 27), "2026-11-26T17:00", False),
    "on the day itself": ("2026-11-23T07:00", date(2026, 11, 23), "2026-11-23T09:00", True),
    "before a bank holiday, for after it": ("2027-08-27T17:30", date(2027, 9, 1), "2027-08-31T09:30", False),
    "before a bank holiday, for after it at nine": (
        "2027-08-27T17:30",
        date(2027, 8, 31),
        "2027-08-27T19:30",
        True,
    ),
    "over Christmas": ("2026-12-24T17:00", date(2026, 12, 30), "2026-12-29T09:00", False),
    "the night the clocks go forward": ("2026-03-29T00:30", date(2026, 3, 30), "2026-03-29T03:30", True),
    "the night the clocks go back": ("2026-10-25T00:30", date(2026, 10, 26), "2026-10-25T01:30", True),
    "over the weekend on which the clocks go back": (
        "2026-10-23T17:00",
        date(2026, 10, 27),
        "2026-10-26T09:00",
        False,
    ),
    "over the weekend on which they go forward": ("2026-03-27T17:00", date(2026, 3, 31), "2026-03-30T09:00", False),
}


@pytest.mark.parametrize(("told", "day_out", "due", "plain"), CLOCK_CASES.values(), ids=CLOCK_CASES)
def test_clock_runs_in_working_hours_unless_the_release_comes_before(
    told: str,
    day_out: date,
    due: str,
    plain: bool,  # noqa: FBT001 – a case
) -> None:
    clock = hop_after(london(told), day_out)

    assert (clock.due_at.replace(tzinfo=None).isoformat(timespec="minutes"), clock.is_plain) == (due, plain)


@pytest.fixture
def hartley(db: None) -> Officer:
    """An officer of Leeds."""
    return make_person("hartley", "area_officer", place=LEEDS).officer


@pytest.fixture
def ruth(db: None) -> Officer:
    """The supervisor of Leeds."""
    return make_person("ruth", "area_supervisor", place=LEEDS).officer


@pytest.fixture
def unread(hartley: Officer, ruth: Officer, db_as: AsRole) -> Iterator[Alert]:
    """An alert of Monday 23 November, 7am, of a release on the Wednesday; the test goes on as the worker."""
    with db_as("worker"):
        one = Somebody()
        one.told(held(2, dates={"CRD": on(25)}), now=at(2, 6))
        raise_timed(at(23, 7))
        yield one.alert("due_2")


def levels(alert: Alert) -> list[tuple[str, datetime]]:
    return [(hop.level, hop.due_at) for hop in AlertHop.objects.filter(alert=alert).order_by("at")]


def test_nothing_is_passed_on_before_the_clock_has_run_out(unread: Alert) -> None:
    assert escalate(at(23, 9, 59)) == 0

    shown = escalation_of(unread, at(23, 9, 59))
    assert shown is not None
    assert (shown.level, shown.next_level, shown.due_at) == ("", "supervisor", at(23, 10, 0))
    assert shown.in_plain_hours is False


def test_unread_alert_goes_to_the_supervisors_and_then_to_the_whole_area(unread: Alert) -> None:
    assert [escalate(at(23, 10, 0)), escalate(at(23, 10, 1))] == [1, 0]
    unread.refresh_from_db()
    shown = escalation_of(unread, at(23, 10, 1))
    assert shown is not None
    assert (shown.level, shown.next_level, shown.due_at) == ("supervisor", "area", at(23, 12, 0))

    assert [escalate(at(23, 12, 0)), escalate(at(23, 12, 1)), escalate(at(24))] == [1, 0, 0]

    unread.refresh_from_db()
    assert levels(unread) == [("supervisor", at(23, 10, 0)), ("area", at(23, 12, 0))]
    assert (unread.level, unread.next_hop_at) == (2, None)
    shown = escalation_of(unread, at(23, 13))
    assert shown is not None
    assert (shown.level, shown.next_level, shown.due_at) == ("area", "", None)


def test_acknowledged_alert_is_passed_on_no_further(unread: Alert) -> None:
    Alert.objects.filter(pk=unread.pk).update(acknowledged_at=at(23, 9))

    assert escalate(at(23, 11)) == 0

    unread.refresh_from_db()
    shown = escalation_of(unread, at(23, 11))
    assert shown is not None
    assert shown.due_at is None


def test_withdrawn_alert_is_passed_on_no_further(unread: Alert) -> None:
    Alert.objects.filter(pk=unread.pk).update(withdrawn_at=at(23, 9), withdrawn_because="stated")

    assert escalate(at(23, 11)) == 0


def test_alert_of_a_release_that_is_over_is_passed_on_no_further(unread: Alert) -> None:
    assert escalate(at(26, 0)) == 0

    unread.refresh_from_db()
    assert (levels(unread), unread.next_hop_at) == ([], None)


def test_alert_that_is_never_passed_on_has_no_clock(unread: Alert) -> None:
    unread.escalates = False

    assert escalation_of(unread, at(23)) is None


def test_supervisor_who_switched_the_kind_off_gets_it_when_it_is_passed_on(
    hartley: Officer, ruth: Officer, db_as: AsRole
) -> None:
    with db_as("worker"):
        AlertSetting.objects.create(officer_id=ruth.pk, kinds_off=["date_set"])
        one = Somebody()
        one.told(held(2), held(23, dates={"CRD": on(25)}), now=at(23, 8))
        assert "date_set" not in told_to(ruth)

        escalate(at(23, 10, 30))

        assert "date_set" in told_to(ruth)
        assert AlertReceipt.objects.filter(alert__kind="date_set", officer_id=ruth.pk).count() == 1
