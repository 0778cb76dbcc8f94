"""Everybody else in the country: copies of one caseload for other areas, made inside the database by its superuser.

Nobody who is measured may see a copy, so its sealed values are never opened; what counts is that they stand in
the same tables and indexes.
"""

from contextlib import closing
from typing import Final

import psycopg2.extensions
from django.conf import settings
from psycopg2 import sql

from access.keys import key_ids
from access.models import Area
from bench.page_world import LARGE, NATIONAL, SIZES
from jtrack.postgres import Cluster

# Columns that name a row, a person or a record of the copied world; each copy gets names of its own.
NAMES: Final = ("id", "offender_id", "record_id", "fact_id", "event_id", "alert_id")
AREAS_USED: Final = 300
COLUMNS: Final = """
    SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
     GROUP BY c.relname HAVING 'visible_to' = ANY (array_agg(a.attname::text)) ORDER BY 1
"""


def grow(times: int) -> int:
    """Let the country have so many times the national number of people; return how many that are."""
    keys = key_ids("area", Area.objects.values_list("code", flat=True))
    others = [keys[code] for code in sorted(keys) if code not in SIZES]
    with closing(Cluster(settings.HOME).superuser()) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM public.offenders_offender")
            (stored,) = cursor.fetchone() or (0,)
        done = stored // SIZES[LARGE]
        copy_caseload(connection, key=keys[LARGE], first=done, last=NATIONAL * times // SIZES[LARGE], other_keys=others)
    return NATIONAL * times


def people_tables(connection: psycopg2.extensions.connection) -> dict[str, list[str]]:
    """Return the tables whose rows are routed to officers, each with its columns."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return dict(cursor.fetchall())


def copy_caseload(
    connection: psycopg2.extensions.connection, *, key: int, first: int, last: int, other_keys: list[int]
) -> None:
    """Copy every row that carries only the key once for each number, spread over the other keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, columns in people_tables(connection).items():
            told = sql.SQL(", ").join(map(_copied, columns))
            statement = sql.SQL(
                "INSERT INTO public.{table} ({columns}) SELECT {told} FROM public.{table}, generate_series(%s, %s) copy"
                " WHERE visible_to = ARRAY[%s]"
            ).format(table=sql.Identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns)), told=told)
            # Once for the text of the columns that follow the copy's number, then for the statement's own values.
            cursor.execute(statement, [other_keys] * columns.count("visible_to") + [first, last, key])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")


def _copied(column: str) -> sql.Composable:
    name = sql.Identifier(column)
    if column in NAMES:
        return sql.SQL("md5({}::text || copy)::uuid").format(name)
    if column == "visible_to":
        return sql.SQL("ARRAY[(%s::int[])[1 + copy %% {}]]").format(sql.Literal(AREAS_USED))
    return name
