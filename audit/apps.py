"""Registers the audit trail with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The insert-only trail of events."""

    name = "audit"
