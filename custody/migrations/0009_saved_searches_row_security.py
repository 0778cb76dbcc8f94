"""Lets officers keep, read and forget searches of their own, and nobody those of another."""

from django.db import migrations

FORWARD = """
SELECT sec.protect('custody_savedsearch', 'worker');
GRANT SELECT, INSERT, DELETE ON custody_savedsearch TO jt_web;
CREATE POLICY own ON custody_savedsearch FOR SELECT TO jt_web USING (officer_id = (SELECT sec.officer()));
CREATE POLICY keep ON custody_savedsearch FOR INSERT TO jt_web WITH CHECK (officer_id = (SELECT sec.officer()));
CREATE POLICY forget ON custody_savedsearch FOR DELETE TO jt_web USING (officer_id = (SELECT sec.officer()));
"""

REVERSE = """
SELECT sec.unprotect('custody_savedsearch');
"""


class Migration(migrations.Migration):
    """After the functions of row security, which it uses."""

    dependencies = [
        ("access", "0002_row_security"),
        ("custody", "0008_saved_searches"),
    ]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
