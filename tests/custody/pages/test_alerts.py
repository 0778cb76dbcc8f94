"""The alerts inbox: who sees what, acknowledging one and many with a note, and the officer's settings."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg2.extensions
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access import clock
from access.grants import Place
from access.models import Account
from custody.alert_kinds import ALWAYS_ON, AlertKind, Side
from custody.alert_models import Acknowledgement, Alert
from custody.wording import LONDON
from offenders.models import Profile
from tests.custody.made_alerts import make_alert, make_hop
from tests.factories import Desk, publish
from tests.personas import BRADFORD, LEEDS, make_person, signed_in

pytestmark = pytest.mark.django_db
AsRole = Callable[[str], AbstractContextManager[None]]
Superuser = psycopg2.extensions.connection
NOW = datetime(2026, 11, 25, 9, 20, tzinfo=LONDON)
PEOPLE = {"Thrale": ("A4001DD", "00DA"), "Umber": ("A4002DD", "00DA"), "Vexham": ("A4003DD", "00CX")}


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of this module."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", NOW.date)


@pytest.fixture
def people(db_as: AsRole) -> dict[str, UUID]:
    """Two people of Leeds and one of Bradford, by surname, with no alert of their own."""
    with db_as("worker"):
        lines = [
            {
                "ppo_reference": number,
                "csp_code": area,
                "surname": surname,
                "forenames": "Ann",
                "noms_number": number,
                "date_of_birth": f"1970-01-0{place}",
            }
            for place, (surname, (number, area)) in enumerate(PEOPLE.items(), start=1)
        ]
        publish(Desk().ppo(date(2026, 11, 23), lines))
        Alert.objects.all().delete()
        return {profile.surname: profile.pk for profile in Profile.objects.all()}


@pytest.fixture
def alerts(people: dict[str, UUID], db_as: AsRole) -> dict[str, Alert]:
    """What waits in Leeds, one of Bradford's, one withdrawn, one late and one answered."""
    with db_as("worker"):
        made = {
            "entered": make_alert(people["Thrale"], AlertKind.ENTERED, now=NOW),
            "missing": make_alert(people["Umber"], AlertKind.MISSING, now=NOW),
            "due": make_alert(
                people["Thrale"],
                AlertKind.DUE_1,
                now=NOW,
                day_out=date(2026, 11, 26),
                new_date=date(2026, 11, 26),
                certainty="confirmed",
                escalates=True,
                next_hop_at=NOW + timedelta(hours=2),
            ),
            "bradford": make_alert(people["Vexham"], AlertKind.ENTERED, now=NOW, area="00CX"),
            "withdrawn": make_alert(
                people["Umber"],
                AlertKind.RELEASED,
                now=NOW,
                from_establishment="LEI",
                to_establishment="",
                withdrawn_at=NOW - timedelta(minutes=5),
                withdrawn_because=Alert.Because.CORRECTION,
            ),
            "late": make_alert(
                people["Umber"], AlertKind.DUE_28, now=NOW, day_out=date(2026, 12, 21), late=True, delivered_at=None
            ),
            "answered": make_alert(people["Umber"], AlertKind.DATE_SET, now=NOW, new_date=date(2027, 1, 4)),
        }
        answered = made["answered"]
        Acknowledgement.objects.create(
            alert=answered,
            offender_id=answered.offender_id,
            officer_id=uuid4(),
            officer_name="Pc Brearley",
            at=NOW - timedelta(minutes=3),
            note="The gate is booked",
        )
    return made


@pytest.fixture
def officer(alerts: dict[str, Alert]) -> Client:
    return signed_in(make_person("asha", "area_officer", place=LEEDS))


