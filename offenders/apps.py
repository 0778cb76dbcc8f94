"""The people area officers look after, and whose source records are whose."""

from django.apps import AppConfig


class OffendersConfig(AppConfig):
    """Identifiers, names, record links and scheme memberships."""

    name = "offenders"
    default_auto_field = "django.db.models.BigAutoField"
