"""The drop folder: pairs of NAME.age and NAME.manifest.json, received and then moved aside."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from audit import trail
from feeds.manifest import EnvelopeError
from feeds.receiving import PIECE_BYTES, receive_delivery

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
        receipt = receive_delivery(manifest.read_bytes(), read_pieces(sealed), received_by=None)
    except EnvelopeError as fault:
        logger.warning("drop folder: a delivery was refused, code %s", fault.code)
        trail.record(trail.Code.DELIVERY_REFUSED, reason_code=fault.code)
        _move(manifest, REFUSED)
        note = _move(sealed, REFUSED).with_suffix(".why.txt")
        note.write_text(f"{fault.code}: {fault}\n", encoding="utf-8")
        return None
    code = trail.Code.DELIVERY_REPEATED if receipt.is_repeat else trail.Code.DELIVERY_RECEIVED
    trail.record(code, object_type="delivery", object_id=receipt.delivery.pk)
    _move(manifest, TAKEN)
    _move(sealed, TAKEN)
    return receipt.delivery.pk


def read_pieces(path: Path) -> Iterator[bytes]:
    """Yield a file in pieces of a megabyte."""
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _move(path: Path, folder: str) -> Path:
    aside = path.parent / folder
    aside.mkdir(mode=0o700, exist_ok=True)
    return path.replace(aside / path.name)
