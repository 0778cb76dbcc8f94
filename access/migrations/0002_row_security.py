"""Makes the functions of schema sec that row security stands on, and the grants of access.

Two owners: what reads contexts and grants belongs to jt_owner, who owns those tables; what
reads people belongs to jt_worker, because forced row security shows jt_owner no person.
"""

from django.db import migrations

CONTEXT = """
CREATE FUNCTION sec.officer() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.officer_id
      FROM public.access_session s
      JOIN public.access_account a ON a.id = s.account_id AND a.is_active
     WHERE s.context_hash =
           encode(sha256(convert_to(nullif(current_setting('jt.ctx', true), ''), 'UTF8')), 'hex')
       AND s.revoked_at IS NULL
       AND s.expires_at > clock_timestamp()
       AND s.seen_at > clock_timestamp() - interval '15 minutes'
$$;

CREATE FUNCTION sec.keys() RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH live AS (
        SELECT g.officer_id, g.area_id, g.force_id, g.establishment, held.kind
          FROM public.access_grant g
          JOIN (VALUES ('area_officer', 'area'), ('area_officer', 'releasing'),
                       ('area_officer', 'officer'),
                       ('area_supervisor', 'area'), ('area_supervisor', 'releasing'),
                       ('area_supervisor', 'candidate'), ('area_supervisor', 'officer'),
                       ('prison_liaison', 'establishment'), ('prison_liaison', 'officer'),
                       ('cps', 'area'), ('cps', 'officer'),
                       ('dip_worker', 'dip'), ('match_reviewer', 'review')
               ) AS held (role, kind) ON held.role = g.role
         WHERE g.officer_id = sec.officer()
           AND g.starts_at <= clock_timestamp()
           AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
    ), wanted AS (
        SELECT kind, area_id::text AS code FROM live
         WHERE kind IN ('area', 'releasing', 'dip', 'candidate') AND area_id IS NOT NULL
        UNION
        SELECT live.kind, a.code FROM live JOIN public.access_area a ON a.force_id = live.force_id
         WHERE live.kind IN ('area', 'releasing', 'dip', 'candidate')
        UNION
        SELECT kind, establishment FROM live WHERE kind = 'establishment' AND establishment <> ''
        UNION
        SELECT kind, officer_id::text FROM live WHERE kind = 'officer'
        UNION
        SELECT kind, 'desk' FROM live WHERE kind = 'review'
    )
    SELECT coalesce(array_agg(k.id ORDER BY k.id), '{}'::int[])
      FROM wanted JOIN public.access_visibilitykey k USING (kind, code)
$$;

CREATE FUNCTION sec.glass_ids() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(b.offender_id), '{}'::uuid[])
      FROM public.access_breakglass b
     WHERE b.officer_id = sec.officer()
       AND b.closed_at IS NULL
       AND b.expires_at > clock_timestamp()
$$;

CREATE FUNCTION sec.has_role(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.access_grant g
         WHERE g.officer_id = sec.officer() AND g.role = wanted
           AND g.starts_at <= clock_timestamp()
           AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp()))
$$;

REVOKE ALL ON FUNCTION sec.officer(), sec.keys(), sec.glass_ids(), sec.has_role(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.officer(), sec.keys(), sec.glass_ids(), sec.has_role(text) TO jt_web;
GRANT USAGE ON SCHEMA sec TO jt_web, jt_gate, jt_worker;
"""

CONTEXT_REVERSE = """
REVOKE USAGE ON SCHEMA sec FROM jt_web, jt_gate, jt_worker;
DROP FUNCTION sec.has_role(text);
DROP FUNCTION sec.glass_ids();
DROP FUNCTION sec.keys();
DROP FUNCTION sec.officer();
"""

COPY_KEYS = """
GRANT CREATE, USAGE ON SCHEMA sec TO jt_worker;

CREATE FUNCTION sec.copy_keys_from_offender() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.visible_to := coalesce(
        (SELECT o.visible_to FROM public.offenders_offender o WHERE o.id = NEW.offender_id), '{}');
    RETURN NEW;
END $$;

CREATE FUNCTION sec.copy_keys_from_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.visible_to := coalesce(
        (SELECT o.visible_to
           FROM public.offenders_recordlink l
           JOIN public.offenders_offender o ON o.id = l.offender_id
          WHERE l.record_id = NEW.record_id AND l.ended_at IS NULL), '{}');
    RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION sec.copy_keys_from_offender(), sec.copy_keys_from_record() FROM PUBLIC;
ALTER FUNCTION sec.copy_keys_from_offender() OWNER TO jt_worker;
ALTER FUNCTION sec.copy_keys_from_record() OWNER TO jt_worker;
SET LOCAL ROLE jt_worker;
GRANT EXECUTE ON FUNCTION sec.copy_keys_from_offender(), sec.copy_keys_from_record() TO jt_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA sec FROM jt_worker;
"""

