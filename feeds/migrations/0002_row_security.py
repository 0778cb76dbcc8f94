"""Puts the sealed roll under forced row security: the worker's alone."""

from django.db import migrations

FORWARD = """
SELECT sec.protect('feeds_sourcerecord', 'worker');
SELECT sec.protect('feeds_rowversion', 'worker');
SELECT sec.protect('feeds_sourcetoken', 'worker');
SELECT sec.protect('feeds_deliverymember', 'worker', true);
SELECT sec.protect('feeds_quarantinedrow', 'worker');
SELECT sec.protect('feeds_deliverypiece', 'worker');
SELECT sec.protect('feeds_matchcase', 'keys', true);
-- An upload stores ciphertext: the web role may add pieces and read none.
GRANT INSERT ON feeds_deliverypiece TO jt_web;
CREATE POLICY upload ON feeds_deliverypiece FOR INSERT TO jt_web WITH CHECK (true);
-- Deliveries and suppliers hold no personal data.
GRANT SELECT, INSERT, UPDATE ON feeds_delivery, feeds_supplier TO jt_worker;
GRANT SELECT, INSERT ON feeds_delivery TO jt_web;
GRANT SELECT ON feeds_supplier TO jt_web;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO jt_worker;
"""

REVERSE = """
REVOKE ALL ON feeds_delivery, feeds_supplier FROM jt_web, jt_worker;
REVOKE ALL ON feeds_deliverypiece FROM jt_web;
DROP POLICY upload ON feeds_deliverypiece;
SELECT sec.unprotect('feeds_matchcase');
SELECT sec.unprotect('feeds_deliverypiece');
SELECT sec.unprotect('feeds_quarantinedrow');
SELECT sec.unprotect('feeds_deliverymember');
SELECT sec.unprotect('feeds_sourcetoken');
SELECT sec.unprotect('feeds_rowversion');
SELECT sec.unprotect('feeds_sourcerecord');
"""


class Migration(migrations.Migration):
    """Nobody but the worker reads a row that is not routed to them."""

    dependencies = [
        ("access", "0002_row_security"),
        ("feeds", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
