"""Our seal beside the token of django-cryptography: microseconds and bytes a value."""

import os
from collections.abc import Callable
from functools import partial

from django_cryptography.utils.crypto import FernetBytes

from bench.measure import Figure, microseconds
from vault.seal import Sealer

VALUE = b"FEATHERSTONEHAUGH-SMYTH"
ROW = os.urandom(16)


def figures() -> list[Figure]:
    """Return time to seal, time to open and size, for both."""
    ours, theirs = Sealer("fields", "bench.sealing.value"), FernetBytes()
    ways: list[tuple[str, Callable[[], bytes], Callable[[bytes], bytes]]] = [
        ("AES-256-GCM, bound to its row", lambda: ours.seal(VALUE, ROW), lambda token: ours.unseal(token, ROW)),
        ("the package's Fernet", lambda: theirs.encrypt(VALUE), theirs.decrypt),
    ]
    found = []
    for name, seal, unseal in ways:
        token = seal()
        found += [
            Figure(f"seal one value, {name}", microseconds(seal), "µs"),
            Figure(f"open one value, {name}", microseconds(partial(unseal, token)), "µs"),
            Figure(f"size of a value of {len(VALUE)} bytes, {name}", len(token), "bytes"),
        ]
    return found
