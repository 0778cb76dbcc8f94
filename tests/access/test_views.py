"""Coming in by password and code, staying, and going out."""

import re
from datetime import timedelta
from uuid import uuid4

import psycopg2.extensions
import pytest
from django.test import Client
from django.utils import timezone

from access.grants import end_grant
from access.models import Account, Grant, Session, UsedCode
from access.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT
from tests.audit.events import stored_events
from tests.personas import PASSWORD, Person, code_now, make_person, sign_in

pytestmark = pytest.mark.django_db

Superuser = psycopg2.extensions.connection
WRONG = "wrong-wrong-wrong-wrong"


@pytest.fixture
def ann() -> Person:
    """A reader of the trail."""
    return make_person("ann", "assurance")


def reads_the_trail(browser: Client) -> bool:
    return browser.get("/audit/").status_code == 200


def post_password(browser: Client, username: str, password: str, address: str = "127.0.0.1") -> int:
    answer = browser.post("/sign-in/", {"login": username, "password": password}, REMOTE_ADDR=address)
    return answer.status_code


def test_both_factors_lead_to_the_officers_first_page(ann: Person) -> None:
    browser = sign_in(ann)

    assert browser.get("/sign-in/")["Location"] == "/"
    assert reads_the_trail(browser)


def test_password_alone_reaches_no_page(ann: Person) -> None:
    browser = Client()
    answer = browser.post("/sign-in/", {"login": "ann", "password": PASSWORD})

    assert answer["Location"] == "/sign-in/code/"
    assert browser.get("/audit/")["Location"] == "/sign-in/?next=/audit/"


def test_account_without_factor_is_sent_to_enrolment_from_every_door() -> None:
    make_person("new", "assurance", enrolled=False)
    browser = Client()
    post_password(browser, "new", PASSWORD)

    assert browser.get("/audit/")["Location"] == "/sign-in/enrol/"


def test_newcomer_enrols_an_app_and_goes_on() -> None:
    make_person("new", "assurance", enrolled=False)
    browser = Client()
    post_password(browser, "new", PASSWORD)

    page = browser.get("/sign-in/enrol/").content.decode()
    seed = re.search(r'jt-key">([A-Z2-7]+)<', page)
    assert seed
    answer = browser.post("/sign-in/enrol/", {"code": code_now(seed[1])})

    assert answer["Location"] == "/"
    assert reads_the_trail(browser)


def test_enrolled_officer_cannot_enrol_another_app(ann: Person) -> None:
    assert sign_in(ann).get("/sign-in/enrol/")["Location"] == "/account/"


def test_code_is_taken_once_whichever_browser_offers_it(ann: Person) -> None:
    code = ann.fresh_code()
    for expected in (302, 200):
        browser = Client()
        post_password(browser, "ann", PASSWORD)
        assert browser.post("/sign-in/code/", {"code": code}).status_code == expected


