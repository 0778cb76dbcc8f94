"""Establishments, movements, release dates and the events they raise."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """Custody facts of source records and what is derived from them."""

    name = "custody"
    default_auto_field = "django.db.models.BigAutoField"
