"""Which process of the database serves a connection."""

from django.db.backends.base.base import BaseDatabaseWrapper


def session_of(connection: BaseDatabaseWrapper) -> int:
    """Return the process id of the connection's session on the server, which runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(pid)
