"""Compare every person's stored events and state with what the facts amount to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from audit.trail import SERVICE, acting_as
from custody.models import CustodyState
from feeds.models import Delivery
from feeds.observing import Streams
from feeds.refreshing import Refresher, people_out_of_line


class Command(BaseCommand):
    """Exit code 0 only when everything is in line, or was brought into line by --rebuild."""

    help = "Check that the projection equals the facts; with --rebuild make it so."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to mend."""
        parser.add_argument("--rebuild", action="store_true", help="derive anew what is out of line")

    def handle(self, *_args: Any, rebuild: bool, **_options: Any) -> None:
        """Check, mend if asked, and close with one line of counts."""
        with acting_as(SERVICE, because="check of the projection"):
            people = list(CustodyState.objects.values_list("pk", flat=True))
            wrong = people_out_of_line(people)
            newest = Delivery.objects.filter(state="published").order_by("-published_at").first()
            if wrong and rebuild and newest is not None:
                with transaction.atomic():
                    Refresher(
                        Streams(),
                        delivery_id=newest.pk,
                        because="rebuild",
                        today=timezone.localdate(),
                    ).refresh(wrong)
            still = people_out_of_line(people) if rebuild else wrong
        self.stdout.write(f"people={len(people)} out_of_line={len(wrong)} left={len(still)}")
        if still:
            raise CommandError(f"{len(still)} people are out of line; run with --rebuild")
