"""Every test of the vault has a keyring of its own, in memory."""

from collections.abc import Iterator

import psycopg2.extensions
import pytest

from vault.keyring import Keyring, random_keyring, use_keyring


@pytest.fixture(autouse=True)
def ring() -> Iterator[Keyring]:
    """The keyring in force: two keys for every purpose, of which key 2 seals."""
    with use_keyring(random_keyring(kids=2)) as keys:
        yield keys


EXAMPLE_TABLE = """
CREATE TABLE example_person (id uuid PRIMARY KEY, surname bytea NOT NULL, born_on bytea, notes bytea NOT NULL,
                             address bytea NOT NULL);
ALTER TABLE example_person OWNER TO jt_owner;
ALTER TABLE example_person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY worker ON example_person TO jt_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, DELETE ON example_person TO jt_worker;
"""


@pytest.fixture
def example_table(superuser: psycopg2.extensions.connection) -> Iterator[psycopg2.extensions.connection]:
    """The example model's table, protected as tables of facts are: nobody may update it."""
    with superuser.cursor() as cursor:
        cursor.execute(EXAMPLE_TABLE)
    yield superuser
    with superuser.cursor() as cursor:
        cursor.execute("DROP TABLE example_person")
