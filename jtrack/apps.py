"""The wiring as a Django application."""

from importlib import import_module

from django.apps import AppConfig

from jtrack.celery import app as celery_app

__all__ = ["JTrackConfig", "celery_app"]


class JTrackConfig(AppConfig):
    """Loads the Celery application with Django, so that tasks are rung through our broker everywhere."""

    name = "jtrack"

    def ready(self) -> None:
        """Register the system checks, which look at models and so cannot be imported earlier."""
        import_module("jtrack.checks")
