"""Sealed deliveries of invented people, made and published the way a supplier's are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from audit.trail import SERVICE, acting_as
from feeds.envelope import seal
from feeds.keys import make_service_keys
from feeds.manifest import LONDON, Manifest
from feeds.models import Delivery, Supplier
from feeds.pipeline import import_delivery
from feeds.receiving import receive_delivery
from tests.feeds.made_files import HEADER, ppo_line, roll_line

FIRST_DAY = date(2026, 11, 2)
BOTH_FORCES = ("13", "06")
SUPPLIERS = {"prison_roll": "Invented Prisons", "ppo": "Invented Schemes"}


@dataclass(frozen=True)
class SealedFile:
    """A sealed file and its manifest, as a supplier hands them in."""

    sealed: bytes
    manifest: Manifest


@dataclass
class Desk:
    """Makes and publishes deliveries; each feed's supplier has a key of its own."""

    suppliers: Mapping[str, str] = field(default_factory=lambda: SUPPLIERS)
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    identities: dict[str, pyrage.x25519.Identity] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for feed, supplier in self.suppliers.items():
            key, identity = Ed25519PrivateKey.generate(), pyrage.x25519.Identity.generate()
            self.keys[feed], self.identities[feed] = key, identity
            registered = {
                "public_key": key.public_key().public_bytes_raw(),
                "recipient": str(identity.to_public()),
                "feeds": [feed],
            }
            Supplier.objects.update_or_create(name=supplier, defaults=registered)

    def roll(
        self,
        day: date,
        people: Iterable[Mapping[int, str]],
        *,
        sequence: int | None = None,
        corrects: int | None = None,
    ) -> SealedFile:
        """Return the sealed roll of a day."""
        usual = {0: f"{day:%d/%m/%Y}", 134: "N", 135: "01/11/2026", 139: "ADM"}
        lines = [roll_line({**usual, **values}) for values in people]
        extract_at = datetime(day.year, day.month, day.day, 5, 30, tzinfo=LONDON)
        return self.sealed("prison_roll", lines, "", extract_at, sequence, corrects)

    def ppo(
        self,
        day: date,
        people: Iterable[Mapping[str, str]],
        *,
        sequence: int | None = None,
        forces: Sequence[str] = BOTH_FORCES,
    ) -> SealedFile:
        """Return the sealed PPO lists of a day."""
        lines = [ppo_line(values) for values in people]
        extract_at = datetime(day.year, day.month, day.day, 5, 0, tzinfo=LONDON)
        return self.sealed("ppo", lines, HEADER, extract_at, sequence, None, forces=forces)

    def sealed(
        self,
        feed: str,
        lines: Sequence[str],
        header: str,
        extract_at: datetime,
        sequence: int | None,
        corrects: int | None,
        *,
        forces: Sequence[str] = BOTH_FORCES,
    ) -> SealedFile:
        """Return a sealed file with the next sequence of its feed unless one is given."""
        number = sequence or self.sequences.get(feed, 0) + 1
        self.sequences[feed] = max(number, self.sequences.get(feed, 0))
        sealed, manifest = seal(
            (header + "".join(lines)).encode(),
            feed=feed,
            supplier=self.suppliers[feed],
            extract_at=extract_at,
            sequence=number,
            corrects=corrects,
            forces=forces if feed == "ppo" else (),
            encoding="utf-8",
            rows=len(lines),
            recipients=[make_service_keys(Path(settings.KEYS_DIRECTORY))],
            signing_key=self.keys[feed],
        )
        return SealedFile(sealed, manifest)


def publish(file: SealedFile) -> Delivery:
    """Receive and publish a file as the worker does, and return its delivery."""
    with acting_as(SERVICE, because="test"):
        receipt = receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None)
        return import_delivery(receipt.delivery.pk)


def days(count: int, *, start: date = FIRST_DAY) -> list[date]:
    """Return that many days in a row."""
    return [start + timedelta(days=number) for number in range(count)]
