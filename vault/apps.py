"""The vault as a Django application."""

from django.apps import AppConfig

from vault import checks

__all__ = ["VaultConfig", "checks"]


class VaultConfig(AppConfig):
    """Registers the vault's commands with Django; importing `checks` has registered those."""

    name = "vault"
