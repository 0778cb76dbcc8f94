"""Lets web and worker see which migrations are applied, so that they can say whether they fit the database."""

from django.db import migrations

FORWARD = "GRANT SELECT ON public.django_migrations TO jt_web, jt_worker;"
REVERSE = "REVOKE SELECT ON public.django_migrations FROM jt_web, jt_worker;"


class Migration(migrations.Migration):
    """Django makes the table before the first migration runs."""

    dependencies = [("access", "0003_gate_grants")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
