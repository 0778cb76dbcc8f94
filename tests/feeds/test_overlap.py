"""The ledger says how the people of a delivery spread over the feeds, and proves who they were."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from feeds.members import members_of
from feeds.models import Delivery, OverlapCount
from feeds.versions import record_token
from tests.factories import Desk, days, publish

AsRole = Callable[[str], AbstractContextManager[None]]
ONE, TWO = days(2)
OTHER = {3: "A2222BC", 6: "OTHER", 12: "01/01/1980"}
NEWCOMER = {3: "A3333BC", 6: "NEWCOMER", 12: "01/01/1981"}


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered; the test acts as the worker."""
    with db_as("worker"):
        yield Desk()


def ledger(delivery: Delivery) -> dict[tuple[tuple[str, ...], bool], int]:
    """Return the stored regions of a delivery."""
    rows = OverlapCount.objects.filter(delivery=delivery)
    return {(tuple(row.feeds), row.known_before): row.people for row in rows}


def test_regions_add_up_to_the_people_of_the_delivery(desk: Desk) -> None:
    publish(desk.ppo(ONE, [{"noms_number": "A1234BC"}]))
    first = publish(desk.roll(ONE, [{}, OTHER]))
    second = publish(desk.roll(TWO, [{}, OTHER, NEWCOMER]))

    assert ledger(first) == {(("ppo", "prison_roll"), False): 1, (("prison_roll",), False): 1}
    assert ledger(second) == {
        (("ppo", "prison_roll"), True): 1,
        (("prison_roll",), True): 1,
        (("prison_roll",), False): 1,
    }
    assert sum(ledger(second).values()) == len(list(members_of(second)))


def test_digest_is_of_the_sorted_tokens(desk: Desk) -> None:
    roll = publish(desk.roll(ONE, [{}]))

    token = record_token("prison_roll", "A1234BC")

    assert hashlib.sha256(token).digest() in {bytes(row.digest) for row in OverlapCount.objects.filter(delivery=roll)}
