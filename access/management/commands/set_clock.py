"""Door to the clock of a training site."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.clock import ClockRefusedError, now, set_clock


class Command(BaseCommand):
    """Shifts the clock that custody work goes by; sessions and the audit trail keep the real time."""

    help = "Sets the clock of a training site: 2026-11-26T09:00 in UK time, or --real. A live site refuses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a moment or the way back."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("moment", nargs="?", help="UK time, as in 2026-11-26T09:00")
        which.add_argument("--real", action="store_true", help="show the real time again")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Set the clock and say what it shows."""
        try:
            set_clock(None if options["real"] else _moment(options["moment"]))
        except ClockRefusedError as error:
            raise CommandError(f"The clock was not set: {error}.") from error
        self.stdout.write(f"The clock shows {timezone.localtime(now()):%Y-%m-%dT%H:%M}.")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError("The moment is not a date and time as in 2026-11-26T09:00.") from error
    return moment if moment.tzinfo else timezone.make_aware(moment)
