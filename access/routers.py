"""Sends what views may not touch to the gate's own connection."""

from __future__ import annotations

from django.db.models import Model

GATE = "gate"
GATE_APPS = frozenset({"account", "mfa", "axes"})
GATE_MODELS = frozenset(
    {"access.account", "access.session", "access.usedcode", "access.breakglass", "access.failedattempt"}
)
# Read by views as they are shown, written by the gate.
GATE_WRITES = frozenset({"access.officer", "access.grant", "audit.event"})


class GateRouter:
    """Accounts, factors, sessions and lock-outs go by the gate; so does every write to grants and the trail."""

    def db_for_read(self, model: type[Model], **hints: object) -> str | None:  # noqa: ARG002 - Django's signature
        """Return the gate for what the web role cannot read."""
        return GATE if _is_gates(model) else None

    def db_for_write(self, model: type[Model], **hints: object) -> str | None:  # noqa: ARG002 - Django's signature
        """Return the gate for what the web role cannot write."""
        return GATE if _is_gates(model) or model._meta.label_lower in GATE_WRITES else None

    def allow_relation(self, obj1: Model, obj2: Model, **hints: object) -> bool:  # noqa: ARG002 - Django's signature
        """Allow every relation: both aliases are logins to one database."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:  # noqa: ARG002 - Django's signature
        """Migrate the one database once."""
        return db != GATE


def _is_gates(model: type[Model]) -> bool:
    return model._meta.app_label in GATE_APPS or model._meta.label_lower in GATE_MODELS
