"""The bare twin's tables: the same rows of one caseload with every value in the open, and no row security.

While `unsealed()` is open the models read those tables, and their fields hold plain values: no cipher, no record of
what was opened, no policy. Everything else of a page stays the same code.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg2.extensions
from django.apps import apps
from django.db import models
from django.db.models.expressions import Col
from django.db.models.query_utils import DeferredAttribute
from psycopg2 import sql
from psycopg2.extras import Json, execute_values

from vault.fields import SealedDateField, SealedJSONField, SealedMixin

PLAIN_TYPES: Final = {SealedDateField: "date", SealedJSONField: "jsonb"}
# Who looked, ten times a person: the real page asks the trail, and the twin has none.
LOOKS: Final = sql.SQL(
    """
    CREATE TABLE {schema}.looks (person uuid, at timestamptz, name text, role text);
    INSERT INTO {schema}.looks SELECT offender_id, now() - n * interval '1 hour', 'Officer', 'Area officer'
        FROM {schema}.offenders_profile, generate_series(1, 10) n;
    CREATE INDEX ON {schema}.looks (person, at);
    GRANT SELECT ON {schema}.looks TO jt_web;
    """
)


def people_models() -> list[type[models.Model]]:
    """Return the models whose rows are routed to officers."""
    return [
        model
        for model in apps.get_models()
        if any(field.name == "visible_to" for field in model._meta.local_concrete_fields)
    ]


def schema_of(area: str) -> str:
    """Return the schema that holds the plain rows of an area."""
    return f"plain_{area.lower()}"


def copy_in_the_open(connection: psycopg2.extensions.connection, area: str, key: int) -> int:
    """Write the rows that carry the key into plain tables that anybody may read; return how many.

    The models are read as the worker, the tables made by the superuser whose connection it is.
    """
    schema, count = schema_of(area), 0
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO jt_web").format(sql.Identifier(schema)))
        for model in people_models():
            rows = model._base_manager.filter(visible_to__contains=[key])
            count += _copy(cursor, schema, model, rows)
        cursor.execute(LOOKS.format(schema=sql.Identifier(schema)))
        cursor.execute("ANALYZE")
    return count


def _copy(
    cursor: psycopg2.extensions.cursor, schema: str, model: type[models.Model], rows: Iterable[models.Model]
) -> int:
    fields = model._meta.local_concrete_fields
    table = sql.Identifier(schema, model._meta.db_table)
    source = sql.Identifier("public", model._meta.db_table)
    # With the indexes and defaults of the real table, but for the types of sealed columns.
    cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING INDEXES)").format(table, source))
    for field in fields:
        if isinstance(field, SealedMixin):
            column, plain = sql.Identifier(str(field.column)), sql.SQL(_plain_type(field))
            change = "ALTER TABLE {} ALTER COLUMN {} TYPE {} USING NULL, ALTER COLUMN {} DROP NOT NULL"
            cursor.execute(sql.SQL(change).format(table, column, plain, column))
    cursor.execute(sql.SQL("GRANT SELECT ON {} TO jt_web").format(table))
    values = [[_plain_value(row, field) for field in fields] for row in rows]
    columns = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    insert = sql.SQL("INSERT INTO {} ({}) VALUES %s").format(table, columns)
    execute_values(cursor, insert.as_string(cursor), values)
    return len(values)


def _plain_type(field: "models.Field[Any, Any]") -> str:
    return next((plain for kind, plain in PLAIN_TYPES.items() if isinstance(field, kind)), "text")


def _plain_value(row: models.Model, field: "models.Field[Any, Any]") -> Any:
    value = getattr(row, field.attname)
    if isinstance(field, SealedJSONField):
        return None if value is None else Json(value)
    return (
        str(value)
        if isinstance(field, models.UUIDField | models.ForeignKey | models.OneToOneField) and value
        else value
    )


@contextmanager
def unsealed(area: str) -> Iterator[None]:
    """Let the models read the plain tables of an area, until the block ends."""
    undo: list[Callable[[], None]] = []
    for model in people_models():
        table = f'{schema_of(area)}"."{model._meta.db_table}'
        undo.append(_attribute(model._meta, "db_table", table))
        for field in model._meta.local_concrete_fields:
            # Fields keep their column with the name of its table.
            undo.append(_attribute(field, "cached_col", Col(table, field)))
            if isinstance(field, SealedMixin):
                undo.append(_attribute(field, "get_db_converters", _converters(field)))
                undo.append(_attribute(model, field.attname, DeferredAttribute(field)))
    try:
        yield
    finally:
        for step in reversed(undo):
            step()


def _converters(field: SealedMixin[Any, Any]) -> Callable[[Any], list[Callable[..., Any]]]:
    wanted = [lambda value, *_: None if value is None else json.loads(value)]
    chosen = wanted if isinstance(field, SealedJSONField) else []
    return lambda _connection: list(chosen)


def _attribute(holder: Any, name: str, value: Any) -> Callable[[], None]:
    """Set an attribute and return what sets it back, also to not being there."""
    had, before = name in vars(holder), vars(holder).get(name)
    setattr(holder, name, value)

    def back() -> None:
        if had:
            setattr(holder, name, before)
        else:
            delattr(holder, name)

    return back
