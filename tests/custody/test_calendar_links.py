"""The calendar link: days and counts for whoever holds it, nothing more, and nothing once it has ended."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import psycopg2.extensions
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from access import clock
from access.grants import end_grant, grant_role
from access.models import Account, Grant
from access.roles import ROLES
from access.row_security import context_token, set_context
from audit.trail import SERVICE, acting_as
from custody.calendar_links import READS_AN_HOUR, hash_of, live_link, make_link, read_link
from custody.calendar_models import CalendarLink
from custody.wording import LONDON
from tests.factories import Desk, publish
from tests.personas import BRADFORD, LEEDS, Person, make_person, signed_in

pytestmark = pytest.mark.django_db
AsRole = Callable[[str], AbstractContextManager[None]]
Superuser = psycopg2.extensions.connection
TODAY = date(2026, 11, 25)
CRD, HDCED = 70, 67


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of this module."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 25, 9, 0, tzinfo=LONDON))
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def world(db_as: AsRole) -> None:
    """Three people of Leeds due out on two days, one only eligible, and one of Bradford."""
    people = {
        "Quillon": ("A3001CC", "00DA", {CRD: "02/12/2026"}),
        "Quarles": ("A3002CC", "00DA", {CRD: "02/12/2026"}),
        "Quested": ("A3003CC", "00DA", {CRD: "05/12/2026"}),
        "Quenby": ("A3004CC", "00DA", {HDCED: "07/12/2026"}),
        "Quimby": ("A3005CC", "00CX", {CRD: "09/12/2026"}),
    }
    with db_as("worker"):
        desk = Desk()
        lines = [
            {"ppo_reference": n, "csp_code": area, "surname": s, "noms_number": n, "date_of_birth": f"1970-01-0{i}"}
            for i, (s, (n, area, _)) in enumerate(people.items(), start=1)
        ]
        publish(desk.ppo(date(2026, 11, 23), lines))
        rows = [
            {3: n, 5: f"B{n}", 6: s.upper(), 12: f"0{i}/01/1970", **dates}
            for i, (s, (n, _, dates)) in enumerate(people.items(), start=1)
        ]
        publish(desk.roll(date(2026, 11, 23), rows))


@pytest.fixture
def asha() -> Person:
    return make_person("asha", "area_officer", place=LEEDS)


def link_made_by(person: Person) -> str:
    """Make a link as the officer does and return its path."""
    answer = signed_in(person).post("/calendar/link/", {"do": "make"})
    found = re.search(r'value="http://testserver(/calendar/[^"]+\.ics)"', answer.content.decode())
    assert found, answer.content.decode()[:500]
    return found[1]


def days_told(path: str) -> dict[date, str]:
    answer = Client().get(path)
    assert answer.status_code == 200, answer.content
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    return {event.decoded("dtstart"): str(event["summary"]) for event in events}


def events_of(superuser: Superuser, code: str) -> list[tuple[object, ...]]:
    with superuser.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, actor_id, actor_name, actor_role, object_type, result_count, cardinality(people)"
            " FROM audit_event WHERE code = %s ORDER BY at",
            [code],
        )
        return list(cursor.fetchall())


def test_link_tells_days_and_counts(world: None, asha: Person) -> None:
    told = days_told(link_made_by(asha))

    assert told == {
        date(2026, 12, 2): "2 people due out, see JTrack",
        date(2026, 12, 4): "1 person due out, see JTrack",
    }


def test_link_tells_nothing_personal(world: None, asha: Person) -> None:
    answer = Client().get(link_made_by(asha))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    text = answer.content.decode().lower()
    forbidden = ("quill", "quarl", "quest", "a300", "leeds", "lei", "asha", "location", "description", "attendee")
    assert [word for word in forbidden if word in text] == []


def test_link_of_another_area_tells_only_that_area(world: None) -> None:
    told = days_told(link_made_by(make_person("brad", "area_officer", place=BRADFORD)))

    assert told == {date(2026, 12, 9): "1 person due out, see JTrack"}


def test_reading_is_recorded_as_the_officers_with_the_count(world: None, asha: Person, superuser: Superuser) -> None:
    days_told(link_made_by(asha))

    ((outcome, officer, name, role, thing, count, people),) = events_of(superuser, "calendar.read")
    assert (outcome, officer, name, role) == ("ok", asha.officer.pk, "Asha", "calendar link")
    assert (thing, count, people) == ("calendarlink", 3, 0)


def test_only_the_hash_is_kept(asha: Person, superuser: Superuser) -> None:
    token = link_made_by(asha).removeprefix("/calendar/").removesuffix(".ics")

    with superuser.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(l)::text FROM custody_calendarlink l")
        (row,) = cursor.fetchone() or ("",)
    assert token not in row
    assert hash_of(token) in row
    assert len(token) >= 43


def end_by_the_page(person: Person) -> None:
    signed_in(person).post("/calendar/link/", {"do": "end"})


def end_by_a_new_one(person: Person) -> None:
    link_made_by(person)


def end_by_the_grant(person: Person) -> None:
    with acting_as(SERVICE, because="test"):
        end_grant(Grant.objects.get(officer=person.officer))


def end_by_the_account(person: Person) -> None:
    Account.objects.filter(username=person.username).update(is_active=False)


def end_by_moving_away(person: Person) -> None:
    """The new grant was made after the link, so the link does not follow the officer."""
    with acting_as(SERVICE, because="test"):
        end_grant(Grant.objects.get(officer=person.officer))
        grant_role(person.officer, role="area_officer", place=BRADFORD)


@pytest.mark.parametrize(
    "end", [end_by_the_page, end_by_a_new_one, end_by_the_grant, end_by_the_account, end_by_moving_away]
)
def test_ended_link_is_absent_like_one_that_never_was(
    world: None, asha: Person, end: Callable[[Person], None], superuser: Superuser
) -> None:
    path = link_made_by(asha)
    assert days_told(path)

    end(asha)

    ended, never = Client().get(path), Client().get("/calendar/never-was.ics")
    assert (ended.status_code, never.status_code) == (404, 404)
    assert ended.content == never.content
    assert [event[0] for event in events_of(superuser, "calendar.read")] == ["ok", "denied", "denied"]


def test_expired_link_is_absent(world: None, asha: Person, superuser: Superuser) -> None:
    path = link_made_by(asha)

    with superuser.cursor() as cursor:
        cursor.execute("UPDATE custody_calendarlink SET made_at = made_at - interval '2 years', expires_at = now()")

    assert Client().get(path).status_code == 404


def test_restricted_people_are_not_counted(world: None, asha: Person, superuser: Superuser) -> None:
    path = link_made_by(asha)
    before = days_told(path)

    with superuser.cursor() as cursor:
        cursor.execute(
            "INSERT INTO access_visibilitykey (kind, code) VALUES ('officer', %s) RETURNING id", [str(asha.officer.pk)]
        )
        (key,) = cursor.fetchone() or (0,)
        cursor.execute("UPDATE custody_custodystate SET visible_to = ARRAY[%s]", [key])

    assert before
    assert days_told(path) == {}


def test_reading_too_often_is_refused_and_not_written_down_for_ever(
    world: None, asha: Person, superuser: Superuser
) -> None:
    path = link_made_by(asha)
    answers = [Client().get(path).status_code for _ in range(READS_AN_HOUR + 3)]

    assert answers == [200] * READS_AN_HOUR + [429] * 3
    assert Client().get(path)["Retry-After"] == "3600"
    outcomes = [event[0] for event in events_of(superuser, "calendar.read")]
    assert outcomes == ["ok"] * READS_AN_HOUR + ["denied"]
    with superuser.cursor() as cursor:
        cursor.execute("UPDATE custody_calendarlink SET hour_began_at = now() - interval '61 minutes'")
    assert Client().get(path).status_code == 200


def test_guesses_do_not_flood_the_trail(superuser: Superuser) -> None:
    for number in range(14):
        assert Client().get(f"/calendar/guess{number}.ics").status_code == 404

    assert len(events_of(superuser, "calendar.read")) == 10


def test_no_audit_row_no_data(world: None, asha: Person, superuser: Superuser) -> None:
    path = link_made_by(asha)
    with superuser.cursor() as cursor:
        cursor.execute("REVOKE INSERT ON audit_event FROM jt_gate")
        try:
            answer = Client().get(path)
        finally:
            cursor.execute(
                "SELECT string_agg(column_name, ', ') FROM information_schema.columns"
                " WHERE table_name = 'audit_event' AND column_name NOT IN ('at', 'xid')"
            )
            (columns,) = cursor.fetchone() or ("",)
            cursor.execute(f"GRANT INSERT ({columns}) ON audit_event TO jt_gate")

    assert answer.status_code == 503
    assert b"VEVENT" not in answer.content


def test_link_is_only_read(world: None, asha: Person) -> None:
    assert Client().post(link_made_by(asha)).status_code == 405


def test_making_and_ending_are_recorded(asha: Person, superuser: Superuser) -> None:
    link_made_by(asha)
    end_by_the_page(asha)
    end_by_the_page(asha)

    assert [event[0] for event in events_of(superuser, "calendar.link.make")] == ["ok"]
    assert [event[0] for event in events_of(superuser, "calendar.link.end")] == ["ok"]


def test_page_never_shows_the_link_again(asha: Person) -> None:
    browser = signed_in(asha)
    browser.post("/calendar/link/", {"do": "make"})

    page = browser.get("/calendar/link/").content.decode()

    assert ".ics" not in page
    assert "You have a link" in page


# What the web role may not do to links, each with what would happen without the control.
@pytest.fixture
def in_ashas_context(asha: Person) -> Iterator[uuid.UUID]:
    browser = signed_in(asha)
    with transaction.atomic():
        set_context(context_token(browser.cookies["session"].value))
        yield asha.officer.pk


def refused(statement: str, *values: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


INSERT = (
    "INSERT INTO custody_calendarlink (id, officer_id, token_hash, made_at, expires_at, reads_in_hour)"
    " VALUES (gen_random_uuid(), %s, %s, %s, %s, %s)"
)


def test_officer_makes_links_for_themselves_only(in_ashas_context: uuid.UUID) -> None:
    other = make_person("brad", "area_officer", place=BRADFORD).officer.pk
    now, year = timezone.now(), timedelta(days=365)

    refused(INSERT, other, "x", now, now + year, 0)
    refused(INSERT, in_ashas_context, "x", now + timedelta(days=30), now + 2 * year, 0)
    refused(INSERT, in_ashas_context, "x", now, now + 2 * year, 0)
    refused(INSERT, in_ashas_context, "x", now, now + year, 7)


def test_ended_link_cannot_be_revived_nor_the_count_set_back(in_ashas_context: uuid.UUID) -> None:
    with acting_as(SERVICE, because="test"):
        make_link(in_ashas_context)
    link = live_link(in_ashas_context)
    assert link is not None

    refused("UPDATE custody_calendarlink SET reads_in_hour = 0")
    refused("UPDATE custody_calendarlink SET token_hash = 'x'")
    refused("DELETE FROM custody_calendarlink")
    CalendarLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())
    assert CalendarLink.objects.filter(pk=link.pk).update(revoked_at=None) == 0


def test_nobody_sees_anothers_links(asha: Person) -> None:
    link_made_by(asha)
    other = signed_in(make_person("colleague", "area_officer", place=LEEDS))

    with transaction.atomic():
        set_context(context_token(other.cookies["session"].value))
        assert CalendarLink.objects.count() == 0
    assert CalendarLink.objects.count() == 0


def test_without_the_owner_check_another_officers_links_would_show(asha: Person, superuser: Superuser) -> None:
    link_made_by(asha)
    with superuser.cursor() as cursor:
        cursor.execute("ALTER TABLE custody_calendarlink DISABLE ROW LEVEL SECURITY")
        try:
            assert CalendarLink.objects.count() == 1
        finally:
            cursor.execute("ALTER TABLE custody_calendarlink ENABLE ROW LEVEL SECURITY")


def test_web_role_cannot_ask_for_keys_by_a_link(asha: Person) -> None:
    refused("SELECT * FROM sec.calendar_reader('x', 30)")


def test_roles_of_the_function_are_those_of_the_code(asha: Person) -> None:
    """Whoever may open the calendar and holds keys of areas is counted for by their link, and nobody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'calendar_reader'")
        (source,) = cursor.fetchone() or ("",)
    written = set(re.findall(r"\('(\w+)', '(\w+)'\)", source))

    meant = {
        (role.code, kind)
        for role in ROLES.values()
        if "view_caseload" in role.permissions
        for kind in role.key_kinds & {"area", "releasing"}
    }
    assert written == meant


def test_reading_is_one_query(
    world: None, asha: Person, django_assert_num_queries: Callable[..., AbstractContextManager[None]]
) -> None:
    token = link_made_by(asha).removeprefix("/calendar/").removesuffix(".ics")

    with django_assert_num_queries(1):
        reading = read_link(token, today=TODAY)

    assert reading is not None
    assert dict(reading.people) == {date(2026, 12, 2): 2, date(2026, 12, 4): 1}
