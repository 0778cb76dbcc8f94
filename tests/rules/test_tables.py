"""Every table is protected or known to hold nothing personal, and the start-up checks see when one is not."""

import psycopg2.extensions
import pytest
from django.core.exceptions import ImproperlyConfigured

from access.row_checks import row_security_faults
from jtrack.checks import CLOSED_TABLES, OPEN_TABLES, refuse_unsafe_start


def faults() -> list[str]:
    return row_security_faults(open_tables=OPEN_TABLES, closed_tables=CLOSED_TABLES)


@pytest.mark.django_db
def test_every_table_is_protected_or_listed() -> None:
    assert faults() == []


@pytest.mark.django_db
def test_every_listed_table_exists(superuser: psycopg2.extensions.connection) -> None:
    with superuser.cursor() as cursor:
        cursor.execute("SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        tables = {row[0] for row in cursor.fetchall()}

    assert (OPEN_TABLES | CLOSED_TABLES) - tables == set()


SABOTAGE = {
    "new table without row security": (
        "CREATE TABLE public.forgotten (id int)",
        "DROP TABLE public.forgotten",
        "The table forgotten is not under forced row security.",
    ),
    "row security not forced": (
        "ALTER TABLE audit_event NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE audit_event FORCE ROW LEVEL SECURITY",
        "The table audit_event is not under forced row security.",
    ),
    "web role may read sessions": (
        "GRANT SELECT ON access_session TO jt_web",
        "REVOKE SELECT ON access_session FROM jt_web",
        "The table access_session belongs to the gate, but the web role has a right to it.",
    ),
    "web role is a member of the gate": (
        "GRANT jt_gate TO jt_web",
        "REVOKE jt_gate FROM jt_web",
        "The login jt_web is a member of jt_gate.",
    ),
    "web role owns a table": (
        "ALTER TABLE access_force OWNER TO jt_web",
        "ALTER TABLE access_force OWNER TO jt_owner; GRANT SELECT ON access_force TO jt_web",
        "The login jt_web owns access_force.",
    ),
    "web role bypasses row security": (
        "ALTER ROLE jt_web BYPASSRLS",
        "ALTER ROLE jt_web NOBYPASSRLS",
        "The login jt_web is a superuser or bypasses row security.",
    ),
    "restrictive policy": (
        "CREATE POLICY no ON audit_event AS RESTRICTIVE USING (true)",
        "DROP POLICY no ON audit_event",
        "The table audit_event has a restrictive policy, which makes its index useless.",
    ),
    "view that asks as its owner": (
        "CREATE VIEW public.window_in AS SELECT 1 AS one",
        "DROP VIEW public.window_in",
        "The view window_in does not ask as its reader.",
    ),
    "function without a pinned path": (
        "CREATE FUNCTION sec.loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "DROP FUNCTION sec.loose()",
        "The function sec.loose() runs as its owner without a pinned search path.",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("break_it", "mend_it", "sentence"), SABOTAGE.values(), ids=SABOTAGE)
def test_start_is_refused_when_protection_is_missing(
    superuser: psycopg2.extensions.connection, break_it: str, mend_it: str, sentence: str
) -> None:
    with superuser.cursor() as cursor:
        cursor.execute(break_it)
        try:
            found = faults()
            with pytest.raises(ImproperlyConfigured):
                refuse_unsafe_start()
        finally:
            cursor.execute(mend_it)

    assert sentence in found
