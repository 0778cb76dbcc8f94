"""What kind of site this is, as the database's superuser wrote it down when the database was made."""

from __future__ import annotations

from functools import cache

from django.db import connection


@cache
def is_training() -> bool:
    """Say whether everybody in this database is invented, so that codes may be shown on the page.

    No role of the service can write the row, and it never changes, so it is asked once a process.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind = 'training' FROM site.site")
        row = cursor.fetchone()
    return bool(row and row[0])
