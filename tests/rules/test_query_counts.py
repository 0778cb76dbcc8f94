"""Every page that shows people asks the database as often for fifty people as for five: the exact numbers.

A query that runs once a person is the fault that makes pages slow where the caseload is large.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from custody.alert_models import Alert
from feeds.models import Delivery
from tests.custody.pages.people import publish_people
from tests.personas import LEEDS, make_person, signed_in

pytestmark = pytest.mark.django_db

AsRole = Callable[[str], AbstractContextManager[None]]
FEW, MANY = 5, 50
# Both connections together: session, officer's grants, context, the page's own, data age, alerts waiting, the event.
QUERIES = {
    "morning": 15,
    "caseload": 14,
    "caseload by name": 15,
    "person": 30,
    "delivery": 10,
}


def queries_of(browser: Client, address: str) -> int:
    """Return how many statements a page takes, once everything that is asked once a process has been asked."""
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(connections["default"]) as ours, CaptureQueriesContext(connections["gate"]) as gates:
        browser.get(address)
    return len(ours) + len(gates)


def counted(db_as: AsRole, people: int) -> dict[str, int]:
    publish_people(db_as, people)
    with db_as("worker"):
        person = Alert.objects.order_by("pk").values_list("offender_id", flat=True)[0]
        delivery = Delivery.objects.order_by("-position").values_list("pk", flat=True)[0]
    officer = signed_in(make_person("ann", "area_officer", place=LEEDS))
    operator = signed_in(make_person("olive", "feed_operator"))
    return {
        "morning": queries_of(officer, "/"),
        "caseload": queries_of(officer, "/caseload/"),
        "caseload by name": queries_of(officer, "/caseload/?sort=name&due=28&mappa=1"),
        "person": queries_of(officer, f"/offenders/{person}/"),
        "delivery": queries_of(operator, f"/deliveries/{delivery}/"),
    }


@pytest.mark.parametrize("people", [FEW, MANY])
def test_pages_ask_as_often_for_many_as_for_few(db_as: AsRole, people: int) -> None:
    assert counted(db_as, people) == QUERIES
