"""The message code by which an event proves, before it is sealed, that its writer wrote it so."""

from __future__ import annotations

import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from vault.keyring import keyring

LABEL = "audit.mac"
KID_BYTES = 2
# The database's own columns are not the writer's to promise.
LEFT_OUT = frozenset({"mac", "at", "xid"})


def authenticate(values: Mapping[str, object]) -> bytes:
    """Return the key id and HMAC-SHA256 of an event's written columns, with the primary audit key."""
    kid = keyring().primary("audit")
    return kid.to_bytes(KID_BYTES, "big") + _mac(values, kid)


def is_authentic(values: Mapping[str, object]) -> bool:
    """Say whether an event's columns are as its writer wrote them."""
    given = values["mac"]
    mac = bytes(given) if isinstance(given, bytes | memoryview) else b""
    kid = int.from_bytes(mac[:KID_BYTES], "big")
    # A key id that never was is a changed event; one whose file is missing is for the operator to mend.
    return kid > 0 and hmac.compare_digest(mac[KID_BYTES:], _mac(values, kid))


def canonical(values: Mapping[str, object]) -> bytes:
    """Return the one byte form of an event: sorted names, times in UTC, bytes in hexadecimal."""
    kept = {name: value for name, value in values.items() if name not in LEFT_OUT}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def _mac(values: Mapping[str, object], kid: int) -> bytes:
    return hmac.digest(keyring().derive("audit", LABEL, kid), canonical(values), "sha256")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"an event holds no {type(value).__name__}")
