"""Sends the plain models of the measurements to their own database."""

from typing import Any

from django.db.models import Model

PLAIN = "plain"


class PlainRouter:
    """Everything of the app `bench` lies in the database `plain`, and nothing else does."""

    def db_for_read(self, model: type[Model], **_: Any) -> str | None:
        """Return where the model is read."""
        return PLAIN if model._meta.app_label == "bench" else None

    def db_for_write(self, model: type[Model], **_: Any) -> str | None:
        """Return where the model is written."""
        return self.db_for_read(model)

    def allow_migrate(self, db: str, app_label: str, **_: Any) -> bool | None:
        """Let no migration of the product's make tables there."""
        return False if db == PLAIN or app_label == "bench" else None
