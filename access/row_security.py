"""Tells the database, for one transaction, in whose context it answers."""

from __future__ import annotations

import hashlib

from django.db import connection


def context_token(cookie: str) -> str:
    """Return the token that opens the context of a session; the database keeps only its hash."""
    return hashlib.sha256(f"ctx{cookie}".encode()).hexdigest()


def set_context(token: str) -> None:
    """Set the context of the running transaction, also to empty; it ends with the transaction.

    Never at session level: behind a pool the next officer would inherit it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the context of row security is set inside a transaction only")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jt.ctx', %s, true)", [token])
