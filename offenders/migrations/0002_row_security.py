"""Puts every table of people under forced row security."""

from django.db import migrations

FORWARD = """
SELECT sec.protect('offenders_offender', 'self');
SELECT sec.protect('offenders_recordlink', 'offender', true);
SELECT sec.protect('offenders_profile', 'offender', true);
SELECT sec.protect('offenders_personaldetails', 'record');
SELECT sec.protect('offenders_identifier', 'record');
SELECT sec.protect('offenders_address', 'record');
SELECT sec.protect('offenders_schememembership', 'record');
SELECT sec.protect('offenders_supersession', 'record');
"""

REVERSE = """
SELECT sec.unprotect('offenders_supersession');
SELECT sec.unprotect('offenders_schememembership');
SELECT sec.unprotect('offenders_address');
SELECT sec.unprotect('offenders_identifier');
SELECT sec.unprotect('offenders_personaldetails');
SELECT sec.unprotect('offenders_profile');
SELECT sec.unprotect('offenders_recordlink');
SELECT sec.unprotect('offenders_offender');
"""


class Migration(migrations.Migration):
    """Nobody but the worker reads a row that is not routed to them."""

    dependencies = [
        ("access", "0002_row_security"),
        ("offenders", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
