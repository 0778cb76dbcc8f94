"""Receive a sealed delivery and publish it, here or by the worker."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.trail import SERVICE, acting_as
from feeds.dropping import MANIFEST_SUFFIX, read_pieces
from feeds.manifest import EnvelopeError
from feeds.models import Delivery
from feeds.pipeline import import_delivery
from feeds.receiving import Receipt, receive_delivery
from feeds.refusals import CameBy, note_refusal
from feeds.tasks import import_task


class Command(BaseCommand):
    """Take NAME.age with NAME.manifest.json beside it; exit code 0 only when it was taken."""

    help = "Receive a sealed delivery (NAME.age beside NAME.manifest.json) and publish it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and how to go about it."""
        parser.add_argument("file", type=Path, help="the sealed file, NAME.age, or a folder of such pairs")
        parser.add_argument("--inline", action="store_true", help="publish here, without a worker")
        parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")

    def handle(self, *_args: Any, file: Path, inline: bool, json: bool, **_options: Any) -> None:
        """Receive, publish or ring the worker, and say what became of each file."""
        files = sorted(file.glob("*.age")) if file.is_dir() else [file]
        paired = [one for one in files if _manifest_of(one).is_file() or one == file]
        faults = [fault for one in paired if (fault := self._take(one, inline=inline, as_json=json))]
        if faults:
            raise CommandError("; ".join(faults))

    def _take(self, file: Path, *, inline: bool, as_json: bool) -> str:
        with acting_as(SERVICE, because="import command"):
            receipt = self._receive(file)
            delivery = receipt.delivery
            if inline:
                delivery = import_delivery(delivery.pk)
            elif not receipt.is_repeat:
                import_task.delay(str(delivery.pk))
        self.stdout.write(_as_json(delivery, receipt) if as_json else _in_words(delivery, receipt))
        if delivery.state in (Delivery.State.REFUSED, Delivery.State.WAITING):
            return f"{delivery.fault_code}: {delivery.fault_message}; {delivery.fault_cure}"
        return ""

    def _receive(self, file: Path) -> Receipt:
        manifest = _manifest_of(file)
        for needed in (file, manifest):
            if not needed.is_file():
                raise CommandError(
                    f"there is no file {needed.name}; the pair NAME.age and NAME{MANIFEST_SUFFIX} is needed"
                )
        try:
            return receive_delivery(manifest.read_bytes(), read_pieces(file), received_by=None)
        except EnvelopeError as fault:
            note_refusal(fault, came_by=CameBy.COMMAND)
            raise CommandError(f"{fault.code}: {fault}") from fault


def _manifest_of(file: Path) -> Path:
    return file.with_name(file.name.removesuffix(".age") + MANIFEST_SUFFIX)


def _as_json(delivery: Delivery, receipt: Receipt) -> str:
    return json.dumps(
        {
            "delivery": str(delivery.pk),
            "feed": delivery.feed,
            "sequence": delivery.sequence,
            "state": delivery.state,
            "repeat": receipt.is_repeat,
            "fault": delivery.fault_code or None,
            "statement": delivery.statement,
        }
    )


def _in_words(delivery: Delivery, receipt: Receipt) -> str:
    repeat = ", which had come before: nothing done" if receipt.is_repeat else ""
    counts = ""
    if delivery.statement:
        told = delivery.statement
        counts = (
            f": {told['rows']} rows = {told['new_versions']} new + {told['unchanged']} unchanged"
            f" + {told['quarantined']} quarantined + {told['duplicates']} twice;"
            f" {sum(told['events'].values())} events"
        )
    return f"{delivery.feed} {delivery.sequence} {delivery.state}{repeat}{counts}"
