"""Seal all values of old keys anew under the primary key, or make the next key."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vault.keyring import KeyringError, add_key, keyring
from vault.resealing import RESEALED_PURPOSES, SealedTable, reseal, sealed_tables, values_by_key_id


class Command(BaseCommand):
    """Walks every sealed column; run it as the owner (`JTRACK_PROCESS=migrate`)."""

    help = (
        "Seals values of old keys anew under the primary key. To rotate: reseal --add-key fields; restart every "
        "process; reseal; take the old key file away when the last backup that holds its values has gone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("--purpose", choices=RESEALED_PURPOSES, help="only values of this purpose")
        parser.add_argument("--add-key", choices=RESEALED_PURPOSES, help="make the purpose's next key and stop")
        parser.add_argument("--simulate", action="store_true", help="count, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Make a key, or reseal what old keys have sealed."""
        if options["add_key"]:
            self._add_key(options["add_key"])
            return
        purposes = [options["purpose"]] if options["purpose"] else RESEALED_PURPOSES
        tables = [table for purpose in purposes for table in sealed_tables(purpose)]
        rows = left = 0
        for table in tables:
            if not options["simulate"]:
                rows += self._reseal(table)
            left += self._report(table)
        self.stdout.write(f"tables={len(tables)} rows_resealed={rows} old_values_left={left}")
        if left and not options["simulate"]:
            raise CommandError("values of old keys are left; run reseal again before a key is taken away")

    def _add_key(self, purpose: str) -> None:
        try:
            kid = add_key(settings.KEYS_DIRECTORY, purpose)
        except KeyringError as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"made key {purpose}.{kid}; restart every process, then run reseal")

    def _reseal(self, table: SealedTable) -> int:
        self.stdout.write(f"{table.name}: sealing values of old keys anew under key {table.primary}")
        done = 0
        for count in reseal(table):
            done += count
            self.stdout.write(f"{table.name}: {done} rows")
        return done

    def _report(self, table: SealedTable) -> int:
        counts = values_by_key_id(table)
        shown = ", ".join(f"key {kid}: {count} values" for kid, count in sorted(counts.items())) or "no values"
        self.stdout.write(f"{table.name}: {shown}")
        return sum(count for kid, count in counts.items() if kid != keyring().primary(table.fields[0].purpose))
