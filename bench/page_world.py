"""The country that the pages are measured in: two caseloads, the officers who look, and deliveries."""

import uuid
from contextlib import closing
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from access.factors import enrol
from access.grants import NOWHERE, Place, grant_role
from access.keys import key_ids, load_keys
from access.models import Account, Area, Officer
from audit.trail import SERVICE, acting_as
from bench.page_alerts import add_alerts
from bench.page_people import Plan, add_people
from bench.unsealed import copy_in_the_open
from feeds.models import Delivery, Supplier
from jtrack.postgres import Cluster

SMALL, LARGE = "00DA", "00CX"
SIZES: Final = {SMALL: 40, LARGE: 500}
NATIONAL: Final = 11_000
PASSWORD: Final = "seventeen-green-kettles"  # noqa: S105 - of invented officers, in a database that is thrown away
ROLL_ROWS: Final = 88_000
OPERATOR: Final = "operator"
SEED: Final = 7


def build() -> None:
    """Store both caseloads, sealed and in the open, their officers and the deliveries; `bench.crowd` adds the rest."""
    now = timezone.now()
    roll, ppo = _deliveries(now)
    load_keys("area", Area.objects.values_list("code", flat=True))
    with acting_as(SERVICE, because="bench"):
        password = make_password(PASSWORD)
        add_officer(OPERATOR, password, role="feed_operator", place=NOWHERE)
        for area, count in SIZES.items():
            keys = list(key_ids("area", [area]).values())
            people = add_people(Plan(area, keys, now, roll, ppo, Random(SEED)), count)
            add_alerts(people, area=area, now=now)
            add_officer(officer_of(area), password, role="area_officer", place=Place(area=area))
    with closing(Cluster(settings.HOME).superuser()) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            # As if the deliveries had come day by day.
            cursor.execute("UPDATE custody_custodyevent SET recorded_at = learned_at")
        for area in SIZES:
            copy_in_the_open(connection, area, key_ids("area", [area])[area])


def officer_of(area: str) -> str:
    """Return the user name of the officer of one of the two areas."""
    return f"officer-{area.lower()}"


def add_officer(username: str, password: str, *, role: str, place: Place) -> str:
    """Store an officer with a second factor who looked last a day ago; return the seed of the codes.

    ``password`` is already hashed: one hash serves all, and each is checked at full cost.
    """
    yesterday = timezone.now() - timedelta(days=1)
    account = Account.objects.create(
        username=username, password=password, last_login=yesterday, previous_sign_in_at=yesterday
    )
    officer = Officer.objects.using("gate").create(account=account, name=username.title())
    grant_role(officer, role=role, place=place)
    return enrol(account)


def _deliveries(now: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    supplier = Supplier.objects.create(name="Invented Prisons", public_key=bytes(32), feeds=["prison_roll", "ppo"])
    made = []
    for feed in ("prison_roll", "ppo"):
        for number in range(1, 31):
            at = now - timedelta(days=30 - number, hours=2)
            made.append(_delivery(supplier, feed, number, at))
    Delivery.objects.bulk_create(made)
    newest = {delivery.feed: delivery.pk for delivery in made}
    return newest["prison_roll"], newest["ppo"]


def _delivery(supplier: Supplier, feed: str, number: int, at: datetime) -> Delivery:
    return Delivery(
        feed=feed,
        supplier=supplier,
        sequence=number,
        extract_at=at,
        position=number,
        rows=ROLL_ROWS,
        size=90_000_000,
        sealed_sha256=f"{feed}-{number}",
        manifest={},
        state=Delivery.State.PUBLISHED,
        published_at=at + timedelta(minutes=1),
        statement=_statement(),
    )


def _statement() -> dict[str, Any]:
    """Return the statement of a national roll's next day: 3 % changed, a few rows in quarantine."""
    fields = {f"Field {number}": 2500 // number for number in range(1, 13)}
    faults = [
        {
            "code": f"D-0{number}",
            "rows": 40 // number,
            "field": "Date of birth",
            "message": "is no day of the calendar",
            "cure": "ask the sender for a corrected file",
            "lines": [line * 1999 for line in range(1, 40 // number)],
        }
        for number in range(1, 4)
    ]
    quarantined = sum(int(fault["rows"]) for fault in faults)  # type: ignore[call-overload]  # a count
    return {
        "rows": ROLL_ROWS,
        "control_total": ROLL_ROWS,
        "new_versions": 2640,
        "new_people": 640,
        "changed_people": 2000,
        "unchanged": ROLL_ROWS - 2640 - quarantined - 3,
        "quarantined": quarantined,
        "duplicates": 3,
        "accepted": ROLL_ROWS - quarantined - 3,
        "tracked": 7000,
        "in_review": 20,
        "untracked": ROLL_ROWS - quarantined - 3 - 7020,
        "people": ROLL_ROWS - quarantined - 3,
        "came": 640,
        "vanished": 655,
        "changed_fields": fields,
        "linked": 88,
        "people_created": 0,
        "sent_to_review": 4,
        "events": {"entered": 60, "released": 51, "transferred": 44, "release_date_changed": 130},
        "events_withdrawn": 2,
        "alerts": 0,
        "facts": 420,
        "facts_superseded": 9,
        "rerouted": 0,
        "overlap": [
            [["prison_roll"], True, 80_000],
            [["prison_roll", "ppo"], True, 7000],
            [["prison_roll"], False, 640],
        ],
        "mended": {},
        "noted": {},
        "quarantine": faults,
        "fields": {},
        "steps": [["read and check", 6.2], ["store", 9.4], ["link", 2.2], ["derive", 3.1], ["publish", 0.4]],
    }
