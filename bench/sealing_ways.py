"""Our seal, bare AES-GCM and the token of django-cryptography, measured in one process of the site."""

import os
from collections.abc import Callable
from functools import partial

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django_cryptography.utils.crypto import FernetBytes

from bench.measure import microseconds
from bench.sealing import BARE, OURS, PACKAGE
from vault.seal import Sealer

VALUE = b"FEATHERSTONEHAUGH-SMYTH"
ROW = os.urandom(16)
NONCE_BYTES = 12
Way = tuple[Callable[[], bytes], Callable[[bytes], bytes]]


def measured() -> dict[str, list[float]]:
    """Return microseconds to seal and to open, and bytes, for each way."""
    ours, theirs = Sealer("fields", "bench.sealing.value"), FernetBytes()
    ways: dict[str, Way] = {
        OURS: (lambda: ours.seal(VALUE, ROW), lambda token: ours.unseal(token, ROW)),
        BARE: _bare(),
        PACKAGE: (lambda: theirs.encrypt(VALUE), theirs.decrypt),
    }
    return {name: _measured(seal, unseal) for name, (seal, unseal) in ways.items()}


def _measured(seal: Callable[[], bytes], unseal: Callable[[bytes], bytes]) -> list[float]:
    token = seal()
    return [microseconds(seal), microseconds(partial(unseal, token)), len(token)]


def _bare() -> Way:
    """AES-GCM with a random nonce and the row as associated data: what the library asks of any caller, no more."""
    cipher = AESGCM(AESGCM.generate_key(256))

    def seal() -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + cipher.encrypt(nonce, VALUE, ROW)

    def unseal(token: bytes) -> bytes:
        return cipher.decrypt(token[:NONCE_BYTES], token[NONCE_BYTES:], ROW)

    return seal, unseal
