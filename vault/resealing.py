"""Seal old values anew under the primary key, so that a retired key can be taken away."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections, models, router, transaction
from django.db.backends.utils import CursorWrapper

from vault.fields import SealedMixin, sealed_fields
from vault.seal import sealer

BATCH_ROWS = 2000
WORKER_ROLE = "jt_worker"
# Values of other purposes live for hours (sessions) or may never be altered (audit).
RESEALED_PURPOSES = ("fields", "rows")

# A token's second and third byte are its key id.
KEY_ID = "get_byte({column}, 1) * 256 + get_byte({column}, 2)"


@dataclass(frozen=True)
class SealedTable:
    """The sealed columns of one table that share a purpose of keys, and so a primary key."""

    model: type[models.Model]
    fields: tuple[SealedMixin[Any, Any], ...]

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table

    @property
    def alias(self) -> str:
        """The database alias that writes the table."""
        return router.db_for_write(self.model)

    @property
    def primary(self) -> int:
        """The key id that every value should carry."""
        return sealer(self.fields[0].purpose, self.fields[0].label).primary


def sealed_tables(purpose: str) -> list[SealedTable]:
    """Return the tables that hold sealed columns of a purpose."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        fields = tuple(field for field in sealed_fields(model) if field.purpose == purpose)
        if fields and model._meta.managed and not model._meta.proxy:
            found.append(SealedTable(model, fields))
    return found


def values_by_key_id(table: SealedTable) -> dict[int, int]:
    """Return how many values of the table each key id has sealed."""
    counts: dict[int, int] = {}
    with _worker(table) as cursor:
        for field in table.fields:
            column = _quoted(table, field.column)
            kid = KEY_ID.format(column=column)
            # The names come from our own models and are quoted.
            cursor.execute(
                f"SELECT {kid}, count(*) FROM {_quoted(table, table.name)} "  # noqa: S608 - a quoted name and a number
                f"WHERE {column} IS NOT NULL GROUP BY 1"
            )
            for key, count in cursor.fetchall():
                counts[key] = counts.get(key, 0) + count
    return counts


def reseal(table: SealedTable) -> Iterator[int]:
    """Seal the table's old values anew, and yield the number of rows after each committed batch.

    It may be stopped and started at any time: a row that is done carries the primary key id and is not found again.
    Raises: SealError when a value does not open; its batch is rolled back.
    Source: security.md 1.4, "Rotation".
    """
    after: Any = None
    while True:
        with _worker(table) as cursor:
            ids = _old_rows(cursor, table, after=after)
            _write_anew(table, ids)
        if not ids:
            return
        after = ids[-1]
        yield len(ids)


def _old_rows(cursor: CursorWrapper, table: SealedTable, *, after: Any) -> list[Any]:
    key = _quoted(table, table.model._meta.pk.column)
    old = " OR ".join(KEY_ID.format(column=_quoted(table, field.column)) + " <> %s" for field in table.fields)
    beyond = f"{key} > %s AND " if after is not None else ""
    cursor.execute(
        f"SELECT {key} FROM {_quoted(table, table.name)} "  # noqa: S608 - quoted names of our own models
        f"WHERE {beyond}({old}) ORDER BY {key} LIMIT {BATCH_ROWS}",
        [*([after] if after is not None else []), *[table.primary] * len(table.fields)],
    )
    return [key for (key,) in cursor.fetchall()]


def _write_anew(table: SealedTable, ids: Sequence[Any]) -> None:
    names = [field.name for field in table.fields]
    rows = table.model._base_manager.using(table.alias).select_for_update().filter(pk__in=ids)
    for instance in rows:
        # Saving seals a value anew when it carries an old key; it is not shown to anybody, so not recorded.
        instance.save(using=table.alias, update_fields=names)


@contextmanager
def _worker(table: SealedTable) -> Iterator[CursorWrapper]:
    """Open one transaction that may read and update the table's sealed columns.

    Facts are not updatable, also by the worker, and row security hides them from their owner. So the owner lends the
    worker's role the right for the length of the transaction; nobody else ever sees the grant.
    """
    with transaction.atomic(using=table.alias), connections[table.alias].cursor() as cursor:
        lent = _lend(cursor, table)
        yield cursor
        if lent is not None:
            cursor.execute("RESET ROLE")
            if lent:
                cursor.execute(f"REVOKE UPDATE ({lent}) ON {_quoted(table, table.name)} FROM {WORKER_ROLE}")


def _lend(cursor: CursorWrapper, table: SealedTable) -> str | None:
    """Enter the worker's role if this login owns the table; return the columns lent to it, or None if not entered."""
    cursor.execute(
        "SELECT count(*) FROM pg_class c, pg_roles r WHERE c.oid = %s::regclass AND r.rolname = %s "
        "AND pg_get_userbyid(c.relowner) = current_user AND has_table_privilege(r.oid, c.oid, 'SELECT')",
        [_quoted(table, table.name), WORKER_ROLE],
    )
    if cursor.fetchone() == (0,):
        return None
    cursor.execute(
        "SELECT string_agg(quote_ident(name), ', ') FROM unnest(%s) AS name "
        "WHERE NOT has_column_privilege(%s, %s::regclass, name, 'UPDATE')",
        [[field.column for field in table.fields], WORKER_ROLE, _quoted(table, table.name)],
    )
    lent: str = cursor.fetchone()[0] or ""
    if lent:
        cursor.execute(f"GRANT UPDATE ({lent}) ON {_quoted(table, table.name)} TO {WORKER_ROLE}")
    cursor.execute(f"SET LOCAL ROLE {WORKER_ROLE}")
    return lent


def _quoted(table: SealedTable, name: str | None) -> str:
    assert name  # every field of a managed table has a column
    return connections[table.alias].ops.quote_name(name)
