"""What arrives: deliveries, their rows and the statement that accounts for them."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """Sealed deliveries and the sealed roll behind the pages."""

    name = "feeds"
    default_auto_field = "django.db.models.BigAutoField"
