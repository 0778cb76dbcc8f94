"""Registers access with Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Accounts, officers, areas, roles, row security and the gate."""

    name = "access"
    default_auto_field = "django.db.models.BigAutoField"
