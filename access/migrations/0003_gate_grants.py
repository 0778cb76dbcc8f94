"""Lets the gate, and nobody else, use the tables of sign-in, second factor and lock-out."""

from django.db import migrations

FORWARD = """
REVOKE ALL ON public.account_emailaddress, public.account_emailconfirmation, public.mfa_authenticator,
    public.axes_accessattempt, public.axes_accessattemptexpiration, public.axes_accesslog,
    public.axes_accessfailurelog FROM PUBLIC;
GRANT SELECT ON public.account_emailaddress TO jt_gate;
GRANT SELECT, INSERT, UPDATE ON public.mfa_authenticator TO jt_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.axes_accessattempt, public.axes_accessattemptexpiration,
    public.axes_accesslog, public.axes_accessfailurelog TO jt_gate;
"""

REVERSE = """
REVOKE ALL ON public.account_emailaddress, public.mfa_authenticator, public.axes_accessattempt,
    public.axes_accessattemptexpiration, public.axes_accesslog, public.axes_accessfailurelog FROM jt_gate;
"""


class Migration(migrations.Migration):
    """After the packages' own tables stand."""

    dependencies = [
        ("access", "0002_row_security"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("axes", "0010_accessattemptexpiration"),
    ]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
