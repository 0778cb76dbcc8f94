"""Who may see an alert and acknowledge it, and what officers may choose for themselves. As the web role, always."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg2.extensions
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from access.models import Session
from access.officers import OfficerContext, officer_of
from access.row_security import context_token, set_context
from custody import inbox
from custody.acknowledging import LONGEST_NOTE, NoteTooLongError, acknowledge
from custody.alert_kinds import ALWAYS_ON
from custody.alert_models import Acknowledgement, Alert, AlertHop, AlertReceipt, AlertSetting
from custody.alert_settings import AlertSettings, KindStaysOnError, save_settings, settings_of
from custody.alerting import raise_timed
from custody.escalation import escalate
from tests.audit.events import stored_events
from tests.custody.alert_world import Somebody
from tests.custody.histories import at, held, moved, on
from tests.personas import BRADFORD, LEEDS, WEST_YORKSHIRE, Person, make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
MOVED = (held(2), held(11, "MDI", movement=moved("ADM", "INT", 10, 14)))


@pytest.fixture
def hartley(db: None) -> Person:
    """An officer of Leeds."""
    return make_person("hartley", "area_officer", place=LEEDS)


@pytest.fixture
def owen(db: None) -> Person:
    """An officer of Bradford."""
    return make_person("owen", "area_officer", place=BRADFORD)


@pytest.fixture
def moved_one(db_as: AsRole, hartley: Person) -> Somebody:
    """Somebody of Leeds who was moved, as Leeds was told at 6am on 11 November."""
    with db_as("worker"):
        one = Somebody()
        one.told(*MOVED, now=at(11, 6))
    return one


@contextmanager
def reading_as(person: Person) -> Iterator[OfficerContext]:
    """Read and write as an officer's page does: as the web role, in the officer's context."""
    browser: Client = signed_in(person)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    officer = officer_of(Session.objects.using("gate").filter(officer=person.officer).latest("opened_at"))
    assert officer is not None
    with transaction.atomic():
        set_context(context_token(cookie))
        yield officer


def test_officer_of_the_area_sees_and_acknowledges_with_a_note(moved_one: Somebody, hartley: Person) -> None:
    with reading_as(hartley) as officer:
        (alert,) = inbox.inbox(officer)

        done = acknowledge([alert.pk], officer=officer, note="  seen at the gate ", now=at(11, 9))

        assert (done, list(inbox.inbox(officer)), inbox.unacknowledged_count(officer)) == (1, [], 0)
        (known,) = inbox.acknowledged()
        assert known.acknowledged_at == at(11, 9)
        (word,) = known.acknowledgements.all()
        assert (word.officer_name, word.note, word.at) == ("Hartley", "seen at the gate", at(11, 9))


def test_acknowledgement_is_written_in_the_trail(
    moved_one: Somebody, hartley: Person, superuser: psycopg2.extensions.connection
) -> None:
    with reading_as(hartley) as officer:
        acknowledge([alert.pk for alert in inbox.inbox(officer)], officer=officer, note="", now=at(11, 9))

    (event,) = stored_events(superuser, code="alert.acknowledge")
    assert (event["people"], event["result_count"]) == ([moved_one.offender.pk], 1)


def test_note_is_sealed_in_the_table(
    moved_one: Somebody, hartley: Person, superuser: psycopg2.extensions.connection
) -> None:
    with reading_as(hartley) as officer:
        acknowledge([alert.pk for alert in inbox.inbox(officer)], officer=officer, note="HARTLEYNOTE", now=at(11, 9))

    with superuser.cursor() as cursor:
        cursor.execute("SELECT a::text FROM custody_acknowledgement a")
        (row,) = cursor.fetchall()
    assert "HARTLEYNOTE" not in row[0]
    assert b"HARTLEYNOTE".hex() not in row[0]


def test_officer_of_another_area_sees_nothing_and_acknowledges_nothing(
    moved_one: Somebody, owen: Person, db_as: AsRole
) -> None:
    with db_as("worker"):
        alert = moved_one.alert("transferred")

    with reading_as(owen) as officer:
        assert inbox.unacknowledged_count(officer) == 0
        assert list(inbox.of_person(moved_one.offender.pk)) == []
        assert list(AlertReceipt.objects.all()) == []
        assert acknowledge([alert.pk], officer=officer, note="", now=at(11, 9)) == 0

    with db_as("worker"):
        assert Acknowledgement.objects.count() == 0


def _word(alert: Alert, officer: OfficerContext, **false: uuid.UUID) -> Acknowledgement:
    told = {"offender_id": alert.offender_id, "officer_id": officer.id, **false}
    return Acknowledgement(alert_id=alert.pk, officer_name="x", at=at(11), note="", **told)


def test_database_takes_no_word_about_what_its_writer_cannot_see(
    moved_one: Somebody, owen: Person, db_as: AsRole
) -> None:
    with db_as("worker"):
        alert = moved_one.alert("transferred")

    with pytest.raises(DatabaseError, match="row-level security"), reading_as(owen) as officer:
        Acknowledgement.objects.bulk_create([_word(alert, officer)])


def test_prosecutor_of_the_area_sees_the_alert_and_cannot_say_that_the_area_knows(moved_one: Somebody) -> None:
    prosecutor = make_person("cora", "cps", place=LEEDS)

    with reading_as(prosecutor):
        alert = inbox.of_person(moved_one.offender.pk).get()
    with pytest.raises(DatabaseError, match="row-level security"), reading_as(prosecutor) as officer:
        Acknowledgement.objects.bulk_create([_word(alert, officer)])


@pytest.mark.parametrize(
    "values",
    [{"officer_id": uuid.UUID(int=5)}, {"offender_id": uuid.UUID(int=5)}],
    ids=["in another's name", "about another person"],
)
def test_database_takes_no_false_word(moved_one: Somebody, hartley: Person, values: dict[str, uuid.UUID]) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), reading_as(hartley) as officer:
        Acknowledgement.objects.bulk_create([_word(inbox.inbox(officer).get(), officer, **values)])


@pytest.mark.parametrize("change", ["UPDATE", "DELETE"])
def test_nobody_at_the_web_changes_what_is_written(moved_one: Somebody, hartley: Person, change: str) -> None:
    with reading_as(hartley) as officer:
        acknowledge([alert.pk for alert in inbox.inbox(officer)], officer=officer, note="", now=at(11, 9))

    for table in ("custody_alert", "custody_acknowledgement", "custody_alertreceipt", "custody_alerthop"):
        statement = {"UPDATE": f"UPDATE {table} SET id = id", "DELETE": f"DELETE FROM {table}"}[change]
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            reading_as(hartley),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_withdrawn_alert_is_seen_with_its_reason_and_not_acknowledged(
    moved_one: Somebody, hartley: Person, db_as: AsRole
) -> None:
    with db_as("worker"):
        moved_one.told(held(2), now=at(12, 6), because="correction")

    with reading_as(hartley) as officer:
        (gone,) = inbox.withdrawn()
        assert gone.get_withdrawn_because_display() == "A corrected file says otherwise"
        assert acknowledge([gone.pk], officer=officer, note="", now=at(12, 9)) == 0
        assert list(inbox.of_person(moved_one.offender.pk)) == [gone]
        assert list(inbox.inbox(officer)) == []


def test_second_acknowledgement_changes_nothing(moved_one: Somebody, hartley: Person, db_as: AsRole) -> None:
    other = make_person("priya", "area_officer", place=LEEDS)
    with reading_as(hartley) as officer:
        ids = [alert.pk for alert in inbox.inbox(officer)]
        acknowledge(ids, officer=officer, note="", now=at(11, 9))

    with reading_as(other) as officer:
        assert acknowledge(ids, officer=officer, note="", now=at(11, 10)) == 0

    with db_as("worker"):
        assert moved_one.alert("transferred").acknowledged_at == at(11, 9)


def test_many_are_acknowledged_at_once(hartley: Person, db_as: AsRole) -> None:
    with db_as("worker"):
        for _ in range(3):
            Somebody().told(*MOVED, now=at(11, 6))

    with reading_as(hartley) as officer:
        ids = [alert.pk for alert in inbox.inbox(officer)]
        assert acknowledge(ids[:2], officer=officer, note="both known", now=at(11, 9)) == 2
        assert inbox.unacknowledged_count(officer) == 1


def test_officer_of_both_areas_sees_one_and_acknowledges_for_both(db_as: AsRole, owen: Person) -> None:
    both = make_person("force", "area_officer", place=WEST_YORKSHIRE)
    with db_as("worker"):
        one = Somebody()
        one.discharged_to("BD1 1AA", since=at(2))
        one.told(*MOVED, now=at(11, 6))

    with reading_as(both) as officer:
        (shown,) = inbox.inbox(officer)
        assert (shown.side, inbox.unacknowledged_count(officer)) == ("managing", 1)
        assert acknowledge([shown.pk], officer=officer, note="", now=at(11, 9)) == 1
        assert inbox.unacknowledged_count(officer) == 0

    with reading_as(owen) as officer:
        assert inbox.unacknowledged_count(officer) == 0


def test_acknowledgement_of_one_area_leaves_the_others(db_as: AsRole, hartley: Person, owen: Person) -> None:
    with db_as("worker"):
        one = Somebody()
        one.discharged_to("BD1 1AA", since=at(2))
        one.told(*MOVED, now=at(11, 6))

    with reading_as(owen) as officer:
        acknowledge([alert.pk for alert in inbox.inbox(officer)], officer=officer, note="", now=at(11, 9))

    with reading_as(hartley) as officer:
        assert inbox.unacknowledged_count(officer) == 1


def test_late_alert_is_listed_apart(hartley: Person, db_as: AsRole) -> None:
    with db_as("worker"):
        one = Somebody(tracked_since=at(12))
        one.told(*MOVED, now=at(12, 6))

    with reading_as(hartley) as officer:
        assert [alert.kind for alert in inbox.late()] == ["transferred"]
        assert [alert.kind for alert in inbox.inbox(officer)] == ["adopted_in_custody"]


def test_kind_switched_off_is_left_out_until_it_is_passed_on(hartley: Person, db_as: AsRole) -> None:
    with db_as("worker"):
        one = Somebody()
        one.told(held(2), held(23, dates={"CRD": on(25)}), now=at(23, 8))
    with reading_as(hartley) as officer:
        save_settings(officer, AlertSettings(frozenset({"date_set"})))
        assert [alert.kind for alert in inbox.inbox(officer)] == ["due_2"]
    with db_as("worker"):
        escalate(at(23, 10, 30))

    with reading_as(hartley) as officer:
        assert sorted(alert.kind for alert in inbox.inbox(officer)) == ["date_set", "due_2"]
        assert AlertHop.objects.count() == 2


def test_passed_on_alerts_stand_first(hartley: Person, db_as: AsRole) -> None:
    with db_as("worker"):
        soon = Somebody()
        soon.told(held(2, dates={"CRD": on(25)}), now=at(2, 6))
        raise_timed(at(23, 7))
        escalate(at(23, 10, 0))
        Somebody().told(*MOVED, now=at(23, 11))

    with reading_as(hartley) as officer:
        assert [alert.kind for alert in inbox.inbox(officer)] == ["due_2", "transferred"]


def test_officers_choice_holds_from_then_on_and_for_nobody_else(hartley: Person, owen: Person) -> None:
    with reading_as(hartley) as officer:
        assert settings_of(officer.id) == AlertSettings()
        save_settings(officer, AlertSettings(frozenset({"transferred"}), by_mail=False, digest_hour=9))
        save_settings(officer, AlertSettings(frozenset({"entered"}), by_mail=True, digest_hour=8))
        assert settings_of(officer.id) == AlertSettings(frozenset({"entered"}), by_mail=True, digest_hour=8)

    with reading_as(owen):
        assert AlertSetting.objects.count() == 0


@pytest.mark.parametrize("kind", sorted(ALWAYS_ON))
def test_kind_that_must_reach_everybody_cannot_be_switched_off(hartley: Person, kind: str) -> None:
    with reading_as(hartley) as officer, pytest.raises(KindStaysOnError, match="cannot be switched off"):
        save_settings(officer, AlertSettings(frozenset({kind})))
    with pytest.raises(IntegrityError, match="alertsetting_keeps_what_must_stay_on"), reading_as(hartley) as officer:
        AlertSetting.objects.create(officer_id=officer.id, kinds_off=[kind])


def test_settings_are_the_officers_own(hartley: Person, owen: Person) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), reading_as(hartley):
        AlertSetting.objects.create(officer_id=owen.officer.pk)


def test_unknown_hour_is_refused(hartley: Person) -> None:
    with reading_as(hartley) as officer, pytest.raises(ValueError, match="0 to 23"):
        save_settings(officer, AlertSettings(digest_hour=24))


def test_note_that_is_too_long_is_refused(hartley: Person) -> None:
    with reading_as(hartley) as officer, pytest.raises(NoteTooLongError, match="500"):
        acknowledge([], officer=officer, note="x" * (LONGEST_NOTE + 1), now=at(11))


def test_inbox_takes_a_fixed_number_of_queries(
    hartley: Person, db_as: AsRole, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    with db_as("worker"):
        for _ in range(5):
            Somebody().told(*MOVED, now=at(11, 6))

    with reading_as(hartley) as officer:
        with django_assert_num_queries(3):
            assert len(inbox.inbox(officer)[:100]) == 5
        with django_assert_num_queries(1):
            assert inbox.unacknowledged_count(officer) == 5
