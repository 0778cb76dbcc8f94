"""Store forces, areas, establishments, movement reasons and postcode districts."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from access.areas import load_areas
from audit.trail import SERVICE, acting_as
from custody.establishments import load_establishments, load_movement_reasons, load_postcode_districts


class Command(BaseCommand):
    """Door to the loading of reference data; safe to run at every start."""

    help = "Stores the reference data of the release, once or again: no personal data is touched."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Load everything in one transaction, areas first: the postcode districts need them."""
        with acting_as(SERVICE, because="reference data of this release"), transaction.atomic():
            areas = load_areas()
            establishments = load_establishments()
            reasons = load_movement_reasons()
            districts = load_postcode_districts()
        self.stdout.write(
            f"Reference data: {areas['forces']} forces, {areas['areas']} areas, "
            f"{establishments} establishments, {reasons} movement reasons, "
            f"{districts} postcode districts, {areas['new_keys']} new area keys."
        )
