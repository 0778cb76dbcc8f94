"""What is really stored in the trail, seen by the superuser, and a trail that refuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2.extensions
from psycopg2.extras import RealDictCursor


def stored_events(superuser: psycopg2.extensions.connection, **wanted: object) -> list[dict[str, Any]]:
    """Return the stored events whose columns have the wanted values, in the order they were written."""
    with superuser.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute("SELECT * FROM audit_event ORDER BY at")
        events = [dict(row) for row in cursor.fetchall()]
    return [event for event in events if all(event[name] == value for name, value in wanted.items())]


@contextmanager
def no_audit(superuser: psycopg2.extensions.connection) -> Iterator[None]:
    """Let the database refuse every new event."""
    with superuser.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION sec.no_room() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'full'; END$$;"
            "CREATE TRIGGER no_room BEFORE INSERT ON audit_event EXECUTE FUNCTION sec.no_room()"
        )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION sec.no_room() CASCADE")
