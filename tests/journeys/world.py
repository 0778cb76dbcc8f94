"""A training world made once for a test run, its deliveries and its truth."""

import base64
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from audit.trail import SERVICE, acting_as
from custody.models import CustodyEvent
from feeds.dropping import MANIFEST_SUFFIX, read_pieces
from feeds.keys import service_identity
from feeds.models import Delivery, Supplier
from feeds.pipeline import import_delivery
from feeds.receiving import receive_delivery
from feeds.training.truth import read_truth
from offenders.models import Profile
from tests.figures import figure

# Kind, and the person by prison number, or by scheme reference where no file gives a number.
Happening = tuple[str, str]


def register_suppliers(folder: Path) -> None:
    """Register the world's suppliers."""
    for supplier in json.loads((folder / "suppliers.json").read_text(encoding="utf-8")):
        Supplier.objects.update_or_create(
            name=supplier["name"],
            defaults={
                "public_key": base64.b64decode(supplier["public_key"]),
                "feeds": supplier["feeds"],
                "recipient": supplier["recipient"],
            },
        )


def deliver(files: Iterable[Path]) -> list[Delivery]:
    """Publish sealed files in the order given."""
    published = []
    with acting_as(SERVICE, because="test"):
        for sealed in files:
            manifest = sealed.with_name(sealed.name.removesuffix(".age") + MANIFEST_SUFFIX)
            receipt = receive_delivery(manifest.read_bytes(), read_pieces(sealed), received_by=None)
            published.append(import_delivery(receipt.delivery.pk))
    return published


def files_of(folder: Path) -> list[Path]:
    """Return the world's sealed files in the order of their extracts."""
    return sorted(path for path in folder.glob("*.age") if path.name != "truth.age")


def observable(folder: Path) -> Counter[Happening]:
    """Return what the truth says the files show."""
    found: Counter[Happening] = Counter()
    for event in read_truth(folder / "truth.age", service_identity(settings.KEYS_DIRECTORY)):
        if event.observable:
            found[event.kind, event.prison_number or event.ppo_reference] += 1
    return found


def found() -> Counter[Happening]:
    """Return what the service found."""
    numbers = {}
    for profile in Profile.objects.all().iterator():
        memberships = profile.scheme["memberships"]
        reference = memberships[0]["reference"] if memberships else ""
        numbers[profile.pk] = profile.scheme["numbers"]["prison_number"] or reference
    events = CustodyEvent.objects.filter(withdrawn_at__isnull=True)
    return Counter((kind, numbers[pk]) for pk, kind in events.values_list("offender_id", "kind"))


def tell_events(true: Counter[Happening], seen: Counter[Happening], **of_world: object) -> None:
    """Print, per kind, how much the truth holds observable, how much was found, and how much of that is the same."""
    for kind in sorted({kind for kind, _ in true | seen}):
        counts = [sum(n for (k, _), n in side.items() if k == kind) for side in (true, seen, true - seen, seen - true)]
        names = ("observable", "found", "missed", "invented")
        figure("EVENTS", kind=kind, **dict(zip(names, counts, strict=True)), **of_world)
