"""A worker that lost its lease publishes nothing, and a statement that does not add up is never kept."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from audit.trail import SERVICE, acting_as
from feeds.leases import LeaseLostError, claim
from feeds.models import Delivery, RowVersion
from feeds.pipeline import _publish, import_delivery
from feeds.receiving import receive_delivery
from feeds.reconciliation import StatementError, insist_that_it_adds_up
from tests.factories import Desk, days

AsRole = Callable[[str], AbstractContextManager[None]]
ADDS_UP = {
    "rows": 10,
    "new_versions": 4,
    "unchanged": 3,
    "quarantined": 2,
    "duplicates": 1,
    "accepted": 7,
    "tracked": 2,
    "untracked": 4,
    "in_review": 1,
}


@pytest.fixture
def received(db_as: AsRole) -> Iterator[Delivery]:
    """A delivery that waits to be published; the test goes on as the worker."""
    with db_as("worker"), acting_as(SERVICE, because="test"):
        file = Desk().roll(days(1)[0], [{}])
        yield receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None).delivery


def test_leased_delivery_is_claimed_once(received: Delivery) -> None:
    assert [claim(received.pk), claim(received.pk)] == [1, None]


def test_worker_whose_lease_was_taken_over_publishes_nothing(received: Delivery) -> None:
    old = claim(received.pk)
    assert old is not None
    Delivery.objects.filter(pk=received.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    claim(received.pk)

    with pytest.raises(LeaseLostError), transaction.atomic():
        _publish(received.pk, old)

    assert not RowVersion.objects.exists()


def test_delivery_of_a_dead_worker_is_published_by_the_next(received: Delivery) -> None:
    claim(received.pk)
    assert import_delivery(received.pk).state == Delivery.State.RECEIVED

    Delivery.objects.filter(pk=received.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    assert import_delivery(received.pk).state == Delivery.State.PUBLISHED


def test_statement_that_adds_up_is_taken() -> None:
    insist_that_it_adds_up(dict(ADDS_UP))


@pytest.mark.parametrize("part", ["new_versions", "quarantined", "tracked", "in_review"])
def test_statement_that_lost_a_row_is_refused(part: str) -> None:
    statement: dict[str, Any] = {**ADDS_UP, part: ADDS_UP[part] - 1}

    with pytest.raises(StatementError):
        insist_that_it_adds_up(statement)
