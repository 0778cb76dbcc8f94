"""Makes the trail insert-only: defaults, triggers, row security, grants and the one reading function.

The gate inserts named columns, so time and transaction id are always the database's own. Auditors
read through a policy that asks for their live role; everybody else reads nothing.
"""

from django.db import migrations

DEFAULTS = """
ALTER TABLE public.audit_event
    ALTER COLUMN at SET DEFAULT clock_timestamp(),
    ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
"""

DEFAULTS_REVERSE = """
ALTER TABLE public.audit_event ALTER COLUMN at DROP DEFAULT, ALTER COLUMN xid DROP DEFAULT;
"""

TRIGGERS = """
CREATE FUNCTION sec.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only ever added to';
END $$;
REVOKE ALL ON FUNCTION sec.refuse_change() FROM PUBLIC;

CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON public.audit_event
    FOR EACH ROW EXECUTE FUNCTION sec.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();
"""

TRIGGERS_REVERSE = """
DROP TRIGGER no_truncate ON public.audit_event;
DROP TRIGGER no_change ON public.audit_event;
DROP FUNCTION sec.refuse_change();
"""

ROW_SECURITY = """
ALTER TABLE public.audit_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_event FORCE ROW LEVEL SECURITY;
REVOKE ALL ON public.audit_event FROM PUBLIC;
GRANT INSERT (id, written_at, writer, writer_seq, request_id, category, code, outcome, actor_id,
              actor_name, actor_area, actor_role, session_hash, ip, device, reason_code,
              reason_sealed, people, object_type, object_id, fields, terms_sealed, result_count,
              delivery_id, disclosure_id, mac)
    ON public.audit_event TO jt_gate;
GRANT SELECT ON public.audit_event TO jt_web, jt_worker;
CREATE POLICY written ON public.audit_event FOR INSERT TO jt_gate, jt_owner WITH CHECK (true);
CREATE POLICY assured ON public.audit_event FOR SELECT TO jt_web
    USING ((SELECT sec.has_role('assurance')));
CREATE POLICY worker ON public.audit_event FOR SELECT TO jt_worker USING (true);
"""

ROW_SECURITY_REVERSE = """
DROP POLICY worker ON public.audit_event;
DROP POLICY assured ON public.audit_event;
DROP POLICY written ON public.audit_event;
REVOKE ALL ON public.audit_event FROM jt_gate, jt_web, jt_worker;
ALTER TABLE public.audit_event NO FORCE ROW LEVEL SECURITY;
ALTER TABLE public.audit_event DISABLE ROW LEVEL SECURITY;
"""

WHO_LOOKED = """
GRANT CREATE ON SCHEMA sec TO jt_worker;
GRANT EXECUTE ON FUNCTION sec.keys(), sec.glass_ids(), sec.has_role(text) TO jt_worker;

CREATE FUNCTION sec.who_looked(person uuid, most integer DEFAULT 50)
RETURNS TABLE (at timestamptz, actor_name text, actor_role text, actor_area text, code text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.offenders_offender o
                    WHERE o.id = person
                      AND (o.visible_to && sec.keys() OR o.id = ANY (sec.glass_ids()))) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT e.at, e.actor_name::text, e.actor_role::text, e.actor_area::text, e.code::text
          FROM public.audit_event e
         WHERE e.people @> ARRAY[person] AND e.outcome = 'ok' AND e.code = 'offender.view'
         ORDER BY e.at DESC
         LIMIT least(most, 200);
END $$;

CREATE FUNCTION sec.events_about(person uuid, most integer DEFAULT 200)
RETURNS SETOF public.audit_event
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- The array index cannot serve a condition of jt_web under row security, so this asks once and reads as worker.
    IF NOT sec.has_role('assurance') THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT e.* FROM public.audit_event e
                  WHERE e.people @> ARRAY[person] ORDER BY e.at DESC LIMIT least(most, 1000);
END $$;

REVOKE ALL ON FUNCTION sec.who_looked(uuid, integer), sec.events_about(uuid, integer) FROM PUBLIC;
ALTER FUNCTION sec.events_about(uuid, integer) OWNER TO jt_worker;
ALTER FUNCTION sec.who_looked(uuid, integer) OWNER TO jt_worker;
SET LOCAL ROLE jt_worker;
GRANT EXECUTE ON FUNCTION sec.who_looked(uuid, integer), sec.events_about(uuid, integer) TO jt_web;
RESET ROLE;
REVOKE CREATE ON SCHEMA sec FROM jt_worker;
"""

WHO_LOOKED_REVERSE = """
SET LOCAL ROLE jt_worker;
DROP FUNCTION sec.events_about(uuid, integer);
DROP FUNCTION sec.who_looked(uuid, integer);
RESET ROLE;
REVOKE EXECUTE ON FUNCTION sec.keys(), sec.glass_ids(), sec.has_role(text) FROM jt_worker;
"""


class Migration(migrations.Migration):
    """After the functions of row security, which it uses."""

    dependencies = [("audit", "0001_events"), ("access", "0002_row_security")]

    operations = [
        migrations.RunSQL(DEFAULTS, DEFAULTS_REVERSE),
        migrations.RunSQL(TRIGGERS, TRIGGERS_REVERSE),
        migrations.RunSQL(ROW_SECURITY, ROW_SECURITY_REVERSE),
        migrations.RunSQL(WHO_LOOKED, WHO_LOOKED_REVERSE),
    ]
