"""Seal a delivery and open it again in memory: age for secrecy, an Ed25519 signature for its sender."""

import base64
import binascii
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, BinaryIO, Final

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from feeds.manifest import EnvelopeError, Manifest
from feeds.sealed_stream import PIECE_BYTES, SealedStream

__all__ = [
    "AGE_MAGIC",
    "EnvelopeError",
    "Manifest",
    "SealedStream",
    "open_sealed",
    "seal",
    "verify_signature",
]

AGE_MAGIC: Final = b"age-encryption.org/v1\n"
LARGEST_PLAINTEXT_BYTES: Final = 2 * 1024**3


def seal(  # noqa: PLR0913 – one argument for each statement of the manifest
    plain: BinaryIO | bytes,
    *,
    feed: str,
    supplier: str,
    extract_at: datetime,
    sequence: int,
    rows: int,
    recipients: Sequence[str],
    signing_key: Ed25519PrivateKey,
    corrects: int | None = None,
    forces: Sequence[str] = (),
    encoding: str = "utf-8",
) -> tuple[bytes, Manifest]:
    """Return the plaintext as an age file for the recipients, and its signed manifest.

    ``recipients`` are age X25519 public keys (age1…); ``extract_at`` carries its offset.
    Raises: EnvelopeError when a value is not one a manifest may hold, or a recipient is no age key.
    Source: feeds.md 2.
    """
    reader = _HashingReader(io.BytesIO(plain) if isinstance(plain, bytes) else plain)
    sealed = io.BytesIO()
    pyrage.encrypt_io(reader, sealed, _recipients(recipients))
    unsigned = Manifest(
        feed=feed,
        supplier=supplier,
        extract_at=extract_at,
        sequence=sequence,
        corrects=corrects,
        forces=tuple(forces),
        encoding=encoding,
        rows=rows,
        sha256=reader.digest.hexdigest(),
        sealed_sha256=hashlib.sha256(sealed.getbuffer()).hexdigest(),
        signature="",
    )
    signature = signing_key.sign(unsigned.signed_bytes())
    manifest = replace(unsigned, signature=base64.b64encode(signature).decode())
    # What we seal must be what a receiver takes.
    return sealed.getvalue(), Manifest.from_json(manifest.to_json())


def verify_signature(manifest: Manifest, public_key_raw: bytes) -> None:
    """Check that the holder of the supplier's key signed the manifest.

    ``public_key_raw``: the 32 bytes of the supplier's registered Ed25519 public key.
    Raises: EnvelopeError E-01.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key_raw)
        key.verify(base64.b64decode(manifest.signature, validate=True), manifest.signed_bytes())
    except (InvalidSignature, ValueError, binascii.Error):
        raise EnvelopeError(
            "E-01",
            thing="it was not made with the key that is registered for this supplier",
            place="signature",
            cure="ask the supplier by telephone which key they sign with; never take the delivery as it is",
        ) from None


def open_sealed(
    pieces: Iterable[bytes] | BinaryIO,
    *,
    identity: str,
    manifest: Manifest,
    most_bytes: int = LARGEST_PLAINTEXT_BYTES,
) -> SealedStream:
    """Return the plaintext as a binary stream that decrypts while it is read, in memory only.

    ``identity`` holds one or more age identities, one a line. The pieces are fetched in the reader's own
    thread, so that they may come from its database connection. Good plaintext comes out before damage
    further on is known: nothing that was read counts until ``complete`` is true.
    Raises: EnvelopeError E-03 here; E-02, E-04, E-05 and E-06 while it is read.
    Source: security.md 4.1.
    """
    return SealedStream(_pieces(pieces), identities=_identities(identity), manifest=manifest, most_bytes=most_bytes)


class _HashingReader:
    """Reads a plaintext for sealing and keeps its hash."""

    def __init__(self, plain: BinaryIO) -> None:
        self._plain = plain
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._plain.read(size)
        self.digest.update(data)
        return data


def _pieces(source: Iterable[bytes] | BinaryIO) -> Iterator[bytes]:
    read = getattr(source, "read", None)
    if read is None:
        # An empty piece in the middle must not be taken for the end.
        return (bytes(piece) for piece in source if piece)
    return iter(lambda: bytes(read(PIECE_BYTES)), b"")


def _identities(text: str) -> Sequence[Any]:
    identities = []
    with suppress(pyrage.IdentityError):
        identities = [pyrage.x25519.Identity.from_str(line) for line in text.split()]
    if not identities:
        raise EnvelopeError(
            "E-03",
            thing="it is not an age identity",
            place="the service's key file",
            cure="make the keys again with the set-up command, or put back the right file",
        )
    return identities


def _recipients(texts: Sequence[str]) -> Sequence[Any]:
    recipients = []
    with suppress(pyrage.RecipientError):
        recipients = [pyrage.x25519.Recipient.from_str(text) for text in texts]
    if not recipients:
        raise EnvelopeError(
            "E-03",
            thing="it is missing or not an age public key (age1…)",
            place="recipient",
            cure="ask the service's operator for the text of age.pub",
        )
    return recipients
