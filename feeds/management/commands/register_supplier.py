"""Register who may send which feeds, and the key their manifests are signed with."""

import base64
import binascii
import json
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.codes import Code
from audit.trail import SERVICE, acting_as, record
from feeds.models import Supplier
from feeds.returning import RecipientError, check_recipient
from feeds.sources import SOURCES

KEY_BYTES: Final = 32


class Command(BaseCommand):
    """Add a supplier, or replace the feeds and key of one."""

    help = "Register a supplier: name, Ed25519 public key in base64, feeds; or all of a suppliers.json."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one supplier, or a file of several."""
        parser.add_argument("name", nargs="?")
        parser.add_argument("public_key", nargs="?", help="Ed25519 public key, 32 bytes in base64")
        parser.add_argument("feeds", nargs="*", metavar="feed", help=" or ".join(sorted(SOURCES)))
        parser.add_argument(
            "--recipient", metavar="age1…", help="the supplier's own age key: rows go back sealed to it"
        )
        parser.add_argument("--file", type=Path, help="a list of objects with name, public_key, feeds and recipient")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Store the registrations and say so."""
        if options["file"] is not None:
            suppliers = json.loads(options["file"].read_text(encoding="utf-8"))
        elif options["name"] and options["public_key"] and options["feeds"]:
            suppliers = [options]
        else:
            raise CommandError("give a name, a public key and at least one feed, or --file")
        with acting_as(SERVICE, because="register_supplier"):
            for supplier in suppliers:
                self._register(
                    supplier["name"], supplier["public_key"], supplier["feeds"], supplier.get("recipient") or ""
                )

    def _register(self, name: str, public_key: str, feeds: list[str], recipient: str) -> None:
        unknown = sorted(set(feeds) - SOURCES.keys())
        if unknown:
            known = ", ".join(sorted(SOURCES))
            raise CommandError(f"{name}: there is no feed {unknown[0]}; known are {known}")
        told: dict[str, Any] = {"public_key": _key(name, public_key), "feeds": sorted(set(feeds))}
        if recipient:
            told["recipient"] = _recipient(name, recipient)
        Supplier.objects.update_or_create(name=name, defaults=told)
        record(Code.SUPPLIER_REGISTERED, object_type="supplier", object_id=name)
        self.stdout.write(f"{name} may send {', '.join(sorted(set(feeds)))}")


def _recipient(name: str, text: str) -> str:
    try:
        return check_recipient(text)
    except RecipientError as problem:
        raise CommandError(f"{name}: the recipient cannot be used: {problem}") from problem


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise CommandError(f"{name}: the public key is not 32 bytes in base64; ask the supplier for it again")
    return key
