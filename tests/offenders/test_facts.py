"""Facts are inserted when first stated and superseded when disproved; nothing is updated in place."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from custody.models import CustodyStatement, Movement, ReleaseDate
from offenders.facts import Changes, FactTable, Stated, reconcile, runs, standing
from offenders.models import (
    Address,
    Identifier,
    PersonalDetails,
    RecordFact,
    SchemeMembership,
    Supersession,
)

AsRole = Callable[[str], AbstractContextManager[None]]
RECORD, FILE, LATER_FILE = (uuid.UUID(int=number) for number in (1, 2, 3))
LONG_AGO = 1
FACTS = [PersonalDetails, Identifier, Address, SchemeMembership, CustodyStatement, Movement, ReleaseDate]


def at(day: int) -> datetime:
    """Return the morning of a day of November 2026."""
    return datetime(2026, 11, 1, 5, tzinfo=timezone.get_current_timezone()) + timedelta(days=day - 1)


def said(group: str, content: str, day: int, *, ends: bool = False) -> Stated:
    """Return a statement of one value."""
    return Stated(group, (content,), at(day), FILE, ends=ends)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([("a", "x", 1), ("a", "x", 2)], [("a", "x", 1)], id="said again"),
        pytest.param([("a", "x", 2), ("a", "x", 1)], [("a", "x", 1)], id="said earlier, handed in later"),
        pytest.param(
            [("a", "x", 1), ("a", "y", 2), ("a", "x", 3)],
            [("a", "x", 1), ("a", "y", 2), ("a", "x", 3)],
            id="there and back",
        ),
        pytest.param([("a", "x", 1), ("b", "x", 1)], [("a", "x", 1), ("b", "x", 1)], id="two groups"),
    ],
)
def test_runs_keep_what_says_something_new(
    statements: list[tuple[str, str, int]], expected: list[tuple[str, str, int]]
) -> None:
    kept = runs(said(*one) for one in statements)

    assert [(s.group, s.content[0], s.valid_at) for s in kept] == [(g, c, at(d)) for g, c, d in expected]


def _read(row: Address) -> Stated:
    return Stated(row.kind, (row.postcode,), row.valid_at, row.delivery_id)


def _build(record_id: uuid.UUID, stated: Stated) -> Address:
    return Address(
        record_id=record_id,
        delivery_id=stated.delivery_id,
        valid_at=stated.valid_at,
        kind=str(stated.group),
        lines=[],
        postcode=stated.content[0],
    )


TABLE = FactTable(Address, _read, _build)


@pytest.fixture
def as_worker(db_as: AsRole) -> Iterator[None]:
    """Do the test's work as the worker."""
    with db_as("worker"):
        yield


def settle(*wanted: Stated, since: int = LONG_AGO) -> Changes:
    """Bring the record's facts into line with what is wanted."""
    return reconcile(TABLE, {RECORD: wanted}, since=at(since), delivery_id=LATER_FILE, because="stated")


def stands() -> list[tuple[str, str, datetime]]:
    """Return what stands of the record."""
    return [(fact.kind, fact.postcode, fact.valid_at) for fact in standing(Address, [RECORD])]


@pytest.mark.usefixtures("as_worker")
def test_fact_is_inserted_once() -> None:
    first = settle(said("home", "LS1 4AP", 1))
    again = settle(said("home", "LS1 4AP", 1))

    assert (first.inserted, first.records) == (1, {RECORD})
    assert (again.inserted, again.superseded, again.records) == (0, 0, set())


@pytest.mark.usefixtures("as_worker")
def test_disproved_fact_is_superseded_and_stays() -> None:
    settle(said("home", "LS1 4AP", 2))

    done = settle(said("home", "LS1 4AP", 1))

    assert (done.inserted, done.superseded) == (1, 1)
    assert stands() == [("home", "LS1 4AP", at(1))]
    assert Address.objects.count() == 2
    gone = Supersession.objects.get()
    assert (gone.record_id, gone.delivery_id, gone.because) == (RECORD, LATER_FILE, "stated")


@pytest.mark.usefixtures("as_worker")
def test_fact_that_was_disproved_can_be_stated_again() -> None:
    settle(said("home", "LS1 4AP", 1))
    settle(said("home", "LS2 8QQ", 1))

    settle(said("home", "LS1 4AP", 1))

    assert stands() == [("home", "LS1 4AP", at(1))]
    assert Supersession.objects.count() == 2


@pytest.mark.usefixtures("as_worker")
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param([], [("home", "A", 1)], id="nothing held any more: what is older stands"),
        pytest.param([("home", "A", 10)], [("home", "A", 1)], id="said again at the start of the window"),
        pytest.param([("home", "B", 10)], [("home", "A", 1), ("home", "B", 10)], id="another value in the window"),
        pytest.param(
            [("home", "B", 12), ("home", "A", 14)],
            [("home", "A", 1), ("home", "B", 12), ("home", "A", 14)],
            id="there and back in the window",
        ),
        pytest.param([("discharge", "A", 10)], [("home", "A", 1), ("discharge", "A", 10)], id="another group"),
    ],
)
def test_facts_from_before_the_window_stand(
    wanted: list[tuple[str, str, int]], expected: list[tuple[str, str, int]]
) -> None:
    settle(said("home", "A", 1))

    settle(*(said(*one) for one in wanted), since=10)

    assert stands() == [(group, content, at(day)) for group, content, day in expected]


@pytest.mark.usefixtures("as_worker")
@pytest.mark.parametrize(
    ("group", "expected"),
    [
        pytest.param("home", [("home", "A", 1), ("home", "", 10)], id="ends what an older file said"),
        pytest.param("discharge", [("home", "A", 1)], id="ends nothing where nothing was said"),
    ],
)
def test_end_says_something_only_after_a_beginning(group: str, expected: list[tuple[str, str, int]]) -> None:
    settle(said("home", "A", 1))

    settle(said(group, "", 10, ends=True), since=10)

    assert stands() == [(g, content, at(day)) for g, content, day in expected]


@pytest.mark.usefixtures("as_worker")
@pytest.mark.parametrize("model", FACTS, ids=lambda model: model.__name__)
def test_worker_may_not_change_a_fact(model: type[RecordFact]) -> None:
    columns = [field.column for field in model._meta.concrete_fields if field.name != "visible_to"]

    for column in columns:
        statement = f'UPDATE {model._meta.db_table} SET "{column}" = "{column}"'
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.usefixtures("as_worker")
def test_worker_may_not_change_a_supersession() -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE offenders_supersession SET because = 'other'")
