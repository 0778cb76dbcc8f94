"""Sealed fields: what goes to the database, what comes back, what is recorded and what is refused."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.models import Case, F, Value, When
from django.db.models.sql import UpdateQuery
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vault.example import Alias, Person, a_person, column_values, from_columns, stored
from vault.attributes import Sealed
from vault.fields import SealedCharField, SealedDateField, SealedJSONField, sealed_fields
from vault.keyring import Keyring, random_keyring, use_keyring
from vault.opened import recording, scanning
from vault.seal import SealError, key_id

SEALED_NAMES = ["surname", "born_on", "notes", "address"]

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def field_of(name: str) -> Any:
    return Person._meta.get_field(name)


# --- there and back ---


@given(
    surname=st.text(max_size=60),
    born_on=st.none() | st.dates(),
    notes=st.text(max_size=200),
    address=JSON_VALUES.filter(lambda value: value is not None),
)
@settings(deadline=None)
def test_every_value_comes_back(surname: str, born_on: datetime.date | None, notes: str, address: Any) -> None:
    with use_keyring():
        back = stored(a_person(surname=surname, born_on=born_on, notes=notes, address=address))

        assert (back.surname, back.born_on, back.notes, back.address) == (surname, born_on, notes, address)


@pytest.mark.parametrize("name", SEALED_NAMES)
def test_the_column_holds_no_plain_value(name: str) -> None:
    columns = column_values(a_person(surname="EXAMPLE", notes="EXAMPLE", address=["EXAMPLE"]))

    assert isinstance(columns[name], bytes)
    assert b"EXAMPLE" not in columns[name]
    assert b"1980" not in columns[name]


def test_an_absent_value_stays_null() -> None:
    person = a_person(born_on=None)

    assert column_values(person)["born_on"] is None
    assert stored(person).born_on is None


def test_columns_are_binary_in_the_database() -> None:
    assert {field_of(name).db_type(connection) for name in SEALED_NAMES} == {"bytea"}


# --- the record of reading ---


def test_reading_is_recorded_once_by_field_and_person() -> None:
    person = stored(a_person())

    with recording() as opened:
        assert person.surname == "EXAMPLE"
        assert person.surname == "EXAMPLE"

    assert opened.fields == {"example.person.surname": {person.id}}
    assert opened.count == 1


def test_loading_a_person_opens_nothing() -> None:
    with recording() as opened:
        person = stored(a_person())
        repr(person)

    assert opened.count == 0
    assert all(repr(person.__dict__[name]) == "<sealed>" for name in SEALED_NAMES)


def test_an_assigned_value_is_read_without_a_record() -> None:
    with recording() as opened:
        person = a_person(surname="NEW")
        assert person.surname == "NEW"

    assert opened.count == 0


def test_a_null_is_read_without_a_record() -> None:
    person = stored(a_person(born_on=None))

    with recording() as opened:
        assert person.born_on is None

    assert opened.count == 0


def test_a_scanned_person_counts_as_opened_once_read_again() -> None:
    people = [stored(a_person(surname=name)) for name in ("CEE", "AYE", "BEE")]

    with recording() as opened:
        with scanning():
            people.sort(key=lambda person: person.surname)
        assert opened.count == 0
        assert people[0].surname == "AYE"

    assert opened.fields == {"example.person.surname": {people[0].id}}
    assert len(opened.scanned_people) == 3


def test_a_copied_name_is_sealed_and_recorded_for_the_person() -> None:
    person_id = uuid.uuid4()
    first = column_values(Alias(person_id=person_id, surname="EXAMPLE"))
    copied = {**first, "id": uuid.uuid4()}

    with recording() as opened:
        assert from_columns(Alias, copied).surname == "EXAMPLE"

    assert opened.fields == {"example.alias.surname": {person_id}}


def test_a_value_of_nobody_is_not_opened() -> None:
    columns = column_values(Alias(person_id=uuid.uuid4(), surname="EXAMPLE"))
    alias = from_columns(Alias, columns)
    field: Any = Alias._meta.get_field("surname")
    alias.person_id = None  # type: ignore[assignment]

    with pytest.raises(SealError, match="of nobody"):
        field.subject_of(alias)
    with pytest.raises(SealError, match="needs the id of its row"):
        alias.surname  # noqa: B018 - reading it is the act


# --- forgeries ---


def test_a_value_moved_to_another_person_does_not_open() -> None:
    one, other = column_values(a_person(surname="ONE")), column_values(a_person(surname="OTHER"))
    forged = from_columns(Person, {**one, "surname": other["surname"]})

    with recording() as opened, pytest.raises(SealError, match=r"example\.person\.surname was altered"):
        forged.surname  # noqa: B018 - reading it is the act

    assert opened.count == 0


def test_a_value_moved_to_another_column_does_not_open() -> None:
    columns = column_values(a_person(notes="NOTES"))

    with pytest.raises(SealError):
        from_columns(Person, {**columns, "surname": columns["notes"]}).surname  # noqa: B018 - reading it is the act


def test_a_person_read_as_another_is_not_saved_with_values_that_never_open() -> None:
    person = stored(a_person())
    person.pk = uuid.uuid4()

    with pytest.raises(SealError):
        column_values(person)


# --- saving ---


def test_saving_an_unread_value_writes_the_same_token_and_records_nothing() -> None:
    columns = column_values(a_person())

    with recording() as opened:
        again = column_values(from_columns(Person, columns))

    assert again == columns
    assert opened.count == 0


def test_saving_seals_a_value_of_an_old_key_anew(ring: Keyring) -> None:
    with use_keyring(Keyring(lambda purpose: {1: ring._master(purpose, 1)})):
        old = column_values(a_person())

    new = column_values(from_columns(Person, old))

    assert {key_id(old[name]) for name in SEALED_NAMES} == {1}
    assert {key_id(new[name]) for name in SEALED_NAMES} == {2}
    assert from_columns(Person, new).surname == "EXAMPLE"


def test_a_changed_value_is_saved_and_read_back() -> None:
    person = stored(a_person())
    person.surname = "CHANGED"

    assert stored(person).surname == "CHANGED"


@pytest.mark.parametrize(
    ("name", "value", "type_name"),
    [
        pytest.param("surname", 5, "int", id="a number as a text"),
        pytest.param("surname", b"SECRET", "bytes", id="bytes as a text"),
        pytest.param("surname", F("notes"), "F", id="an expression as a text"),
        pytest.param("surname", "SECRET\ud800", "str", id="a text that is no Unicode"),
        pytest.param("born_on", "1980-02-29", "str", id="a text as a day"),
        pytest.param("born_on", datetime.datetime(1980, 2, 29, tzinfo=datetime.UTC), "datetime", id="a time as a day"),
        pytest.param("address", {"SECRET": {1, 2}}, "dict", id="a set in JSON"),
        pytest.param("address", float("nan"), "float", id="not a number in JSON"),
    ],
)
def test_a_value_of_a_wrong_type_is_refused_unseen(name: str, value: Any, type_name: str) -> None:
    person = a_person(**{name: value})

    with pytest.raises(SealError, match=rf"a value of type {type_name} cannot be sealed") as refusal:
        column_values(person)

    assert "SECRET" not in str(refusal.value)
    assert refusal.value.__context__ is None


def test_a_row_without_an_id_is_refused() -> None:
    with pytest.raises(SealError, match="needs the id of its row"):
        column_values(a_person(id=None))


def test_changing_a_json_value_in_place_changes_nothing() -> None:
    person = stored(a_person(address=["1 High Street"]))
    person.address.append("changed in place")

    assert person.address == ["1 High Street"]


# --- deferred fields ---


def test_a_deferred_field_is_not_loaded_with_the_rest() -> None:
    columns = column_values(a_person())
    del columns["surname"]

    assert from_columns(Person, columns).get_deferred_fields() == {"surname"}


# --- refusals ---

ONE = uuid.UUID(int=1)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("EXAMPLE", id="plain text"),
        pytest.param(Sealed(b"token"), id="another row's sealed value"),
        pytest.param(b"token", id="raw bytes"),
        pytest.param(F("notes"), id="another column"),
        pytest.param(
            Case(When(pk=ONE, then=Value("x", output_field=field_of("surname")))), id="what bulk_update makes"
        ),
    ],
)
def test_update_is_refused(value: Any) -> None:
    query = UpdateQuery(Person)
    query.add_update_values({"surname": value})

    with pytest.raises(FieldError, match=r"sealed row by row; use save\(\) or bulk_create\(\)") as refusal:
        query.get_compiler(connection=connection).as_sql()

    assert "EXAMPLE" not in str(refusal.value)


@pytest.mark.parametrize(
    "condition",
    [
        {"surname": "EXAMPLE"},
        {"surname__in": ["EXAMPLE"]},
        {"surname__startswith": "EX"},
        {"born_on__year": 1980},
        {"born_on__gt": datetime.date(1980, 1, 1)},
        {"address__0": "1 High Street"},
        {"address__contains": "1 High Street"},
        {"notes": None},
    ],
    ids=str,
)
def test_filtering_by_a_sealed_field_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match=r"Unsupported lookup|sealed row by row"):
        Person._base_manager.filter(**condition)


def test_filtering_by_absence_is_allowed() -> None:
    query = Person._base_manager.filter(born_on__isnull=True)

    assert '"born_on" IS NULL' in str(query.query)


@pytest.mark.parametrize("form", ["json", "jsonl", "xml", "python"])
@pytest.mark.parametrize("name", SEALED_NAMES)
def test_dumping_is_refused(form: str, name: str) -> None:
    person = stored(a_person())

    with pytest.raises(FieldError, match="not dumped"):
        serializers.serialize(form, [person], fields=[name])


def test_a_value_is_not_made_a_text() -> None:
    with pytest.raises(FieldError, match="not dumped"):
        field_of("surname").value_to_string(a_person())


def test_loading_a_dump_is_refused() -> None:
    person = a_person()

    with pytest.raises(FieldError, match="raw loading"):
        field_of("surname").get_db_prep_save(person.surname, connection)


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda field: field._dump("EXAMPLE"), id="its own token"),
        pytest.param(lambda field: field._load(b"gASVBQ=="), id="its unpickling"),
    ],
)
def test_the_packages_own_cipher_is_out_of_reach(use: Callable[[Any], object]) -> None:
    with pytest.raises(FieldError, match="not used"):
        use(field_of("surname"))


@pytest.mark.parametrize("option", [{"key": b"0" * 32}, {"ttl": 60}], ids=["key", "ttl"])
def test_the_packages_own_options_are_refused(option: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="leave out key and ttl"):
        SealedCharField(label="x", **option)


def test_a_field_without_a_label_is_refused() -> None:
    with pytest.raises(TypeError, match="label"):
        SealedCharField()  # type: ignore[call-arg]


# --- migrations ---


@pytest.mark.parametrize(
    ("field", "path", "arguments"),
    [
        pytest.param(
            Person._meta.get_field("surname"),
            "vault.fields.SealedCharField",
            {"label": "example.person.surname", "max_length": 100},
            id="a short text",
        ),
        pytest.param(
            Alias._meta.get_field("surname"),
            "vault.fields.SealedCharField",
            {"label": "example.alias.surname", "max_length": 100, "row": "person_id", "subject": "person_id"},
            id="a value of another row",
        ),
        pytest.param(
            SealedDateField(label="x", null=True),
            "vault.fields.SealedDateField",
            {"label": "x", "null": True},
            id="a day",
        ),
        pytest.param(
            SealedJSONField(label="x", purpose="rows"),
            "vault.fields.SealedJSONField",
            {"label": "x", "purpose": "rows"},
            id="another purpose",
        ),
    ],
)
def test_a_migration_repeats_the_declaration(field: Any, path: str, arguments: dict[str, Any]) -> None:
    assert field.deconstruct()[1:] == (path, [], arguments)
    assert field.clone().deconstruct() == (None, *field.deconstruct()[1:])


def test_a_migrations_model_seals_for_the_same_row() -> None:
    class OldAlias(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        person_id = models.UUIDField()
        surname: Any = Alias._meta.get_field("surname").clone()

        class Meta:
            apps = type(Alias._meta.apps)()
            app_label = "example"

        def __str__(self) -> str:
            return ""

    columns = column_values(OldAlias(person_id=uuid.uuid4(), surname="EXAMPLE"))

    assert from_columns(Alias, columns).surname == "EXAMPLE"


def test_the_sealed_fields_of_a_model_are_found() -> None:
    assert [field.name for field in sealed_fields(Person)] == SEALED_NAMES


def test_a_writer_without_an_instance_seals_the_same_way() -> None:
    person = a_person()
    columns = column_values(person)
    columns["surname"] = field_of("surname").seal_value("DIRECT", person.id.bytes)

    assert from_columns(Person, columns).surname == "DIRECT"


def test_another_installations_keys_open_nothing() -> None:
    columns = column_values(a_person())

    with use_keyring(random_keyring(kids=2)), pytest.raises(SealError):
        from_columns(Person, columns).surname  # noqa: B018 - reading it is the act
