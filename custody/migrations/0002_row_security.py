"""Puts every table of custody under forced row security; reference tables are read by all."""

from django.db import migrations

FORWARD = """
SELECT sec.protect('custody_custodystatement', 'record');
SELECT sec.protect('custody_movement', 'record');
SELECT sec.protect('custody_releasedate', 'record');
SELECT sec.protect('custody_custodyevent', 'offender', true);
SELECT sec.protect('custody_custodystate', 'offender', true);
GRANT SELECT ON custody_establishment, custody_movementreason, custody_postcodedistrict TO jt_web, jt_worker;
"""

REVERSE = """
REVOKE SELECT ON custody_establishment, custody_movementreason, custody_postcodedistrict FROM jt_web, jt_worker;
SELECT sec.unprotect('custody_custodystate');
SELECT sec.unprotect('custody_custodyevent');
SELECT sec.unprotect('custody_releasedate');
SELECT sec.unprotect('custody_movement');
SELECT sec.unprotect('custody_custodystatement');
"""


class Migration(migrations.Migration):
    """Nobody but the worker reads a row that is not routed to them."""

    dependencies = [
        ("access", "0002_row_security"),
        ("custody", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
