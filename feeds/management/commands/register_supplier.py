"""Register who may send which feeds, and the key their manifests are signed with."""

import base64
import binascii
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feeds.models import Supplier
from feeds.sources import SOURCES

KEY_BYTES: Final = 32


class Command(BaseCommand):
    """Add a supplier, or replace the feeds and key of one."""

    help = "Register a supplier: name, feeds, Ed25519 public key in base64."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the supplier's name, key and feeds."""
        parser.add_argument("name")
        parser.add_argument("public_key", help="Ed25519 public key, 32 bytes in base64")
        parser.add_argument("feeds", nargs="+", choices=sorted(SOURCES))

    def handle(self, *_args: Any, name: str, public_key: str, feeds: list[str], **_options: Any) -> None:
        """Store the registration and say so."""
        try:
            key = base64.b64decode(public_key, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            raise CommandError("the public key is not 32 bytes in base64; ask the supplier for it again")
        Supplier.objects.update_or_create(name=name, defaults={"public_key": key, "feeds": sorted(set(feeds))})
        self.stdout.write(f"{name} may send {', '.join(sorted(set(feeds)))}")
