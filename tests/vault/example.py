"""An example model with every kind of sealed field, and the way of its values into a database and back, without one."""

import datetime
import uuid
from typing import Any, TypeVar

from django.apps.registry import Apps
from django.db import connection, models

from vault.fields import SealedCharField, SealedDateField, SealedJSONField, SealedTextField

Model = TypeVar("Model", bound=models.Model)

registry = Apps()


class Person(models.Model):
    """Somebody invented."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    surname = SealedCharField(label="example.person.surname", max_length=100)
    born_on = SealedDateField(label="example.person.born_on", null=True)
    notes = SealedTextField(label="example.person.notes", default="")
    address = SealedJSONField(label="example.person.address", default=list)

    class Meta:
        apps = registry
        app_label = "example"
        db_table = "example_person"

    def __str__(self) -> str:
        return str(self.pk)


class Alias(models.Model):
    """Another name of a person, copied from row to row and therefore sealed for the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    surname = SealedCharField(label="example.alias.surname", max_length=100)

    sealed_row = "person_id"
    sealed_subject = "person_id"

    class Meta:
        apps = registry
        app_label = "example"
        db_table = "example_alias"

    def __str__(self) -> str:
        return str(self.pk)


def a_person(**values: Any) -> Person:
    """Return an unsaved person."""
    return Person(
        **{"surname": "EXAMPLE", "born_on": datetime.date(1980, 2, 29), "address": ["1 High Street"], **values}
    )


def column_values(instance: models.Model) -> dict[str, Any]:
    """Return what saving the instance would send to the database, sealed values as bytes."""
    values = {}
    for field in instance._meta.concrete_fields:
        value = field.get_db_prep_save(field.pre_save(instance, add=True), connection)
        values[field.attname] = bytes(value.adapted) if hasattr(value, "adapted") else value
    return values


def from_columns(model: type[Model], values: dict[str, Any]) -> Model:
    """Return the instance that a query would make of column values; those that are absent are deferred."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in values]
    read = []
    for name in names:
        field: Any = model._meta.get_field(name)
        value = values[name]
        read.append(field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value)
    return model.from_db("default", names, read)


def stored(instance: Model) -> Model:
    """Return the instance as it comes back from the database."""
    return from_columns(type(instance), column_values(instance))