def text_of(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/alerts/?{query}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_inbox_shows_what_waits_and_the_clock(officer: Client) -> None:
    text = text_of(officer)

    assert "3 alerts wait to be acknowledged. A clock runs on 1 of them." in text
    assert "Ann Thrale due out tomorrow, Thursday 26 November" in text
    assert "Goes to the supervisors at 11:20am unless somebody acknowledges it." in text
    assert "Ann Thrale entered custody" in text
    assert "Umber missing from the prison file" in text
    assert "Vexham" not in text


def test_navigation_counts_what_waits(officer: Client) -> None:
    assert "Alerts3(3 to acknowledge)" in text_of(officer)


def test_officer_of_another_area_sees_only_theirs(alerts: dict[str, Alert]) -> None:
    text = text_of(signed_in(make_person("brad", "area_officer", place=BRADFORD)))

    assert "Vexham" in text
    assert "Thrale" not in text


@pytest.mark.parametrize("role", ["prison_liaison", "cps", "dip_worker", "feed_operator", "assurance", "national"])
def test_wrong_role_finds_no_inbox(alerts: dict[str, Alert], role: str) -> None:
    place = Place(establishment="LEI") if role == "prison_liaison" else LEEDS
    browser = signed_in(make_person("wrong", role, place=place))

    assert browser.get("/alerts/").status_code == 404
    assert browser.post("/alerts/", {"only": str(alerts["entered"].pk)}).status_code == 404
    assert browser.get("/alerts/settings/").status_code == 404


STATES = {
    "state=done": ("Umber release date set", "Pc Brearley, today at 9:17am: “The gate is booked”"),
    "state=withdrawn": ("Withdrawn", "The sender corrected the file that said so."),
    "state=late": ("Late, not sent", "due out in 26 days, Monday 21 December"),
    "kind=missing": ("Umber missing from the prison file", "3 alerts wait"),
}


@pytest.mark.parametrize("query", STATES)
def test_parts_of_the_inbox(officer: Client, query: str) -> None:
    text = text_of(officer, query)

    assert all(words in text for words in STATES[query])
    assert "Thrale entered custody" not in text


@pytest.mark.parametrize("query", ["state=done", "state=withdrawn", "state=late", "kind=died", ""])
def test_empty_part_says_what_would_be_here(db: None, query: str) -> None:
    text = text_of(signed_in(make_person("new", "area_officer", place=LEEDS)), query)

    assert ("sent to nobody" if query == "state=late" else "Nothing waits for you to acknowledge.") in text
    assert any(words in text for words in ("Here stand", "Choose another kind"))


def test_withdrawal_since_the_last_look_stands_on_the_first_part(alerts: dict[str, Alert]) -> None:
    person = make_person("asha", "area_officer", place=LEEDS)
    Account.objects.filter(username="asha").update(previous_sign_in_at=NOW - timedelta(days=1))

    text = text_of(signed_in(person))

    assert "Withdrawn since you last looked: 1" in text
    assert "Ann Umber released Withdrawn" in text
    assert "The sender corrected the file that said so." in text


def acknowledge(browser: Client, **posted: object) -> str:
    answer = browser.post("/alerts/", posted)
    assert answer.status_code == 302, answer.content.decode()
    return text_of(browser, answer["Location"].partition("?")[2])


def test_one_is_acknowledged_with_a_note(officer: Client, alerts: dict[str, Alert], superuser: Superuser) -> None:
    text = acknowledge(officer, only=str(alerts["due"].pk), note="Sgt Ogden and I meet him")

    assert "1 alert is acknowledged." in text
    assert "2 alerts wait" in text
    assert "Asha, today at 9:20am: “Sgt Ogden and I meet him”" in text_of(officer, "state=done")
    with superuser.cursor() as cursor:
        cursor.execute(
            "SELECT officer_name, encode(note, 'escape') FROM custody_acknowledgement WHERE alert_id = %s",
            [str(alerts["due"].pk)],
        )
        name, note = cursor.fetchone() or ("", "")
        cursor.execute("SELECT cardinality(people) FROM audit_event WHERE code = 'alert.acknowledge'")
        (people,) = cursor.fetchone() or (0,)
    assert (name, people) == ("Asha", 1)
    assert "Ogden" not in note


def test_ticked_ones_are_acknowledged_together(officer: Client, alerts: dict[str, Alert]) -> None:
    chosen = [str(alerts["due"].pk), str(alerts["missing"].pk)]

    text = acknowledge(officer, alert=chosen, shown=[*chosen, str(alerts["entered"].pk)], do="ticked")

    assert "2 alerts are acknowledged." in text
    assert "1 alert waits" in text


def test_all_shown_are_acknowledged(officer: Client, alerts: dict[str, Alert]) -> None:
    text = acknowledge(officer, shown=[str(alerts[name].pk) for name in ("due", "missing", "entered")], do="all")

    assert "3 alerts are acknowledged." in text
    assert "Nothing waits for you to acknowledge." in text


def test_filter_is_kept_after_acknowledging(officer: Client, alerts: dict[str, Alert]) -> None:
    answer = officer.post("/alerts/", {"only": str(alerts["missing"].pk), "kind": "missing"})

    assert answer["Location"] == "/alerts/?kind=missing"


def test_morning_leads_back_to_the_morning(officer: Client, alerts: dict[str, Alert]) -> None:
    answer = officer.post("/alerts/", {"only": str(alerts["missing"].pk), "back": "morning"})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("posted", [{}, {"do": "ticked"}, {"alert": "not a number"}, {"only": "x"}, {"do": "all"}])
def test_nothing_chosen_is_said_on_top(officer: Client, posted: dict[str, str]) -> None:
    answer = officer.post("/alerts/", {**posted, "note": "kept"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<a href="#alert-1">Tick the alerts that you acknowledge</a>' in page
    assert 'value="kept"' in page
    assert "Error: Alerts" in page


def test_note_too_long_is_said_and_nothing_acknowledged(officer: Client, alerts: dict[str, Alert]) -> None:
    answer = officer.post("/alerts/", {"only": str(alerts["due"].pk), "note": "x" * 501})

    assert 'href="#note"' in answer.content.decode()
    assert "3 alerts wait" in text_of(officer)


@pytest.mark.parametrize("which", ["bradford", "withdrawn", "late", "answered"])
def test_what_is_not_the_officers_to_answer_is_left_alone(
    officer: Client, alerts: dict[str, Alert], superuser: Superuser, which: str
) -> None:
    text = acknowledge(officer, only=str(alerts[which].pk))

    assert "Nothing was left to acknowledge" in text
    with superuser.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM custody_acknowledgement WHERE officer_name = 'Asha'")
        assert cursor.fetchone() == (0,)


def test_colleague_sees_who_answered(officer: Client, alerts: dict[str, Alert]) -> None:
    acknowledge(officer, only=str(alerts["entered"].pk))

    colleague = signed_in(make_person("brian", "area_supervisor", place=LEEDS))
    assert "2 alerts wait" in text_of(colleague)
    assert "Asha, today at 9:20am" in text_of(colleague, "state=done")


def test_passed_on_alert_shows_its_hops(officer: Client, alerts: dict[str, Alert], db_as: AsRole) -> None:
    with db_as("worker"):
        due = alerts["due"]
        make_hop(due, "supervisor", at=NOW - timedelta(hours=3))
        make_hop(due, "area", at=NOW - timedelta(hours=1))
        Alert.objects.filter(pk=due.pk).update(level=2, next_hop_at=None)

    text = text_of(officer)

    assert "1 has been passed on because nobody answered." in text
    assert "Everybody has been told; no answer for 3 hours." in text
    assert "supervisors told at 6:20am; whole area told at 8:20am." in text


def test_releasing_area_is_told_why(people: dict[str, UUID], db_as: AsRole) -> None:
    with db_as("worker"):
        make_alert(people["Vexham"], AlertKind.RELEASING_HERE, now=NOW, side=Side.RELEASING)

    text = text_of(signed_in(make_person("asha", "area_officer", place=LEEDS)))

    assert "releasing to your area" in text
    assert "Managed elsewhere" in text


def test_crowded_inbox_has_pages(people: dict[str, UUID], db_as: AsRole) -> None:
    with db_as("worker"):
        for _ in range(103):
            make_alert(people["Thrale"], AlertKind.TRANSFERRED, now=NOW)
    browser = signed_in(make_person("asha", "area_officer", place=LEEDS))

    first, second = text_of(browser), text_of(browser, "page=2")

    assert "Without a clock: 100" in first
    assert "Without a clock: 3" in second


# The officer's context, the page's own, the frame's: data age by feed, the badge. Empty answers ask for no more.
QUERIES = {"": 12, "state=done": 12, "state=withdrawn": 12, "state=late": 12}


@pytest.mark.parametrize("state", QUERIES)
def test_number_of_queries_is_fixed(officer: Client, people: dict[str, UUID], db_as: AsRole, state: str) -> None:
    text_of(officer, state)
    with CaptureQueriesContext(connection) as few:
        text_of(officer, state)
    with db_as("worker"):
        for _ in range(20):
            make_alert(people["Umber"], AlertKind.ENTERED, now=NOW)
            make_alert(people["Umber"], AlertKind.DUE_7, now=NOW, late=True, delivered_at=None)
    with CaptureQueriesContext(connection) as many:
        text_of(officer, state)

    assert (len(few), len(many)) == (QUERIES[state], QUERIES[state]), [asked["sql"][:90] for asked in many]


def test_settings_are_kept_and_shown(officer: Client) -> None:
    page = officer.get("/alerts/settings/").content.decode()
    offered = re.findall(r'name="kinds" type="checkbox" value="(\w+)" checked', page)
    assert sorted(offered) == sorted(set(AlertKind) - ALWAYS_ON)

    wanted = [kind for kind in offered if kind != "entered"]
    answer = officer.post("/alerts/settings/", {"kinds": wanted, "by_mail": "no", "digest_hour": "16"})

    assert answer["Location"] == "/alerts/settings/"
    page = officer.get("/alerts/settings/").content.decode()
    assert "Your alert settings are kept." in page
    assert 'value="entered" checked' not in page
    assert '<option value="16" selected>4pm</option>' in page
    text = text_of(officer)
    assert "entered custody" not in text.split("Without a clock")[1].split("Note on what")[0]
    assert "1 kind switched off. No e-mail." in text


@pytest.mark.parametrize(
    "posted",
    [
        pytest.param({"by_mail": "yes"}, id="no hour"),
        pytest.param({"digest_hour": "7"}, id="no answer on e-mail"),
        pytest.param({"by_mail": "yes", "digest_hour": "24"}, id="no such hour"),
        pytest.param({"by_mail": "yes", "digest_hour": "7", "kinds": ["escaped"]}, id="a kind that stays on"),
    ],
)
def test_wrong_settings_are_said_on_top_and_not_kept(
    officer: Client, superuser: Superuser, posted: dict[str, object]
) -> None:
    answer = officer.post("/alerts/settings/", posted)

    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    with superuser.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM custody_alertsetting")
        assert cursor.fetchone() == (0,)


def test_settings_are_ones_own(officer: Client) -> None:
    officer.post("/alerts/settings/", {"by_mail": "no", "digest_hour": "16"})

    other = signed_in(make_person("brian", "area_officer", place=LEEDS)).get("/alerts/settings/").content.decode()

    assert '<option value="7" selected>' in other