def test_code_of_an_old_half_minute_is_refused(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    code = ann.fresh_code()
    browser = Client()
    post_password(browser, "ann", PASSWORD)
    monkeypatch.setattr("access.factors.time.time", lambda: timezone.now().timestamp() + 90)

    assert "code is not right" in browser.post("/sign-in/code/", {"code": code}).content.decode()


def test_training_site_shows_a_code_that_works(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.views.is_training", lambda: True)
    browser = Client()
    post_password(browser, "ann", PASSWORD)

    page = browser.get("/sign-in/code/").content.decode()
    shown = re.search(r'id="training-code">([0-9 ]+)<', page)
    assert shown
    assert browser.post("/sign-in/code/", {"code": shown[1]}).status_code == 302


def test_live_site_shows_no_code(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.views.is_training", lambda: False)
    browser = Client()
    post_password(browser, "ann", PASSWORD)

    assert "training-code" not in browser.get("/sign-in/code/").content.decode()


@pytest.mark.parametrize("username", ["ann", "nobody"])
def test_wrong_password_and_unknown_name_read_the_same(ann: Person, username: str) -> None:
    answer = Client().post("/sign-in/", {"login": username, "password": WRONG})

    assert "The user name or password is not right." in answer.content.decode()


def test_disabled_account_reads_like_a_wrong_password(ann: Person) -> None:
    Account.objects.filter(username="ann").update(is_active=False)

    answer = Client().post("/sign-in/", {"login": "ann", "password": PASSWORD})

    assert "The user name or password is not right." in answer.content.decode()


def test_five_wrong_passwords_from_one_address_lock_it_even_for_the_right_one(ann: Person) -> None:
    statuses = [post_password(Client(), "ann", WRONG) for _ in range(5)]

    assert statuses[:4] == [200] * 4
    assert post_password(Client(), "ann", PASSWORD) == 429
    assert post_password(Client(), "ann", PASSWORD, address="192.0.2.9") == 302


def test_ten_wrong_passwords_from_ten_addresses_lock_the_name(ann: Person) -> None:
    for number in range(10):
        post_password(Client(), "ann", WRONG, address=f"192.0.2.{number}")

    answer = Client().post("/sign-in/", {"login": "ann", "password": PASSWORD}, REMOTE_ADDR="192.0.2.99")

    assert "Too many attempts" in answer.content.decode()


def test_ten_wrong_codes_lock_the_name(ann: Person) -> None:
    browser = Client()
    post_password(browser, "ann", PASSWORD)
    right = ann.fresh_code()
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(10):
        browser.post("/sign-in/code/", {"code": wrong})

    assert "Too many attempts" in browser.post("/sign-in/code/", {"code": right}).content.decode()


def test_sign_in_steps_are_recorded(ann: Person, superuser: Superuser) -> None:
    post_password(Client(), "ann", WRONG)
    browser = sign_in(ann)
    browser.post("/sign-out/")

    recorded = [event["code"] for event in stored_events(superuser, category="security")]
    assert recorded == ["sign_in.fail", "sign_in.ok", "sign_out"]


def test_typed_name_of_a_failure_is_stored_sealed(superuser: Superuser) -> None:
    post_password(Client(), "hunter2-typed-by-mistake", WRONG)

    event = stored_events(superuser, code="sign_in.fail")[0]
    assert event["terms_sealed"]
    assert b"hunter2" not in bytes(event["terms_sealed"])


def test_session_gets_a_new_number_at_sign_in(ann: Person) -> None:
    browser = Client()
    post_password(browser, "ann", PASSWORD)
    before = browser.cookies["session"].value
    browser.post("/sign-in/code/", {"code": ann.fresh_code()})

    assert browser.cookies["session"].value != before


def test_second_sign_in_ends_the_first_session(ann: Person) -> None:
    first = sign_in(ann)
    second = sign_in(ann)

    assert not reads_the_trail(first)
    assert reads_the_trail(second)


TOO_OLD = {
    "idle": {"seen_at": timezone.now() - IDLE_LIMIT - timedelta(minutes=1)},
    "eight hours": {"expires_at": timezone.now() - ABSOLUTE_LIMIT},
    "revoked": {"revoked_at": timezone.now()},
}


@pytest.mark.parametrize("change", TOO_OLD.values(), ids=TOO_OLD)
def test_session_ends(ann: Person, change: dict[str, object]) -> None:
    browser = sign_in(ann)
    Session.objects.update(**change)

    assert not reads_the_trail(browser)


def test_time_out_is_recorded(ann: Person, superuser: Superuser) -> None:
    browser = sign_in(ann)
    Session.objects.update(seen_at=timezone.now() - IDLE_LIMIT)
    browser.get("/audit/")

    assert stored_events(superuser, code="session.timeout")[0]["actor_name"] == "Ann"


def test_use_keeps_a_session_alive(ann: Person) -> None:
    browser = sign_in(ann)
    Session.objects.update(seen_at=timezone.now() - IDLE_LIMIT + timedelta(minutes=1))
    browser.get("/audit/")

    assert timezone.now() - Session.objects.get(officer=ann.officer).seen_at < timedelta(minutes=1)


def test_disabling_an_account_acts_on_the_next_request(ann: Person) -> None:
    browser = sign_in(ann)
    Account.objects.filter(username="ann").update(is_active=False)

    assert not reads_the_trail(browser)


def test_ending_a_grant_acts_on_the_next_request(ann: Person) -> None:
    browser = sign_in(ann)
    end_grant(Grant.objects.get(officer=ann.officer))

    assert browser.get("/audit/").status_code == 404


def test_sign_out_ends_the_session_and_clears_the_browser(ann: Person) -> None:
    browser = sign_in(ann)
    stolen = browser.cookies["session"].value
    answer = browser.post("/sign-out/")
    browser.cookies["session"] = stolen

    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not reads_the_trail(browser)


def test_sign_out_by_link_only_asks(ann: Person) -> None:
    browser = sign_in(ann)
    browser.get("/sign-out/")

    assert reads_the_trail(browser)


def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(ann: Person) -> None:
    cookie = sign_in(ann).cookies["session"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["max-age"]


def test_stored_session_holds_no_readable_word(ann: Person, superuser: Superuser) -> None:
    browser = sign_in(ann)
    with superuser.cursor() as cursor:
        cursor.execute("SELECT session_key, data FROM access_session WHERE officer_id IS NOT NULL")
        key, data = cursor.fetchone() or ("", b"")

    assert key != browser.cookies["session"].value
    assert b"account" not in bytes(data)
    assert str(ann.account.pk).encode() not in bytes(data)


def test_session_moved_to_another_row_does_not_open(ann: Person) -> None:
    sign_in(ann)
    bob = sign_in(make_person("bob", "assurance"))
    rows = {row.account.username: row for row in Session.objects.select_related("account") if row.account}
    Session.objects.filter(pk=rows["bob"].pk).update(data=rows["ann"].data)

    assert not reads_the_trail(bob)


def test_form_without_its_token_is_refused(ann: Person) -> None:
    browser = Client(enforce_csrf_checks=True)

    assert post_password(browser, "ann", PASSWORD) == 403


def test_own_account_says_when_it_was_used_before(ann: Person) -> None:
    sign_in(ann)
    browser = sign_in(ann)

    page = browser.get("/account/").content.decode()
    assert "Information assurance" in page
    assert "This is the first" not in page


def test_unknown_session_cookie_is_not_adopted() -> None:
    browser = Client()
    browser.cookies["session"] = uuid4().hex
    browser.get("/sign-in/")

    assert not Session.objects.exists()


def test_spent_codes_are_not_kept_for_ever(ann: Person) -> None:
    UsedCode.objects.create(account=ann.account, timestep=1)
    browser = Client()
    post_password(browser, "ann", PASSWORD)
    browser.post("/sign-in/code/", {"code": code_now(ann.seed)})

    assert not UsedCode.objects.filter(timestep=1).exists()
