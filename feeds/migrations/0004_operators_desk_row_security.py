"""Lets the feed operators' pages read what is theirs, and nobody else."""

from django.db import migrations

FORWARD = """
SELECT sec.protect('feeds_override', 'worker');
SELECT sec.protect('feeds_returnpackage', 'worker');
GRANT SELECT, INSERT ON feeds_override TO jt_web;
CREATE POLICY operators ON feeds_override FOR SELECT TO jt_web
    USING ((SELECT sec.has_role('feed_operator')) OR (SELECT sec.has_role('assurance')));
CREATE POLICY decide ON feeds_override FOR INSERT TO jt_web
    WITH CHECK (officer_id = (SELECT sec.officer()) AND (SELECT sec.has_role('feed_operator')));
GRANT SELECT ON feeds_returnpackage TO jt_web;
CREATE POLICY operators ON feeds_returnpackage FOR SELECT TO jt_web
    USING ((SELECT sec.has_role('feed_operator')));
-- Counts, codes and dates without personal data.
GRANT SELECT, INSERT ON feeds_overlapcount TO jt_worker;
GRANT SELECT, INSERT, UPDATE ON feeds_feedincident TO jt_worker;
GRANT SELECT, INSERT ON feeds_refusedfile TO jt_worker;
GRANT SELECT, INSERT ON feeds_refusedfile TO jt_web;
GRANT SELECT ON feeds_overlapcount, feeds_feedincident TO jt_web;
GRANT USAGE ON SEQUENCE feeds_overlapcount_id_seq TO jt_worker;
"""

REVERSE = """
REVOKE ALL ON SEQUENCE feeds_overlapcount_id_seq FROM jt_worker;
REVOKE ALL ON feeds_overlapcount, feeds_feedincident, feeds_refusedfile FROM jt_web, jt_worker;
SELECT sec.unprotect('feeds_returnpackage');
SELECT sec.unprotect('feeds_override');
"""


class Migration(migrations.Migration):
    """An override is written by the officer who decides it, as themselves."""

    dependencies = [
        ("access", "0002_row_security"),
        ("feeds", "0003_operators_desk"),
    ]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
