"""Lets officers add and end their own calendar links, and a link's holder read days and counts.

Two definer functions, by owner: the first reads links, accounts and grants, which are jt_owner's; the second
reads people, whom forced row security shows to jt_worker only.
"""

from django.db import migrations

LINKS = """
ALTER TABLE public.custody_calendarlink ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.custody_calendarlink FORCE ROW LEVEL SECURITY;
REVOKE ALL ON public.custody_calendarlink FROM PUBLIC, jt_web, jt_gate, jt_worker;
GRANT SELECT, INSERT, UPDATE (revoked_at) ON public.custody_calendarlink TO jt_web;
CREATE POLICY own ON public.custody_calendarlink FOR SELECT TO jt_web
    USING (officer_id = (SELECT sec.officer()));
-- Made by the officer, now, for a year at most and unread: a link opens only what was granted before it was made.
CREATE POLICY make ON public.custody_calendarlink FOR INSERT TO jt_web
    WITH CHECK (officer_id = (SELECT sec.officer())
                AND made_at BETWEEN clock_timestamp() - interval '5 minutes' AND clock_timestamp() + interval '5 minutes'
                AND expires_at <= made_at + interval '366 days'
                AND revoked_at IS NULL AND read_at IS NULL AND hour_began_at IS NULL AND reads_in_hour = 0);
-- Ended once and for ever.
CREATE POLICY finish ON public.custody_calendarlink FOR UPDATE TO jt_web
    USING (officer_id = (SELECT sec.officer()) AND revoked_at IS NULL)
    WITH CHECK (officer_id = (SELECT sec.officer()) AND revoked_at IS NOT NULL);
CREATE POLICY definer_reads ON public.custody_calendarlink FOR SELECT TO jt_owner USING (true);
CREATE POLICY definer_counts ON public.custody_calendarlink FOR UPDATE TO jt_owner USING (true) WITH CHECK (true);
"""

LINKS_REVERSE = """
DROP POLICY definer_counts ON public.custody_calendarlink;
DROP POLICY definer_reads ON public.custody_calendarlink;
DROP POLICY finish ON public.custody_calendarlink;
DROP POLICY make ON public.custody_calendarlink;
DROP POLICY own ON public.custody_calendarlink;
REVOKE ALL ON public.custody_calendarlink FROM jt_web;
ALTER TABLE public.custody_calendarlink NO FORCE ROW LEVEL SECURITY;
ALTER TABLE public.custody_calendarlink DISABLE ROW LEVEL SECURITY;
"""

READER = """
CREATE FUNCTION sec.calendar_reader(wanted text, most integer)
RETURNS TABLE (link_id uuid, officer_id uuid, officer_name text, reads_in_hour integer, keys int[])
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- Only what the officer held when making the link and holds still; restricted people are not told of at all.
    WITH link AS (
        SELECT l.id, l.officer_id, l.made_at, o.name
          FROM public.custody_calendarlink l
          JOIN public.access_officer o ON o.id = l.officer_id
          JOIN public.access_account a ON a.id = o.account_id AND a.is_active
         WHERE l.token_hash = wanted AND l.revoked_at IS NULL AND l.expires_at > clock_timestamp()
    ), live AS (
        SELECT g.area_id, g.force_id, held.kind
          FROM link
          JOIN public.access_grant g ON g.officer_id = link.officer_id
          JOIN (VALUES ('area_officer', 'area'), ('area_officer', 'releasing'),
                       ('area_supervisor', 'area'), ('area_supervisor', 'releasing'),
                       ('cps', 'area')) AS held (role, kind) ON held.role = g.role
         WHERE g.starts_at <= link.made_at
           AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
    ), wanted_keys AS (
        SELECT kind, area_id::text AS code FROM live WHERE area_id IS NOT NULL
        UNION
        SELECT live.kind, a.code FROM live JOIN public.access_area a ON a.force_id = live.force_id
    ), counted AS (
        UPDATE public.custody_calendarlink l
           SET read_at = clock_timestamp(),
               hour_began_at = CASE WHEN l.hour_began_at > clock_timestamp() - interval '1 hour'
                                    THEN l.hour_began_at ELSE clock_timestamp() END,
               reads_in_hour = CASE WHEN l.hour_began_at > clock_timestamp() - interval '1 hour'
                                    THEN least(l.reads_in_hour + 1, 1000000) ELSE 1 END
          FROM link
         WHERE l.id = link.id AND EXISTS (SELECT FROM live)
        RETURNING l.id, l.reads_in_hour
    )
    SELECT link.id, link.officer_id, link.name::text, counted.reads_in_hour,
           CASE WHEN counted.reads_in_hour > most THEN '{}'::int[]
                ELSE coalesce((SELECT array_agg(k.id ORDER BY k.id) FROM wanted_keys w
                                 JOIN public.access_visibilitykey k ON k.kind = w.kind AND k.code = w.code),
                              '{}'::int[]) END
      FROM link JOIN counted ON counted.id = link.id
$$;

REVOKE ALL ON FUNCTION sec.calendar_reader(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.calendar_reader(text, integer) TO jt_worker;
"""

READER_REVERSE = """
DROP FUNCTION sec.calendar_reader(text, integer);
"""

DAYS = """
GRANT CREATE ON SCHEMA sec TO jt_worker;

CREATE FUNCTION sec.calendar_days(wanted text, most integer, first_day date, last_day date)
RETURNS TABLE (link_id uuid, officer_id uuid, officer_name text, reads_in_hour integer,
               whereabouts text, release_date date, release_date_type text, people bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.link_id, r.officer_id, r.officer_name, r.reads_in_hour,
           s.whereabouts::text, s.release_date, s.release_date_type::text, count(s.offender_id)
      FROM sec.calendar_reader(wanted, most) r
      LEFT JOIN public.custody_custodystate s
             ON s.visible_to && r.keys AND s.release_date BETWEEN first_day AND last_day
            AND EXISTS (SELECT FROM public.offenders_profile p WHERE p.offender_id = s.offender_id AND p.strand <> '')
     GROUP BY 1, 2, 3, 4, 5, 6, 7
     ORDER BY 6
$$;

REVOKE ALL ON FUNCTION sec.calendar_days(text, integer, date, date) FROM PUBLIC;
ALTER FUNCTION sec.calendar_days(text, integer, date, date) OWNER TO jt_worker;
SET LOCAL ROLE jt_worker;
GRANT EXECUTE ON FUNCTION sec.calendar_days(text, integer, date, date) TO jt_web;
RESET ROLE;
REVOKE CREATE ON SCHEMA sec FROM jt_worker;
"""

DAYS_REVERSE = """
SET LOCAL ROLE jt_worker;
DROP FUNCTION sec.calendar_days(text, integer, date, date);
RESET ROLE;
"""


class Migration(migrations.Migration):
    """After the functions of row security, which it uses."""

    dependencies = [
        ("access", "0002_row_security"),
        ("custody", "0004_calendar_links"),
    ]

    operations = [
        migrations.RunSQL(LINKS, LINKS_REVERSE),
        migrations.RunSQL(READER, READER_REVERSE),
        migrations.RunSQL(DAYS, DAYS_REVERSE),
    ]
