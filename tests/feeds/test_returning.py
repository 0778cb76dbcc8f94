"""Quarantined rows go back sealed to their sender, who alone can open them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import psycopg2.extensions
import pyrage
import pytest
from django.utils import timezone

from feeds.models import Delivery, ReturnPackage, Supplier
from feeds.retention import purge_roll
from feeds.returning import MOST_BYTES, RawRows
from tests.audit.events import stored_events
from tests.factories import SUPPLIERS, Desk, days, publish
from tests.personas import make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
(ONE,) = days(1)
FAULTY = {3: "A2222BC", 6: "OTHERWISE", 2: "QQQ"}
GOOD = [{3: f"A{1000 + n}XY", 6: f"PERSON{chr(65 + n)}"} for n in range(15)]


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered, each with a key of its own; the test goes on as the worker."""
    with db_as("worker"):
        yield Desk()


def opened(desk: Desk, delivery: Delivery) -> str:
    """Return what the sender reads in the package."""
    package = ReturnPackage.objects.get(pk=delivery.pk)
    return bytes(pyrage.decrypt(bytes(package.ciphertext), [desk.identities[delivery.feed]])).decode()


def test_sender_reads_each_row_behind_its_fault(desk: Desk) -> None:
    delivery = publish(desk.roll(ONE, [GOOD[0], FAULTY, *GOOD[1:]]))

    lines = opened(desk, delivery).split("\r\n")

    assert lines[0] == "# prison_roll 1: 1 rows that could not be taken"
    assert lines[1].startswith("# P-01 in Prison Code (column 2): line 2: ")
    assert '"A2222BC"' in lines[2]
    assert '"OTHERWISE"' in lines[2]
    assert lines[3:] == [""]


def test_rows_that_contradict_each_other_both_go_back(desk: Desk) -> None:
    delivery = publish(desk.roll(ONE, [GOOD[0], *GOOD, {**GOOD[0], 6: "OTHERWISE"}]))

    text = opened(desk, delivery)

    assert text.count("# K-01") == 3
    assert text.count('"A1000XY"') == 3


def test_supplier_without_a_key_gets_nothing(desk: Desk) -> None:
    Supplier.objects.update(recipient="")

    delivery = publish(desk.roll(ONE, [*GOOD, FAULTY]))

    assert delivery.statement is not None
    assert delivery.statement["quarantined"] == 1
    assert not ReturnPackage.objects.exists()


def test_rows_are_kept_no_longer_than_the_ciphertext(desk: Desk) -> None:
    delivery = publish(desk.roll(ONE, [*GOOD, FAULTY]))
    Delivery.objects.filter(pk=delivery.pk).update(published_at=timezone.now() - timedelta(days=29))

    purge_roll()

    assert not ReturnPackage.objects.exists()


def test_rows_beyond_the_limit_are_left_out() -> None:
    raw = RawRows(recipient="age1")
    raw.take(1, b"x" * (MOST_BYTES - 1))
    raw.take(2, b"xx")

    assert raw.rows.keys() == {1}


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        (True, "Download 1 row, sealed to the sender"),
        (False, f"{SUPPLIERS['prison_roll']} has registered no key of its own"),
    ],
    ids=["with a key", "without a key"],
)
def test_page_offers_the_rows_or_says_what_is_needed(db_as: AsRole, *, recipient: bool, words: str) -> None:
    with db_as("worker"):
        desk = Desk()
        if not recipient:
            Supplier.objects.update(recipient="")
        delivery = publish(desk.roll(ONE, [*GOOD, FAULTY]))

    page = signed_in(make_person("olive", "feed_operator")).get(f"/deliveries/{delivery.pk}/").content.decode()

    assert words in page


def test_download_is_a_sealed_file_and_is_recorded(db_as: AsRole, superuser: psycopg2.extensions.connection) -> None:
    with db_as("worker"):
        desk = Desk()
        delivery = publish(desk.roll(ONE, [*GOOD, FAULTY]))

    answer = signed_in(make_person("olive", "feed_operator")).get(f"/deliveries/{delivery.pk}/returns/")

    assert answer["Content-Disposition"] == 'attachment; filename="quarantined-prison_roll-1.age"'
    assert b"OTHERWISE" in pyrage.decrypt(answer.content, [desk.identities["prison_roll"]])
    (event,) = stored_events(superuser, code="rows.return")
    assert (event["category"], event["result_count"], event["object_id"]) == ("disclosure", 1, str(delivery.pk))
