"""Kept searches: an officer's own, of codes only, under a name that is sealed."""

from uuid import UUID

import psycopg2.extensions
import pytest
from django.test import Client

from custody.saved_searches import MOST, query_of
from tests.personas import LEEDS, make_person, signed_in

pytestmark = pytest.mark.django_db
ASKED = {"due": "7", "prison": "LEI", "status": ["in_custody", "at_court"], "page": 3}


@pytest.fixture
def ann() -> Client:
    return signed_in(make_person("ann", "area_officer", place=LEEDS))


def keep(browser: Client, name: str, **asked: str) -> str:
    return browser.post("/caseload/searches/", {"name": name, **asked}).headers.get("Location", "")


def id_in(page: str) -> UUID:
    return UUID(page.split('name="forget" value="')[1][:36])


def test_query_holds_codes_in_one_order_and_no_page() -> None:
    assert query_of(ASKED) == "status=in_custody&status=at_court&due=7&prison=LEI"


def test_kept_search_stands_beside_the_filter_and_asks_the_same(ann: Client) -> None:
    address = keep(ann, "Due this week", due="7", sort="name")

    page = ann.get(address).content.decode()

    assert address == "/caseload/?due=7&sort=name"
    assert "Due this week" in page
    assert 'aria-current="true">Due this week' in page


def test_name_is_sealed_in_the_database(ann: Client, superuser: psycopg2.extensions.connection) -> None:
    keep(ann, "Due this week", due="7")

    with superuser.cursor() as cursor:
        cursor.execute("SELECT name, query FROM custody_savedsearch")
        name, query = cursor.fetchone() or (b"", "")

    assert b"Due this week" not in bytes(name)
    assert query == "due=7"


def test_search_of_a_colleague_is_not_seen(ann: Client) -> None:
    keep(ann, "Due this week", due="7")
    colleague = signed_in(make_person("bea", "area_officer", place=LEEDS))

    assert "Due this week" not in colleague.get("/caseload/").content.decode()


def test_search_of_a_colleague_cannot_be_forgotten(ann: Client) -> None:
    address = keep(ann, "Due this week", due="7")
    number = id_in(ann.get(address).content.decode())
    colleague = signed_in(make_person("bea", "area_officer", place=LEEDS))

    colleague.post("/caseload/searches/", {"forget": str(number)})

    assert "Due this week" in ann.get(address).content.decode()


def test_forgotten_search_is_gone_and_the_list_stays_as_asked(ann: Client) -> None:
    address = keep(ann, "Due this week", due="7")
    number = id_in(ann.get(address).content.decode())

    answer = ann.post("/caseload/searches/", {"forget": str(number), "due": "7"})

    assert answer["Location"] == "/caseload/?due=7"
    assert "Due this week" not in ann.get("/caseload/").content.decode()


def test_search_without_a_name_is_asked_for_one(ann: Client) -> None:
    answer = ann.post("/caseload/searches/", {"name": "", "due": "7"})

    assert answer.status_code == 200
    assert "Give the search a name" in answer.content.decode()


def test_one_search_too_many_is_refused_in_words(ann: Client) -> None:
    for number in range(MOST):
        keep(ann, f"Search {number}", due="7")

    answer = ann.post("/caseload/searches/", {"name": "One more", "due": "7"})

    assert "forget one first" in answer.content.decode()


def test_what_is_no_code_is_not_kept(ann: Client) -> None:
    assert keep(ann, "Odd", prison="14 Row", sort="Thackray", due="7") == "/caseload/?due=7"


def test_role_without_a_caseload_keeps_no_search() -> None:
    operator = signed_in(make_person("olive", "feed_operator"))

    assert operator.post("/caseload/searches/", {"name": "x", "due": "7"}).status_code == 404
