"""Lets officers see the alerts of their areas, acknowledge those and no others, and keep their own settings."""

from django.db import migrations

ALERTS = """
SELECT sec.protect('custody_alert', 'keys', true);
-- What the inbox asks on every page: it must not walk through years of acknowledged ones.
CREATE INDEX custody_alert_waiting ON custody_alert USING gin (visible_to)
    WHERE delivered_at IS NOT NULL AND withdrawn_at IS NULL AND acknowledged_at IS NULL;
"""

ALERTS_REVERSE = """
DROP INDEX custody_alert_waiting;
SELECT sec.unprotect('custody_alert');
"""

BESIDE = """
SELECT sec.protect('custody_alertreceipt', 'worker', true);
GRANT SELECT ON custody_alertreceipt TO jt_web;
CREATE POLICY own ON custody_alertreceipt FOR SELECT TO jt_web USING (officer_id = (SELECT sec.officer()));

SELECT sec.protect('custody_alerthop', 'worker');
GRANT SELECT ON custody_alerthop TO jt_web;
-- Row security of the alert decides: the question is asked as the reader.
CREATE POLICY of_visible_alerts ON custody_alerthop FOR SELECT TO jt_web
    USING (EXISTS (SELECT FROM custody_alert a WHERE a.id = alert_id));

SELECT sec.protect('custody_acknowledgement', 'worker');
GRANT SELECT, INSERT ON custody_acknowledgement TO jt_web;
CREATE POLICY of_visible_alerts ON custody_acknowledgement FOR SELECT TO jt_web
    USING (EXISTS (SELECT FROM custody_alert a WHERE a.id = alert_id));
-- A prosecutor of the area sees the alerts too; that the area knows, its own officers say.
CREATE POLICY own_word ON custody_acknowledgement FOR INSERT TO jt_web
    WITH CHECK (officer_id = (SELECT sec.officer())
                AND ((SELECT sec.has_role('area_officer')) OR (SELECT sec.has_role('area_supervisor')))
                AND EXISTS (SELECT FROM custody_alert a
                             WHERE a.id = alert_id
                               AND a.offender_id = custody_acknowledgement.offender_id
                               AND a.delivered_at IS NOT NULL AND a.withdrawn_at IS NULL));

SELECT sec.protect('custody_alertsetting', 'worker');
GRANT SELECT, INSERT ON custody_alertsetting TO jt_web;
CREATE POLICY own ON custody_alertsetting FOR SELECT TO jt_web USING (officer_id = (SELECT sec.officer()));
CREATE POLICY own_choice ON custody_alertsetting FOR INSERT TO jt_web
    WITH CHECK (officer_id = (SELECT sec.officer()));
GRANT USAGE ON SEQUENCE custody_alertsetting_id_seq TO jt_web, jt_worker;

SELECT sec.protect('custody_notice', 'worker', true);
"""

BESIDE_REVERSE = """
SELECT sec.unprotect('custody_notice');
REVOKE ALL ON SEQUENCE custody_alertsetting_id_seq FROM jt_web, jt_worker;
SELECT sec.unprotect('custody_alertsetting');
SELECT sec.unprotect('custody_acknowledgement');
SELECT sec.unprotect('custody_alerthop');
SELECT sec.unprotect('custody_alertreceipt');
"""

STAMP = """
GRANT CREATE, USAGE ON SCHEMA sec TO jt_worker;

-- The web role may write an acknowledgement and change no alert; what it means for the alert is done here.
CREATE FUNCTION sec.stamp_acknowledgement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.custody_alert SET acknowledged_at = NEW.at
     WHERE id = NEW.alert_id AND acknowledged_at IS NULL;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION sec.stamp_acknowledgement() FROM PUBLIC;
ALTER FUNCTION sec.stamp_acknowledgement() OWNER TO jt_worker;
SET LOCAL ROLE jt_worker;
GRANT EXECUTE ON FUNCTION sec.stamp_acknowledgement() TO jt_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA sec FROM jt_worker;
CREATE TRIGGER stamp AFTER INSERT ON custody_acknowledgement FOR EACH ROW
    EXECUTE FUNCTION sec.stamp_acknowledgement();
"""

STAMP_REVERSE = """
DROP TRIGGER stamp ON custody_acknowledgement;
SET LOCAL ROLE jt_worker;
DROP FUNCTION sec.stamp_acknowledgement();
RESET ROLE;
"""


class Migration(migrations.Migration):
    """An alert is seen by holders of its area's key, as long as the person carries that key."""

    dependencies = [
        ("access", "0002_row_security"),
        ("custody", "0006_alerts"),
    ]

    operations = [
        migrations.RunSQL(ALERTS, ALERTS_REVERSE),
        migrations.RunSQL(BESIDE, BESIDE_REVERSE),
        migrations.RunSQL(STAMP, STAMP_REVERSE),
    ]
