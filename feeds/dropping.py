"""The drop folder: pairs of NAME.age and NAME.manifest.json, received and then moved aside."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audit import trail
from feeds.crash_points import CrashPoint, reach
from feeds.manifest import EnvelopeError
from feeds.receiving import PIECE_BYTES, Receipt, receive_delivery
from feeds.refusals import CameBy, note_refusal

MANIFEST_SUFFIX: Final = ".manifest.json"
TAKEN: Final = "taken"
REFUSED: Final = "refused"
logger = logging.getLogger(__name__)


def take_from_drop_folder(folder: Path | None = None) -> list[UUID]:
    """Receive every complete pair in the folder and return the deliveries, oldest name first.

    What was taken moves to ``taken``; what was not moves to ``refused`` with a
    note of why beside it. A file without its other half is left to wait.
    """
    folder = folder or settings.DROP_DIRECTORY
    _finish_moves(folder)
    received = []
    for manifest in sorted(folder.glob(f"*{MANIFEST_SUFFIX}")):
        sealed = manifest.with_name(manifest.name.removesuffix(MANIFEST_SUFFIX) + ".age")
        if not sealed.exists():
            continue
        delivery_id = _take(manifest, sealed)
        if delivery_id is not None:
            received.append(delivery_id)
    return received


def _take(manifest: Path, sealed: Path) -> UUID | None:
    try:
        sighting = _sighting(manifest, sealed)
        receipt = _receive(manifest, sealed)
    except FileNotFoundError:
        # Another worker looked into the folder at the same moment and has moved the pair.
        return None
    except EnvelopeError as fault:
        logger.warning("drop folder: a delivery was refused, code %s", fault.code)
        note_refusal(fault, came_by=CameBy.DROP, sighting=sighting)
        note = _aside(manifest, REFUSED) / f"{sealed.stem}.why.txt"
        note.write_text(f"{fault.code}: {fault}\n", encoding="utf-8")
        _put_aside(manifest, sealed, REFUSED)
        return None
    reach(CrashPoint.RECEIVED)
    _put_aside(manifest, sealed, TAKEN)
    return receipt.delivery.pk


def _receive(manifest: Path, sealed: Path) -> Receipt:
    """Store and record at once: what could not be recorded was not received."""
    with transaction.atomic():
        receipt = receive_delivery(manifest.read_bytes(), read_pieces(sealed), received_by=None)
        code = trail.Code.DELIVERY_REPEATED if receipt.is_repeat else trail.Code.DELIVERY_RECEIVED
        trail.record(code, object_type="delivery", object_id=receipt.delivery.pk)
    return receipt


def read_pieces(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces of a megabyte."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _sighting(manifest: Path, sealed: Path) -> str:
    """Tell this pair from every other, without its name; a file put there again has another time."""
    return " ".join(f"{half.st_ino}-{half.st_mtime_ns}" for half in (manifest.stat(), sealed.stat()))


def _put_aside(manifest: Path, sealed: Path, folder: str) -> None:
    """Move a pair; a manifest that lies there alone means that the other half is still to follow."""
    aside = _aside(manifest, folder)
    (aside / sealed.name).unlink(missing_ok=True)
    _move(manifest, aside)
    reach(CrashPoint.MANIFEST_MOVED)
    _move(sealed, aside)


def _finish_moves(folder: Path) -> None:
    """Let files follow their manifests that were moved by a process which then died."""
    for sealed in folder.glob("*.age"):
        name = sealed.stem + MANIFEST_SUFFIX
        for aside in (folder / TAKEN, folder / REFUSED):
            if not (folder / name).exists() and (aside / name).exists() and not (aside / sealed.name).exists():
                _move(sealed, aside)


def _aside(path: Path, folder: str) -> Path:
    aside = path.parent / folder
    aside.mkdir(mode=0o700, exist_ok=True)
    return aside


def _move(path: Path, aside: Path) -> None:
    """Move a file, unless another worker was quicker."""
    with suppress(FileNotFoundError):
        path.replace(aside / path.name)
