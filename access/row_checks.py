"""Asks the database whether row security is really in force for this login."""

from __future__ import annotations

from django.db import connection

LOGIN = """
SELECT format('The login %%s is a superuser or bypasses row security.', rolname)
  FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
UNION ALL
SELECT format('The login %%s is a member of %%s.', current_user, r.rolname)
  FROM pg_roles r
 WHERE r.rolname IN ('jt_owner', 'jt_worker', 'jt_gate', 'jt_backup')
   AND r.rolname <> current_user AND pg_has_role(current_user, r.oid, 'MEMBER')
UNION ALL
SELECT format('The login %%s owns %%s.', current_user, c.relname)
  FROM pg_class c WHERE c.relowner = current_user::regrole AND c.relpersistence <> 't'
"""

TABLES = """
SELECT format('The table %%s is not under forced row security.', c.relname)
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
   AND NOT c.relname = ANY (%(open)s || %(closed)s)
UNION ALL
SELECT format('The table %%s belongs to the gate, but the web role has a right to it.', c.relname)
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(closed)s)
   AND (has_table_privilege('jt_web', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege('jt_web', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
UNION ALL
SELECT format('The table %%s has no policy.', c.relname)
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
   AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
UNION ALL
SELECT format('The table %%s has a restrictive policy, which makes its index useless.', c.relname)
  FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
 WHERE c.relnamespace = 'public'::regnamespace AND NOT p.polpermissive
UNION ALL
SELECT format('The view %%s does not ask as its reader.', c.relname)
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace
   AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false))
UNION ALL
SELECT format('The table %%s may be truncated by the login.', c.relname)
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND has_table_privilege(current_user, c.oid, 'TRUNCATE')
"""

FUNCTIONS = """
SELECT format('The function %%s runs as its owner without a pinned search path.', p.oid::regprocedure)
  FROM pg_proc p
 WHERE p.prosecdef AND p.pronamespace IN ('public'::regnamespace, 'sec'::regnamespace)
   AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting
                    WHERE setting IN ('search_path=pg_catalog, pg_temp'))
"""


def row_security_faults(*, open_tables: frozenset[str], closed_tables: frozenset[str]) -> list[str]:
    """Return a sentence for each thing that would let this login see more than it may.

    Open tables hold no personal data and need no row security; closed ones are the gate's alone.
    Source: security.md 2.3, "Start-up check".
    """
    tables = {"open": sorted(open_tables), "closed": sorted(closed_tables)}
    with connection.cursor() as cursor:
        faults: list[str] = []
        for question in (LOGIN, TABLES, FUNCTIONS):
            cursor.execute(question, tables)
            faults += [row[0] for row in cursor.fetchall()]
    return faults
