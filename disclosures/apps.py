"""Disclosures as a Django application."""

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """Registers what leaves the system with Django."""

    name = "disclosures"
