"""Writing behind the reader: in order, in the caller's transaction, and no failure goes unheard."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, connection, transaction

from feeds.behind import Behind
from feeds.models import Supplier

AsRole = Callable[[str], AbstractContextManager[None]]
INSERT = (
    "INSERT INTO feeds_supplier (name, public_key, recipient, feeds, registered_at) VALUES (%s, '', '', '{}', now())"
)


def test_statements_run_in_order_and_in_the_transaction_of_the_caller(db_as: AsRole) -> None:
    with db_as("worker"):
        with pytest.raises(KeyError), transaction.atomic():
            _write_two_and_fail()

        assert not Supplier.objects.exists()


def test_failure_is_told_as_the_databases_own(db_as: AsRole) -> None:
    with db_as("worker"), pytest.raises(DatabaseError), transaction.atomic(), Behind() as behind:
        behind.run([(INSERT, ["one"]), (INSERT, ["one"])])


def test_failure_of_the_caller_waits_for_what_is_under_way(db_as: AsRole) -> None:
    with db_as("worker"):
        with pytest.raises(KeyError), transaction.atomic(), Behind() as behind:
            _fail_behind(behind)

        assert not Supplier.objects.exists()
        assert not connection.in_atomic_block


def _write_two_and_fail() -> None:
    with Behind() as behind:
        behind.run([(INSERT, ["one"]), ("UPDATE feeds_supplier SET name = %s", ["two"])])
        behind.run([(INSERT, ["one"])])
    assert sorted(Supplier.objects.values_list("pk", flat=True)) == ["one", "two"]
    raise KeyError


def _fail_behind(behind: Behind) -> None:
    behind.run([("SELECT pg_sleep(%s)", [0.2]), (INSERT, ["one"])])
    raise KeyError
