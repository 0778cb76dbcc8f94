"""Seal a feed file for the service and sign its manifest, as a supplier does."""

from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feeds import envelope, keys
from feeds.manifest import EnvelopeError, Manifest
from feeds.sources import SOURCES, FileFault, RowFault, source_for

UNSIGNED = "0" * 64


class Command(BaseCommand):
    """Writes NAME.age and NAME.manifest.json beside each other; the plaintext is only read."""

    help = "Seal a feed file (NAME.age) and write its signed manifest (NAME.manifest.json)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what the manifest states and where the keys lie."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--feed", required=True, choices=sorted(SOURCES))
        parser.add_argument("--supplier", required=True, help="The name that the service registered you under.")
        parser.add_argument("--extract-at", required=True, help="With offset: 2026-11-24T04:10:00+00:00.")
        parser.add_argument("--sequence", required=True, type=int)
        parser.add_argument("--corrects", type=int, help="The sequence that this delivery replaces.")
        parser.add_argument("--forces", default="", help="For ppo: force codes with commas between, as in 13,14.")
        parser.add_argument("--encoding", default="utf-8", choices=("utf-8", "cp1252"))
        parser.add_argument("--rows", type=int, help="The control total; counted from the file if left out.")
        parser.add_argument("--signing-key", required=True, type=Path, metavar="PATH")
        parser.add_argument("--recipient", action="append", help="age1…; more than once for several keys.")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seal one file. Raises: CommandError, saying what to mend."""
        try:
            sealed, manifest = self._seal(options)
        except (EnvelopeError, FileFault, keys.FeedKeyError, OSError, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        target = _write(options["out"], options["file"].stem, sealed, manifest)
        self.stdout.write(f"Sealed {manifest.rows} rows of {manifest.feed} as {target.name}.")

    def _seal(self, options: dict[str, Any]) -> tuple[bytes, Manifest]:
        statement = _statement(options)
        rows = options["rows"] if options["rows"] is not None else self._count(options["file"], statement)
        with options["file"].open("rb") as plain:
            return envelope.seal(
                plain,
                **statement,
                rows=rows,
                recipients=options["recipient"] or [keys.service_recipient()],
                signing_key=keys.read_signing_key(options["signing_key"]),
            )

    def _count(self, file: Path, statement: dict[str, Any]) -> int:
        draft = Manifest(**statement, rows=0, sha256=UNSIGNED, sealed_sha256=UNSIGNED, signature="")
        with file.open("rb") as plain:
            reader = source_for(draft).read(plain, draft)
            faults = Counter(row.code for row in reader if isinstance(row, RowFault))
        if faults:
            said = ", ".join(f"{count} with {code}" for code, count in sorted(faults.items()))
            self.stderr.write(f"{faults.total()} rows will go to quarantine: {said}.")
        return reader.rows_seen


def _statement(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "feed": options["feed"],
        "supplier": options["supplier"],
        "extract_at": _moment(options["extract_at"]),
        "sequence": options["sequence"],
        "corrects": options["corrects"],
        "forces": tuple(code for code in options["forces"].split(",") if code),
        "encoding": options["encoding"],
    }


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        raise ValueError("--extract-at has no offset; write it as in 2026-11-24T04:10:00+00:00")
    return moment


def _write(directory: Path, name: str, sealed: bytes, manifest: Manifest) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / f"{name}.age"
    target.write_bytes(sealed)
    # Last, because a service that watches the folder takes the manifest as the sign that both are there.
    (directory / f"{name}.manifest.json").write_bytes(manifest.to_json())
    return target
