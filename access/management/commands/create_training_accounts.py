"""Door to the making of a training site's accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from access.roles import ROLES
from access.training import NotATrainingSiteError, create_training_accounts
from audit.trail import SERVICE, acting_as

FILE_NAME = "training-accounts.txt"


class Command(BaseCommand):
    """Creates the training accounts that are missing and prints their passwords, once."""

    help = "Creates a training site's accounts; passwords are random, printed once and kept in a private file."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Create, and print a line for each new account."""
        file = settings.HOME.root / FILE_NAME
        with acting_as(SERVICE, because="training accounts of this installation"):
            try:
                created = create_training_accounts(file)
            except NotATrainingSiteError as error:
                raise CommandError(str(error)) from error
        for account, password in created:
            self.stdout.write(f"{account.username:18} {password}  {ROLES[account.role].name}, {account.name}")
        self.stdout.write(f"Training accounts: {len(created)} created. The code page shows the second factor.")
