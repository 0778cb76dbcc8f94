"""Blind indexes of identifiers and match tokens: equal values give equal bytes, and nothing else can be read."""

import hmac

from vault.keyring import Keyring, keyring

INDEX_BYTES = 16
KINDS = frozenset({"prison_number", "pnc", "cro", "ppo_reference", "booking"})


def blind_index(kind: str, value: str) -> bytes:
    """Return the 16-byte index of an identifier in its canonical form, under the kind's primary key.

    Keys differ by kind, so that one number held as two kinds cannot be joined by a thief of the database.
    Raises: ValueError when the kind is unknown or the value is empty.
    Source: security.md 1.5.
    """
    _check(kind, value)
    return hmac.digest(_primary_key("indexes", kind), value.encode(), "sha256")[:INDEX_BYTES]


def blind_indexes(kind: str, value: str) -> tuple[bytes, ...]:
    """Return the index under every key still on the ring, oldest first: search all of these during a rotation.

    Raises: ValueError when the kind is unknown or the value is empty.
    """
    return tuple(_index(kind, value, kid=kid) for kid in keyring().kids("indexes"))


def match_token(*parts: str) -> bytes:
    """Return the 16-byte token of the parts; only the importer's process holds its key.

    The first part says which kind of token it is. A token must hold the full date of birth, or the full name with two
    parts of it: weaker ones can be guessed by their frequency.
    Raises: ValueError when there are fewer than two parts or one is empty.
    Source: security.md 1.5.
    """
    if len(parts) < 2 or not all(parts):  # noqa: PLR2004 - a kind and at least one part
        raise ValueError("a match token needs its kind and at least one part, none of them empty")
    return hmac.digest(_primary_key("match", "match"), b"".join(map(_framed, parts)), "sha256")[:INDEX_BYTES]


class _Bound:
    """The primary keys in use, bound to one keyring as a sealer is; an import asks for them a million times."""

    ring: Keyring | None = None
    keys: dict[tuple[str, str], bytes] = {}


def _primary_key(purpose: str, label: str) -> bytes:
    ring = keyring()
    if _Bound.ring is not ring:
        _Bound.ring, _Bound.keys = ring, {}
    key = _Bound.keys.get((purpose, label))
    if key is None:
        key = _Bound.keys[purpose, label] = ring.derive(purpose, label, ring.primary(purpose))
    return key


def _check(kind: str, value: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"there is no index of kind {kind!r}; the kinds are {', '.join(sorted(KINDS))}")
    if not value:
        raise ValueError(f"an empty {kind} has no index; leave the index out")


def _index(kind: str, value: str, *, kid: int) -> bytes:
    _check(kind, value)
    key = keyring().derive("indexes", kind, kid)
    return hmac.digest(key, value.encode(), "sha256")[:INDEX_BYTES]


def _framed(part: str) -> bytes:
    # With its length in front, ("AB", "C") and ("A", "BC") give different tokens.
    encoded = part.encode()
    return len(encoded).to_bytes(4, "big") + encoded
