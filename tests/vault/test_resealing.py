"""Resealing replaces old keys in every row, can be stopped and started, and leaves no right behind."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path

import psycopg2.extensions
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from tests.vault.example import Alias, Person, a_person
from vault import resealing
from vault.fields import sealed_fields
from vault.keyring import Keyring, generate, use_keyring
from vault.opened import recording
from vault.resealing import SealedTable, reseal, sealed_tables, values_by_key_id
from vault.seal import SealError

TABLE = SealedTable(Person, tuple(sealed_fields(Person)))
As = Callable[[str], AbstractContextManager[None]]
Superuser = psycopg2.extensions.connection


@pytest.fixture
def five_old_people(example_table: Superuser, db_as: As, ring: Keyring) -> Iterator[Superuser]:
    """Five people sealed with key 1, while key 2 is primary now; the test acts as the tables' owner."""
    old = Keyring(lambda purpose: {1: ring._master(purpose, 1)})
    with use_keyring(old), db_as("worker"):
        Person._base_manager.bulk_create([a_person(surname=f"NAME{number}") for number in range(5)])
    with db_as("migrate"):
        yield example_table


@pytest.fixture
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reseal two rows a batch."""
    monkeypatch.setattr(resealing, "BATCH_ROWS", 2)


@pytest.mark.usefixtures("five_old_people", "batches_of_two")
def test_every_value_ends_under_the_primary_key_and_still_opens(db_as: As) -> None:
    assert values_by_key_id(TABLE) == {1: 20}

    with recording() as opened:
        done = list(reseal(TABLE))

    assert done == [2, 2, 1]
    assert values_by_key_id(TABLE) == {2: 20}
    assert opened.count == 0
    with db_as("worker"):
        assert sorted(person.surname for person in Person._base_manager.all()) == [f"NAME{n}" for n in range(5)]


@pytest.mark.usefixtures("five_old_people", "batches_of_two")
def test_a_stopped_run_goes_on_where_it_was() -> None:
    assert next(reseal(TABLE)) == 2

    assert values_by_key_id(TABLE) == {1: 12, 2: 8}
    assert sum(reseal(TABLE)) == 3
    assert list(reseal(TABLE)) == []


def test_the_right_to_update_is_lent_for_the_transaction_only(five_old_people: Superuser) -> None:
    list(reseal(TABLE))

    with five_old_people.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege('jt_worker', 'example_person', 'UPDATE')")
        assert cursor.fetchone() == (False,)


def test_a_right_that_the_worker_has_is_left_alone(five_old_people: Superuser) -> None:
    with five_old_people.cursor() as cursor:
        cursor.execute("GRANT UPDATE (notes) ON example_person TO jt_worker")

    list(reseal(TABLE))

    with five_old_people.cursor() as cursor:
        cursor.execute(
            "SELECT has_column_privilege('jt_worker', 'example_person', 'notes', 'UPDATE'),"
            " has_column_privilege('jt_worker', 'example_person', 'surname', 'UPDATE')"
        )
        assert cursor.fetchone() == (True, False)


def test_a_worker_that_may_update_everything_is_lent_nothing(five_old_people: Superuser) -> None:
    with five_old_people.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON example_person TO jt_worker")

    assert sum(reseal(TABLE)) == 5

    with five_old_people.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('jt_worker', 'example_person', 'UPDATE')")
        assert cursor.fetchone() == (True,)


def test_a_worker_that_may_update_reseals_by_itself(five_old_people: Superuser, db_as: As) -> None:
    with five_old_people.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON example_person TO jt_worker")

    with db_as("worker"):
        assert sum(reseal(TABLE)) == 5


def test_a_value_that_does_not_open_stops_its_batch_and_returns_the_right(five_old_people: Superuser) -> None:
    with five_old_people.cursor() as cursor:
        cursor.execute("UPDATE example_person SET surname = notes")

    with pytest.raises(SealError, match=r"example\.person\.surname"):
        list(reseal(TABLE))

    assert values_by_key_id(TABLE) == {1: 20}
    with five_old_people.cursor() as cursor:
        cursor.execute("SELECT has_any_column_privilege('jt_worker', 'example_person', 'UPDATE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("purpose", resealing.RESEALED_PURPOSES)
def test_the_tables_of_a_purpose_are_found_with_their_columns(purpose: str) -> None:
    for table in sealed_tables(purpose):
        assert {field.purpose for field in table.fields} == {purpose}


@pytest.mark.usefixtures("five_old_people")
def test_the_command_reseals_and_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vault.management.commands.reseal.sealed_tables", lambda _: [TABLE])

    simulated, done = StringIO(), StringIO()
    call_command("reseal", "--simulate", "--purpose", "fields", stdout=simulated)
    call_command("reseal", "--purpose", "fields", stdout=done)

    assert simulated.getvalue().splitlines() == [
        "example_person: key 1: 20 values",
        "tables=1 rows_resealed=0 old_values_left=20",
    ]
    assert done.getvalue().splitlines()[1:] == [
        "example_person: 5 rows",
        "example_person: key 2: 20 values",
        "tables=1 rows_resealed=5 old_values_left=0",
    ]


@pytest.mark.usefixtures("five_old_people")
def test_the_command_fails_while_old_values_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vault.management.commands.reseal.sealed_tables", lambda _: [TABLE])
    monkeypatch.setattr("vault.management.commands.reseal.reseal", lambda _: [])

    with pytest.raises(CommandError, match="old keys are left"):
        call_command("reseal", "--purpose", "fields", stdout=StringIO())


def test_the_command_makes_the_next_key_and_says_what_follows(tmp_path: Path) -> None:
    generate(tmp_path)
    answer = StringIO()

    with override_settings(KEYS_DIRECTORY=tmp_path):
        call_command("reseal", "--add-key", "rows", stdout=answer)

    assert (tmp_path / "rows.2").exists()
    assert re.fullmatch(r"made key rows\.2; restart every process, then run reseal\n", answer.getvalue())


def test_a_key_that_cannot_be_made_is_a_command_error(tmp_path: Path) -> None:
    generate(tmp_path)
    (tmp_path / "rows.65535").write_bytes((tmp_path / "rows.1").read_bytes())

    with override_settings(KEYS_DIRECTORY=tmp_path), pytest.raises(CommandError, match="used up"):
        call_command("reseal", "--add-key", "rows", stdout=StringIO())


def test_an_alias_reseals_for_its_person() -> None:
    table = SealedTable(Alias, tuple(sealed_fields(Alias)))

    assert (table.name, table.primary) == ("example_alias", 2)
