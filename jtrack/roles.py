"""Make the database's roles, their passwords and the site row, as a superuser, once or again."""

import argparse
import contextlib
import secrets
from pathlib import Path

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from jtrack import env

SCRIPT = Path(__file__).with_name("sql") / "roles.sql"
ROLES = ("jt_owner", "jt_web", "jt_gate", "jt_worker", "jt_backup")
SUPERUSER = "postgres"
DATABASE = "jtrack"


def make_secret(path: Path) -> None:
    """Write a random secret of 384 bits to a file that only we can read, unless the file is there already."""
    if path.exists():
        return
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(secrets.token_urlsafe(48) + "\n", encoding="ascii")
    unfinished.replace(path)


def make_passwords(directory: Path) -> None:
    """Write a password file for the superuser and for each role that has none yet."""
    for role in (SUPERUSER, *ROLES):
        make_secret(directory / role)


def password(directory: Path, role: str) -> str:
    """Return the password of a role."""
    return (directory / role).read_text(encoding="ascii").strip()


def make_database(connection: psycopg2.extensions.connection) -> None:
    """Make the database unless it is there; the connection is a superuser's to another database, and is closed."""
    with contextlib.closing(connection), connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def make_roles(connection: psycopg2.extensions.connection, *, passwords: Path, kind: str) -> None:
    """Run the roles script, set the passwords from their files and say what kind of site this is.

    The connection is a superuser's to the database, and is closed. The kind is "training" or "live"; the first
    word stands, a later one changes nothing.
    """
    with contextlib.closing(connection), connection, connection.cursor() as cursor:
        cursor.execute(SCRIPT.read_text(encoding="utf-8"))
        for role in ROLES:
            # The server is told not to log statements; see postgres.SETTINGS.
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(password(passwords, role))
            )
            cursor.execute(statement)
        cursor.execute("INSERT INTO site.site (kind) VALUES (%s) ON CONFLICT DO NOTHING", [kind])


def main() -> int:
    """Make database, roles and site row on a server of one's own: `python -m jtrack.roles --host db --kind live`."""
    parser = argparse.ArgumentParser(prog="jtrack.roles", description=main.__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", default="5432")
    parser.add_argument("--kind", choices=("live", "training"), default="live")
    options = parser.parse_args()
    directory = env.directory(
        "JTRACK_PASSWORDS", default=Path(env.text("JTRACK_HOME", default=".jtrack")) / "passwords"
    )
    login = {
        "host": options.host,
        "port": options.port,
        "user": SUPERUSER,
        "password": password(directory, SUPERUSER),
    }
    make_database(psycopg2.connect(dbname=SUPERUSER, **login))
    make_roles(psycopg2.connect(dbname=DATABASE, **login), passwords=directory, kind=options.kind)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
