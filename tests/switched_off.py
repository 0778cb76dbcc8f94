"""A pytest plugin for the mutants: switches a control of the database off for one run, and on again."""

import json
import os
from collections.abc import Iterator
from typing import Any

import psycopg2.extensions
import pytest

from jtrack.postgres import Cluster

SWITCH = "JTRACK_MUTANT"
CANNOT_SWITCH = 9


@pytest.fixture(scope="session", autouse=True)
def switched_off(request: pytest.FixtureRequest) -> Iterator[None]:
    """Do what the variable says, after the tables are up to date."""
    told = json.loads(os.environ.get(SWITCH) or "null")
    if told is None:
        yield
        return
    request.getfixturevalue("django_db_setup")
    cluster: Cluster = request.getfixturevalue("cluster")
    connection = cluster.superuser()
    connection.autocommit = True
    before = _switch(connection, told)
    yield
    with connection.cursor() as cursor:
        cursor.execute(before)
    connection.close()


def _switch(connection: psycopg2.extensions.connection, told: dict[str, Any]) -> str:
    """Make the change, and return the statement that takes it back."""
    with connection.cursor() as cursor:
        if not told["function"]:
            cursor.execute(told["sql"])
            return str(told["undo"])
        cursor.execute("SELECT pg_get_functiondef(%s::regprocedure)", [told["function"]])
        row = cursor.fetchone()
        assert row is not None
        before: str = row[0]
        changed = before
        for wanted, instead in told["edits"]:
            if wanted not in changed:
                pytest.exit(f"{told['function']} no longer holds the text to change", returncode=CANNOT_SWITCH)
            changed = changed.replace(wanted, instead)
        cursor.execute(changed)
    return before
