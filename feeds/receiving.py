"""Takes sealed deliveries in: manifest and signature checked, ciphertext kept, nothing opened.

Nothing here decrypts; what is stored is what the sender sealed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from custody.wording import day_of
from feeds.crash_points import CrashPoint, reach
from feeds.envelope import verify_signature
from feeds.manifest import EnvelopeError, Manifest
from feeds.models import Delivery, DeliveryPiece, Supplier, position_of
from feeds.sources import source_for

PIECE_BYTES: Final = 1024 * 1024
AGE_HEADER: Final = b"age-encryption.org/v1\n"
MAX_BYTES: Final = 1024 * 1024 * 1024
CLOCK_ALLOWANCE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a handed-in file: its delivery, and whether it had come before."""

    delivery: Delivery
    is_repeat: bool


def receive_delivery(manifest_bytes: bytes, sealed: Iterable[bytes], *, received_by: UUID | None) -> Receipt:
    """Store a sealed delivery as received, or return the one that this file already is.

    Raises: EnvelopeError when the manifest, the signature, the hash, the clock
    or the sequence is wrong; nothing is stored then.
    Source: feeds.md 1 and 2.
    """
    manifest = Manifest.from_json(manifest_bytes)
    check_manifest(manifest, now=timezone.now())
    known = _already_received(manifest)
    if known is not None:
        return Receipt(known, is_repeat=True)
    _check_correction(manifest)
    try:
        with transaction.atomic():
            return Receipt(_store(manifest, sealed, received_by), is_repeat=False)
    except IntegrityError:
        # Another process stored the same file first, or took its sequence.
        known = _already_received(manifest)
        if known is None:
            raise
        return Receipt(known, is_repeat=True)


def check_manifest(manifest: Manifest, *, now: datetime) -> None:
    """Check who sent it, what they may send, and the clock.

    Raises: EnvelopeError naming what is wrong and what to do.
    """
    supplier = Supplier.objects.filter(pk=manifest.supplier).first()
    if supplier is None:
        raise EnvelopeError(
            "E-SUP",
            thing="the supplier is not registered",
            place="supplier",
            cure="register the supplier and its signing key first",
        )
    verify_signature(manifest, bytes(supplier.public_key))
    source_for(manifest)
    if manifest.feed not in supplier.feeds:
        raise EnvelopeError(
            "E-FEED",
            thing="this supplier may not send this feed",
            place="feed",
            cure="check the feed's name, or register the feed for the supplier",
        )
    if manifest.extract_at > now + CLOCK_ALLOWANCE:
        raise EnvelopeError(
            "E-TIME",
            thing="the extract lies more than 15 minutes in the future",
            place="extract_at",
            cure="check the sender's clock and send the file again",
        )


def _check_correction(manifest: Manifest) -> None:
    """A corrected file is of the same extract as the one it corrects; that one may still be on its way."""
    if manifest.corrects is None:
        return
    corrected = Delivery.objects.filter(
        feed=manifest.feed, supplier_id=manifest.supplier, sequence=manifest.corrects
    ).first()
    if corrected is not None and day_of(corrected.extract_at) != manifest.extract_day:
        raise EnvelopeError(
            "E-COR",
            thing="the file it corrects is of another extract",
            place="corrects",
            cure="name in corrects the sequence of the file that this one replaces, or null, and sign it again",
        )


def _already_received(manifest: Manifest) -> Delivery | None:
    same_file = Delivery.objects.filter(sealed_sha256=manifest.sealed_sha256).first()
    if same_file is not None:
        return same_file
    same_sequence = Delivery.objects.filter(
        feed=manifest.feed, supplier_id=manifest.supplier, sequence=manifest.sequence
    ).first()
    if same_sequence is None:
        return None
    if same_sequence.manifest.get("sha256") == manifest.sha256:
        return same_sequence
    raise EnvelopeError(
        "E-SEQ",
        thing="this sequence has already come with other content",
        place=f"sequence {manifest.sequence}",
        cure="send a corrected file under a new sequence, and name in corrects the one it corrects",
    )


def _store(manifest: Manifest, sealed: Iterable[bytes], received_by: UUID | None) -> Delivery:
    delivery = Delivery(
        feed=manifest.feed,
        supplier_id=manifest.supplier,
        sequence=manifest.sequence,
        extract_at=manifest.extract_at,
        position=position_of(extract_epoch=int(manifest.extract_at.timestamp()), sequence=manifest.sequence),
        corrects=manifest.corrects,
        forces=list(manifest.forces),
        rows=manifest.rows,
        sealed_sha256=manifest.sealed_sha256,
        manifest=json.loads(manifest.to_json()),
        received_by=received_by,
    )
    pieces = list(_checked(_in_pieces(sealed), manifest))
    delivery.size = sum(map(len, pieces))
    delivery.save(force_insert=True)
    for number, piece in enumerate(pieces):
        DeliveryPiece(delivery=delivery, number=number, ciphertext=piece).save(force_insert=True)
    reach(CrashPoint.PIECES_STORED)
    return delivery


def _checked(pieces: Iterable[bytes], manifest: Manifest) -> Iterator[bytes]:
    """Hand the pieces on; what is no age file is not read past its first piece."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        if size == 0 and not piece.startswith(AGE_HEADER):
            _refuse("E-AGE", "the file is not sealed with age", "seal the file to the service's key and send it again")
        digest.update(piece)
        size += len(piece)
        if size > MAX_BYTES:
            _refuse("E-SIZE", "it is larger than 1 GiB", "send the file as a zip, or ask us to raise the limit")
        yield piece
    if digest.hexdigest() != manifest.sealed_sha256:
        _refuse(
            "E-HASH",
            "its SHA-256 is not the one that the manifest states",
            "send the file again; it was cut or changed on the way",
        )


def _refuse(code: str, thing: str, cure: str) -> NoReturn:
    raise EnvelopeError(code, thing=thing, place="sealed file", cure=cure)


def _in_pieces(sealed: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in sealed:
        held += chunk
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)
