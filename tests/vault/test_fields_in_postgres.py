"""Sealed fields in the real database: saving in bulk, refreshing, deferring, and what lies on the disk."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg2.extensions
import pytest
from django.core.exceptions import FieldError

from tests.vault.example import Person, a_person
from vault.opened import recording

People = Person._base_manager


@pytest.fixture(autouse=True)
def worker(
    example_table: psycopg2.extensions.connection, db_as: Callable[[str], AbstractContextManager[None]]
) -> Iterator[None]:
    """Act as the importer, on the example table, which it may update here."""
    with example_table.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON example_person TO jt_worker")
    with db_as("worker"):
        yield


def test_a_saved_person_is_read_back() -> None:
    person = a_person()
    person.save()
    person.surname = "CHANGED"
    person.save()

    assert People.get(pk=person.pk).surname == "CHANGED"


def test_many_people_are_sealed_each_for_its_own_row() -> None:
    People.bulk_create([a_person(surname=f"NAME{number}", born_on=None) for number in range(50)])

    assert sorted(person.surname for person in People.all()) == sorted(f"NAME{number}" for number in range(50))


def test_a_conflict_in_bulk_replaces_the_value() -> None:
    person = a_person()
    person.save()

    People.bulk_create(
        [a_person(id=person.id, surname="NEW"), a_person()],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["surname"],
    )

    assert People.get(pk=person.pk).surname == "NEW"


def test_refreshing_opens_nothing_and_reads_the_new_value() -> None:
    person = a_person()
    person.save()
    held = People.get(pk=person.pk)
    person.surname = "NEW"
    person.save()

    with recording() as opened:
        held.refresh_from_db()
        assert opened.count == 0
        assert held.surname == "NEW"

    assert opened.count == 1


@pytest.mark.parametrize(
    "narrow",
    [
        pytest.param(lambda people: people.only("id"), id="only"),
        pytest.param(lambda people: people.defer("surname"), id="defer"),
    ],
)
def test_a_deferred_value_is_fetched_and_recorded_when_read(narrow: Any) -> None:
    a_person().save()

    with recording() as opened:
        person = narrow(People.all()).get()
        assert "surname" not in vars(person)
        assert person.surname == "EXAMPLE"

    assert opened.fields == {"example.person.surname": {person.id}}


def test_a_deferred_value_outlives_a_save_of_the_rest() -> None:
    a_person().save()
    person = People.defer("surname").get()
    person.notes = "NEW"
    person.save()

    assert (People.get().surname, People.get().notes) == ("EXAMPLE", "NEW")


def test_value_queries_stay_sealed() -> None:
    a_person().save()

    with recording() as opened:
        rows = [*People.values_list("surname", "born_on"), *People.values("surname")]

    assert repr(rows) == "[(<sealed>, <sealed>), {'surname': <sealed>}]"
    assert opened.count == 0


def test_bulk_update_and_update_are_refused_and_change_nothing() -> None:
    person = a_person()
    person.save()
    person.surname = "CHANGED"

    with pytest.raises(FieldError, match="sealed row by row"):
        People.bulk_update([person], ["surname"])
    with pytest.raises(FieldError, match="sealed row by row"):
        People.update(surname="CHANGED")

    assert People.get().surname == "EXAMPLE"


def test_the_table_holds_tokens_only(example_table: psycopg2.extensions.connection) -> None:
    a_person(surname="CANARYNAME", notes="CANARYNAME", address=["CANARYNAME"]).save()

    with example_table.cursor() as cursor:
        cursor.execute("SELECT surname || born_on || notes || address, get_byte(surname, 2) FROM example_person")
        ((everything, kid),) = cursor.fetchall()

    assert b"CANARYNAME" not in bytes(everything)
    assert b"1980" not in bytes(everything)
    assert kid == 2
