"""Inserting in bulk stores what saving one by one would store."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import pytest
from django.db import models

from feeds.models import Delivery
from offenders.models import Identifier, Offender, PersonalDetails
from vault.among import among
from vault.inserting import insert_all

AsRole = Callable[[str], AbstractContextManager[None]]
AT = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
ODD = 'O"NEILL \\ {ÆGIR}, NULL'


@pytest.fixture(autouse=True)
def worker(db_as: AsRole) -> Iterator[None]:
    """Act as the importer."""
    with db_as("worker"):
        yield


def details(surname: str, born: date | None) -> PersonalDetails:
    """Return a fact of somebody, not yet stored."""
    return PersonalDetails(
        record_id=uuid.uuid4(),
        delivery_id=uuid.uuid4(),
        valid_at=AT,
        surname=surname,
        forenames="",
        date_of_birth=born,
        sex="M",
        aliases=None,
    )


def test_sealed_values_are_sealed_each_for_its_own_row() -> None:
    rows = [details(ODD, date(1990, 3, 5)), details("WREN", None)]

    insert_all(rows, routed=True)

    stored = PersonalDetails.objects.order_by("recorded_at")
    assert [(row.pk, row.surname, row.date_of_birth, row.aliases) for row in stored] == [
        (rows[0].pk, ODD, date(1990, 3, 5), None),
        (rows[1].pk, "WREN", None, None),
    ]
    assert [(row.valid_at, row.visible_to) for row in stored] == [(AT, []), (AT, [])]


@pytest.mark.parametrize("kind", ["", "NULL", ODD[:20], "a,b", "{}"])
def test_plain_text_of_any_kind_comes_back_as_it_was(kind: str) -> None:
    row = Identifier(
        record_id=uuid.uuid4(), delivery_id=uuid.uuid4(), valid_at=AT, kind=kind, value="X", index=b"\x00\xff"
    )

    insert_all([row], routed=True)

    stored = Identifier.objects.get()
    assert (stored.kind, bytes(stored.index or b"")) == (kind, b"\x00\xff")


def test_rows_read_back_in_the_order_of_insertion() -> None:
    rows = [details(f"NAME{number}", None) for number in range(1500)]

    insert_all(rows, routed=True)

    assert list(PersonalDetails.objects.order_by("recorded_at").values_list("pk", flat=True)) == [r.pk for r in rows]


def test_keys_travel_with_a_row_that_no_trigger_routes() -> None:
    insert_all([Offender(visible_to=[7, 12]), Offender()])

    assert sorted(Offender.objects.values_list("visible_to", flat=True)) == [[], [7, 12]]


def test_kind_of_column_that_does_not_travel_is_refused() -> None:
    assert isinstance(Delivery._meta.get_field("manifest"), models.JSONField)

    with pytest.raises(TypeError, match=r"Delivery\.forces"):
        insert_all([Delivery(feed="ppo", extract_at=AT)])


def test_among_finds_exactly_the_rows_asked_for() -> None:
    people = [Offender() for _ in range(3)]
    insert_all(people)

    found = set(Offender.objects.filter(among("id", [people[0].pk, people[2].pk])).values_list("pk", flat=True))

    assert found == {people[0].pk, people[2].pk}
    assert not Offender.objects.filter(among("id", [])).exists()
