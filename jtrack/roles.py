"""Make the database's roles, their passwords and the site row, as a superuser, once or again."""

import secrets
from pathlib import Path

import psycopg2.extensions
from psycopg2 import sql

SCRIPT = Path(__file__).with_name("sql") / "roles.sql"
ROLES = ("jt_owner", "jt_web", "jt_gate", "jt_worker", "jt_backup")
SUPERUSER = "postgres"


def make_secret(path: Path) -> None:
    """Write a random secret of 256 bits to a file that only we can read, unless the file is there already."""
    if path.exists():
        return
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(secrets.token_urlsafe(32) + "\n", encoding="ascii")
    unfinished.replace(path)


def make_passwords(directory: Path) -> None:
    """Write a password file for the superuser and for each role that has none yet."""
    for role in (SUPERUSER, *ROLES):
        make_secret(directory / role)


def password(directory: Path, role: str) -> str:
    """Return the password of a role."""
    return (directory / role).read_text(encoding="ascii").strip()


def make_roles(connection: psycopg2.extensions.connection, *, passwords: Path, kind: str) -> None:
    """Run the roles script, set the passwords from their files and say what kind of site this is.

    The kind is "training" or "live"; the first word stands, a later one changes nothing.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(SCRIPT.read_text(encoding="utf-8"))
        for role in ROLES:
            # The server is told not to log statements; see embedded.SETTINGS.
            statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(password(passwords, role))
            )
            cursor.execute(statement)
        cursor.execute("INSERT INTO site.site (kind) VALUES (%s) ON CONFLICT DO NOTHING", [kind])