COPY_KEYS_REVERSE = """
SET LOCAL ROLE jt_worker;
DROP FUNCTION sec.copy_keys_from_record();
DROP FUNCTION sec.copy_keys_from_offender();
RESET ROLE;
"""

PROTECT = """
CREATE FUNCTION sec.protect(table_name text, how text, updatable boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    person_column text := CASE how WHEN 'self' THEN 'id' WHEN 'offender' THEN 'offender_id' END;
BEGIN
    IF how NOT IN ('self', 'offender', 'record', 'keys', 'worker') THEN
        RAISE EXCEPTION 'sec.protect: unknown way to protect a table: %', how;
    END IF;
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, jt_web, jt_gate, jt_worker', table_name);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON public.%I TO jt_worker', table_name);
    EXECUTE format('CREATE POLICY worker ON public.%I TO jt_worker USING (true) WITH CHECK (true)',
                   table_name);
    IF updatable THEN
        EXECUTE format('GRANT UPDATE ON public.%I TO jt_worker', table_name);
    ELSIF how <> 'worker' THEN
        EXECUTE format('GRANT UPDATE (visible_to) ON public.%I TO jt_worker', table_name);
    END IF;
    IF how = 'worker' THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT SELECT ON public.%I TO jt_web', table_name);
    EXECUTE format('CREATE POLICY visible ON public.%I FOR SELECT TO jt_web '
                   'USING (visible_to && (SELECT sec.keys())::int[])', table_name);
    EXECUTE format('CREATE INDEX %I ON public.%I USING gin (visible_to)',
                   left(table_name, 50) || '_visible', table_name);
    IF person_column IS NOT NULL THEN
        EXECUTE format('CREATE POLICY glass ON public.%I FOR SELECT TO jt_web '
                       'USING (%I = ANY ((SELECT sec.glass_ids())::uuid[]))',
                       table_name, person_column);
    END IF;
    IF how IN ('offender', 'record') THEN
        EXECUTE format('CREATE TRIGGER copy_keys BEFORE INSERT ON public.%I FOR EACH ROW '
                       'EXECUTE FUNCTION sec.copy_keys_from_%s()', table_name, how);
    END IF;
END $$;
REVOKE ALL ON FUNCTION sec.protect(text, text, boolean) FROM PUBLIC;

CREATE FUNCTION sec.unprotect(table_name text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    policy text;
BEGIN
    FOR policy IN SELECT p.polname FROM pg_policy p
                   WHERE p.polrelid = format('public.%I', table_name)::regclass LOOP
        EXECUTE format('DROP POLICY %I ON public.%I', policy, table_name);
    END LOOP;
    EXECUTE format('DROP TRIGGER IF EXISTS copy_keys ON public.%I', table_name);
    EXECUTE format('DROP INDEX IF EXISTS public.%I', left(table_name, 50) || '_visible');
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, jt_web, jt_gate, jt_worker', table_name);
    EXECUTE format('ALTER TABLE public.%I NO FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE public.%I DISABLE ROW LEVEL SECURITY', table_name);
END $$;
REVOKE ALL ON FUNCTION sec.unprotect(text) FROM PUBLIC;
"""

PROTECT_REVERSE = """
DROP FUNCTION sec.unprotect(text);
DROP FUNCTION sec.protect(text, text, boolean);
"""

TABLE_GRANTS = """
REVOKE ALL ON public.access_force, public.access_area, public.access_visibilitykey,
    public.access_officer, public.access_grant, public.access_account, public.access_session,
    public.access_usedcode, public.access_failedattempt, public.access_breakglass FROM PUBLIC;
GRANT SELECT ON public.access_force, public.access_area, public.access_visibilitykey,
    public.access_officer, public.access_grant TO jt_web, jt_gate, jt_worker;
GRANT INSERT ON public.access_visibilitykey TO jt_worker;
GRANT INSERT, UPDATE ON public.access_officer, public.access_grant TO jt_gate;
GRANT SELECT, INSERT, UPDATE ON public.access_account, public.access_breakglass TO jt_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.access_session, public.access_usedcode,
    public.access_failedattempt TO jt_gate;
"""

TABLE_GRANTS_REVERSE = """
REVOKE ALL ON public.access_force, public.access_area, public.access_visibilitykey,
    public.access_officer, public.access_grant, public.access_account, public.access_session,
    public.access_usedcode, public.access_failedattempt, public.access_breakglass FROM jt_web, jt_gate, jt_worker;
"""


class Migration(migrations.Migration):
    """Functions first, then who may use which table."""

    dependencies = [("access", "0001_accounts_and_areas")]

    operations = [
        migrations.RunSQL(CONTEXT, CONTEXT_REVERSE),
        migrations.RunSQL(COPY_KEYS, COPY_KEYS_REVERSE),
        migrations.RunSQL(PROTECT, PROTECT_REVERSE),
        migrations.RunSQL(TABLE_GRANTS, TABLE_GRANTS_REVERSE),
    ]
