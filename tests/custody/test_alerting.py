"""Alerts as they are stored: raised once, settled, told, withdrawn, whatever comes twice or out of order."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from unittest import mock
from uuid import UUID, uuid4

import psycopg2.extensions
import pytest
from django.db import IntegrityError, transaction

from access.models import Officer
from custody.alert_models import Alert, AlertReceipt, AlertSetting
from custody.alerting import ALERT_LOCK, bring_alerts_into_line, deliver_settled, raise_timed
from offenders.links import join_offenders
from offenders.models import RecordLink, SchemeMembership
from tests.custody.alert_people import BRADFORD, LEEDS
from tests.custody.alert_world import Somebody, told_to
from tests.custody.histories import at, held, moved, on
from tests.personas import BRADFORD as AT_BRADFORD
from tests.personas import LEEDS as AT_LEEDS
from tests.personas import WEST_YORKSHIRE, make_person

AsRole = Callable[[str], AbstractContextManager[None]]
POSTCODE_IN_BRADFORD = "BD1 1AA"


@pytest.fixture
def worker(db_as: AsRole) -> Iterator[None]:
    """The test goes on as the worker."""
    with db_as("worker"):
        yield


@pytest.fixture
def officer(db: None) -> Officer:
    """An officer of Leeds."""
    return make_person("hartley", "area_officer", place=AT_LEEDS).officer


MOVED = (held(2), held(11, "MDI", movement=moved("ADM", "INT", 10, 14)))


def test_movement_is_told_at_once_when_it_is_older_than_the_window(officer: Officer, worker: None) -> None:
    one = Somebody()

    one.told(*MOVED, now=at(11, 6))

    assert one.alerts() == [("transferred", LEEDS)]
    assert told_to(officer) == ["transferred"]


def test_movement_inside_the_window_waits_and_is_told_when_it_has_passed(officer: Officer, worker: None) -> None:
    one = Somebody()
    one.told(held(2), held(11, "MDI", movement=moved("ADM", "INT", 11, 5)), now=at(11, 5, 40))
    assert (one.alerts(), told_to(officer)) == ([], [])

    assert deliver_settled(at(11, 5, 44)) == 0
    assert deliver_settled(at(11, 5, 45)) == 1

    assert (one.alerts(), told_to(officer)) == ([("transferred", LEEDS)], ["transferred"])
    assert deliver_settled(at(11, 5, 46)) == 0


def test_movement_reversed_inside_the_window_is_never_told(officer: Officer, worker: None) -> None:
    one = Somebody()
    one.told(held(2), held(11, "MDI", movement=moved("ADM", "INT", 11, 5)), now=at(11, 5, 40))

    changes = one.told(held(2), now=at(11, 5, 43), because="correction")
    deliver_settled(at(11, 7))

    assert (changes.withdrawn, changes.withdrawal_receipts) == (1, 0)
    assert one.alerts() == []
    assert AlertReceipt.objects.count() == 0


def test_movement_reversed_later_is_withdrawn_from_exactly_those_who_got_it(officer: Officer, db_as: AsRole) -> None:
    unconcerned = make_person("owen", "area_officer", place=AT_BRADFORD).officer
    with db_as("worker"):
        one = Somebody()
        one.told(*MOVED, now=at(11, 6))
    latecomer = make_person("latecomer", "area_officer", place=AT_LEEDS).officer

    with db_as("worker"):
        changes = one.told(held(2), now=at(12, 6), because="correction")

        alert = one.alert("transferred")
        assert (alert.withdrawn_at, alert.withdrawn_because) == (at(12, 6), "correction")
        assert changes.withdrawal_receipts == 1
        told = AlertReceipt.objects.filter(withdrawal_told_at=at(12, 6)).values_list("officer_id", flat=True)
        assert list(told) == [officer.pk]
        assert not AlertReceipt.objects.filter(officer_id__in=[unconcerned.pk, latecomer.pk]).exists()


def test_what_was_withdrawn_and_turns_out_true_is_told_anew(officer: Officer, worker: None) -> None:
    one = Somebody()
    one.told(*MOVED, now=at(11, 6))
    one.told(held(2), now=at(12, 6), because="correction")

    one.told(*MOVED, now=at(13, 6), because="correction")

    assert one.alerts() == [("transferred", LEEDS)]
    assert AlertReceipt.objects.filter(officer_id=officer.pk).count() == 2


def test_same_files_again_raise_and_tell_nothing(officer: Officer, worker: None) -> None:
    one = Somebody()
    one.told(*MOVED, now=at(11, 6))

    again = one.told(*MOVED, now=at(11, 7))

    assert (again.raised, again.withdrawn, again.receipts) == (0, 0, 0)
    assert AlertReceipt.objects.count() == 1


def test_database_refuses_a_second_alert_of_the_same_occasion_and_a_second_receipt(
    officer: Officer, worker: None
) -> None:
    one = Somebody()
    one.told(*MOVED, now=at(11, 6))
    receipt = AlertReceipt.objects.get()
    twin = {field.attname: getattr(receipt.alert, field.attname) for field in Alert._meta.concrete_fields}

    with pytest.raises(IntegrityError, match="alert_live_once_per_occasion_and_side"), transaction.atomic():
        Alert.objects.create(**{**twin, "id": uuid4()})
    with pytest.raises(IntegrityError, match="alertreceipt_once_per_recipient"), transaction.atomic():
        AlertReceipt.objects.create(alert_id=receipt.alert_id, officer_id=receipt.officer_id, told_at=at(11))


def test_officer_of_both_areas_is_told_once_and_each_area_has_its_own_alert(db_as: AsRole) -> None:
    both = make_person("force", "area_officer", place=WEST_YORKSHIRE).officer
    bradford = make_person("owen", "area_officer", place=AT_BRADFORD).officer
    with db_as("worker"):
        one = Somebody()
        one.discharged_to(POSTCODE_IN_BRADFORD, since=at(2))

        one.told(*MOVED, now=at(11, 6))

        assert one.alerts() == [("transferred", BRADFORD), ("transferred", LEEDS)]
        assert (told_to(both), told_to(bradford)) == (["transferred"], ["transferred"])
        assert AlertReceipt.objects.get(officer_id=both.pk).alert.area_code == LEEDS


def test_kind_that_is_switched_off_is_not_told(officer: Officer, worker: None) -> None:
    AlertSetting.objects.create(officer_id=officer.pk, kinds_off=["transferred"])
    one = Somebody()

    one.told(*MOVED, now=at(11, 6))

    assert one.alerts() == [("transferred", LEEDS)]
    assert told_to(officer) == []


def test_newest_setting_counts(officer: Officer, worker: None) -> None:
    AlertSetting.objects.create(officer_id=officer.pk, kinds_off=["transferred"])
    AlertSetting.objects.create(officer_id=officer.pk, kinds_off=["entered"])
    one = Somebody()

    one.told(*MOVED, now=at(11, 6))

    assert told_to(officer) == ["transferred"]


def test_event_from_before_tracking_is_kept_and_told_to_nobody(officer: Officer, worker: None) -> None:
    one = Somebody(tracked_since=at(12))

    changes = one.told(*MOVED, now=at(12, 6))

    assert (changes.raised, changes.late, changes.receipts) == (2, 1, 1)
    late = one.alert("transferred")
    assert (late.late, late.delivered_at) == (True, None)
    assert told_to(officer) == ["adopted_in_custody"]


def test_list_that_shows_an_earlier_beginning_tells_what_was_kept(officer: Officer, worker: None) -> None:
    one = Somebody(tracked_since=at(12))
    one.told(*MOVED, now=at(12, 6))

    one.adopted_by(LEEDS, since=at(1))
    one.told(*MOVED, now=at(13, 6), because="late_file")

    assert told_to(officer) == ["transferred"]
    assert AlertReceipt.objects.filter(alert__kind="transferred").count() == 1


def test_change_of_the_managing_area_moves_the_alert(db_as: AsRole) -> None:
    leeds = make_person("hartley", "area_officer", place=AT_LEEDS).officer
    bradford = make_person("owen", "area_officer", place=AT_BRADFORD).officer
    with db_as("worker"):
        one = Somebody()
        one.told(*MOVED, now=at(11, 6))
        scheme = one.case().tracking
        assert scheme.starts_at == at(1)

        record = Somebody.adopted_by(one, BRADFORD, since=at(3))
        one.told(*MOVED, now=at(12, 6), because="late_file")
        assert (told_to(leeds), told_to(bradford)) == (["transferred"], ["transferred"])
        one.removed_by(record, BRADFORD, since=at(9))
        one.told(*MOVED, now=at(13, 6), because="late_file")

        assert (told_to(leeds), told_to(bradford)) == (["transferred"], [])
        gone = Alert.objects.get(area_code=BRADFORD)
        assert gone.withdrawn_because == "area"


def test_officer_of_both_areas_still_knows_when_one_area_falls_away(db_as: AsRole) -> None:
    both = make_person("force", "area_officer", place=WEST_YORKSHIRE).officer
    with db_as("worker"):
        one = Somebody(areas=[BRADFORD])
        one.told(*MOVED, now=at(11, 6))
        one.adopted_by(LEEDS, since=at(1))
        one.told(*MOVED, now=at(12, 6), because="late_file")
        Somebody.removed_by(one, _scheme_of(one, BRADFORD), BRADFORD, since=at(9))

        one.told(*MOVED, now=at(13, 6), because="late_file")

        assert told_to(both) == ["transferred"]
        assert AlertReceipt.objects.get(officer_id=both.pk, withdrawal_told_at=None).alert.area_code == LEEDS


def _scheme_of(one: Somebody, area: str) -> UUID:
    records = RecordLink.objects.filter(offender=one.offender, feed="ppo").values_list("record_id", flat=True)
    found = SchemeMembership.objects.filter(record_id__in=list(records))
    return next(fact.record_id for fact in found if fact.area_code == area)


def test_days_before_a_release_are_raised_by_the_clock_each_once(officer: Officer, worker: None) -> None:
    one = Somebody()
    one.told(held(2, dates={"CRD": on(16)}), now=at(2, 6))
    told: list[list[str]] = []

    for day in range(2, 17):
        raise_timed(at(day, 7))
        raise_timed(at(day, 7, 1))
        told.append(told_to(officer))

    assert told[0] == ["due_14"]
    assert told[7] == ["due_14", "due_7"]
    assert told[-1] == ["due_1", "due_14", "due_2", "due_7"]
    assert AlertReceipt.objects.filter(told_at__isnull=False).count() == 4


def test_clock_that_stood_still_tells_the_nearest_day_only(officer: Officer, worker: None) -> None:
    one = Somebody()
    one.told(held(2, dates={"CRD": on(30)}), now=at(2, 6))

    raise_timed(at(24, 12))

    assert told_to(officer) == ["due_7"]
    assert Alert.objects.filter(late=True).count() == 2


def test_lasting_absences_are_raised_by_the_clock(officer: Officer, worker: None) -> None:
    court, leave = Somebody(), Somebody()
    court.told(held(2), held(3, movement=moved("CRT", "CA", 3, 2), status="ACTIVE OUT"), now=at(3, 6))
    leave.told(held(2), held(4, movement=moved("TAP", "RO", 3, 10), status="ACTIVE OUT"), now=at(4, 6))
    raise_timed(at(3, 23))
    assert told_to(officer) == ["absence_begun"]

    raise_timed(at(4, 0))
    raise_timed(at(7, 9))
    raise_timed(at(7, 10))
    raise_timed(at(7, 11))

    assert told_to(officer) == ["absence_begun", "absence_overdue", "at_court_overnight"]


def test_person_nobody_sees_is_not_looked_at_every_minute(worker: None) -> None:
    one = Somebody(areas=[])
    one.told(held(2, dates={"CRD": on(16)}), now=at(2, 6))

    with mock.patch("custody.alerting.bring_alerts_into_line") as brought:
        raise_timed(at(2, 8))

    assert list(brought.call_args.args[0]) == []


def test_release_is_told_to_the_releasing_area_and_stays_in_its_sight(db_as: AsRole) -> None:
    bradford = make_person("owen", "area_officer", place=AT_BRADFORD).officer
    with db_as("worker"):
        one = Somebody()
        one.discharged_to(POSTCODE_IN_BRADFORD, since=at(2))
        history = (held(2), held(11, movement=moved("REL", "CR", 11, 4), status="ACTIVE OUT"))

        one.told(*history, now=at(11, 6))

        assert told_to(bradford) == ["released"]
        assert Alert.objects.get(area_code=BRADFORD).visible_to != []
        one.told(*history, now=at(11, 6) + timedelta(days=29))
        assert Alert.objects.get(area_code=BRADFORD).visible_to == []


def test_person_whose_records_went_to_another_keeps_no_live_alert(officer: Officer, worker: None) -> None:
    one, other = Somebody(), Somebody()
    one.told(*MOVED, now=at(11, 6))
    join_offenders(other.offender.pk, [one.offender.pk], delivery_id=one.roll)
    bring_alerts_into_line([one.offender.pk], because="stated", now=at(12))

    assert one.alert("transferred").withdrawn_because == "joined"


def test_timed_jobs_leave_an_import_alone_and_come_again(
    officer: Officer, db_as: AsRole, superuser: psycopg2.extensions.connection
) -> None:
    with db_as("worker"):
        one = Somebody()
        one.told(held(2), held(11, "MDI", movement=moved("ADM", "INT", 11, 5)), now=at(11, 5, 40))
        with superuser.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ALERT_LOCK])
            busy = deliver_settled(at(11, 6)), raise_timed(at(11, 6)).raised
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ALERT_LOCK])

        assert busy == (0, 0)
        assert deliver_settled(at(11, 6)) == 1


def test_batch_takes_few_queries_however_many_people_it_holds(
    officer: Officer, worker: None, django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    people = [Somebody() for _ in range(12)]
    for one in people:
        with mock.patch("tests.custody.alert_world.bring_alerts_into_line"):
            one.told(*MOVED, now=at(11, 6))

    with django_assert_max_num_queries(24):
        bring_alerts_into_line([one.offender.pk for one in people], because="stated", now=at(11, 6))

    assert len(told_to(officer)) == 12
