"""Seal a value for one row of one column with AES-256-GCM, and open it there and nowhere else.

A token is `version (1) | key id (2) | nonce (12) | ciphertext and tag`. Its associated data are version, key id,
label and row, so it opens for no other column or row. The plain text carries its length and is padded with zeros to
a multiple of 32 bytes, so that short values all have one length.
"""

from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.keyring import Keyring, KeyringError, keyring

VERSION = 1
BUCKET_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
HEAD_BYTES = 3
LENGTH_BYTES = 4
SHORTEST_TOKEN = HEAD_BYTES + NONCE_BYTES + BUCKET_BYTES + TAG_BYTES
LONGEST_LABEL = 255
SEALERS_KEPT = 1024


class SealError(Exception):
    """A value could not be sealed or opened; the message never holds the value."""


class Sealer:
    """Seals and opens the values of one column; keeps its ciphers, so make it once and use it for many."""

    __slots__ = ("_ciphers", "_head", "_label", "_primary", "_ring", "_tail", "label", "purpose")

    def __init__(self, purpose: str, label: str) -> None:
        """Bind to the primary key of the process's keyring.

        Raises: KeyringError when the purpose has no key.
        """
        self.purpose = purpose
        self.label = label
        encoded = label.encode()
        if not 0 < len(encoded) <= LONGEST_LABEL:
            raise ValueError(f"a label has 1 to {LONGEST_LABEL} bytes")
        # The label's length keeps label and row apart in the associated data.
        self._tail = bytes([len(encoded)]) + encoded
        self._bind(keyring())

    @property
    def primary(self) -> int:
        """The key id that new tokens carry."""
        if self._ring is not keyring():
            self._bind(keyring())
        return int.from_bytes(self._head[1:], "big")

    def seal(self, plain: bytes, row: bytes) -> bytes:
        """Return the token of a value for a row.

        Raises: SealError when the row is empty.
        """
        if self._ring is not keyring():
            self._bind(keyring())
        if not row:
            raise SealError(f"a value of {self.label} has no row to be sealed for; give the row its id first")
        size = len(plain)
        body = size.to_bytes(LENGTH_BYTES, "big") + plain + bytes(-(size + LENGTH_BYTES) % BUCKET_BYTES)
        nonce = urandom(NONCE_BYTES)
        return self._head + nonce + self._primary.encrypt(nonce, body, self._head + self._tail + row)

    def unseal(self, token: bytes, row: bytes) -> bytes:
        """Return the value of a token.

        Raises: SealError when the token was altered, was sealed for another row or column, or lacks its key.
        """
        if self._ring is not keyring():
            self._bind(keyring())
        if len(token) < SHORTEST_TOKEN or token[0] != VERSION:
            raise self._refusal("is cut short or of an unknown version")
        head = token[:HEAD_BYTES]
        cipher = self._ciphers.get(head) or self._retired(head)
        try:
            body = cipher.decrypt(token[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES], token[15:], head + self._tail + row)
        except InvalidTag:
            raise self._refusal("was altered, or belongs to another row or column") from None
        size = int.from_bytes(body[:LENGTH_BYTES], "big")
        if size > len(body) - LENGTH_BYTES:
            raise self._refusal("has a wrong length inside")
        return body[LENGTH_BYTES : LENGTH_BYTES + size]

    def _bind(self, ring: Keyring) -> None:
        kid = ring.primary(self.purpose)
        self._head = bytes([VERSION]) + kid.to_bytes(2, "big")
        self._primary = AESGCM(ring.derive(self.purpose, self.label, kid))
        self._ciphers = {self._head: self._primary}
        self._ring = ring

    def _retired(self, head: bytes) -> AESGCM:
        kid = int.from_bytes(head[1:], "big")
        try:
            key = self._ring.derive(self.purpose, self.label, kid)
        except KeyringError as fault:
            raise self._refusal(f"needs a missing key: {fault}") from None
        return self._ciphers.setdefault(head, AESGCM(key))

    def _refusal(self, reason: str) -> SealError:
        return SealError(f"a sealed value of {self.label} {reason}; restore it from a backup or the sender's file")


_SEALERS: dict[tuple[str, str], Sealer] = {}


def sealer(purpose: str, label: str) -> Sealer:
    """Return the kept sealer of a column.

    Raises: KeyringError when the purpose has no key.
    """
    found = _SEALERS.get((purpose, label))
    if found is None:
        # Labels may be made per file, so the cache is emptied rather than left to grow.
        if len(_SEALERS) >= SEALERS_KEPT:
            _SEALERS.clear()
        found = _SEALERS[purpose, label] = Sealer(purpose, label)
    return found


def seal(plain: bytes, *, purpose: str, label: str, row: bytes) -> bytes:
    """Return the token of one value for a row; see Sealer for many.

    Raises: SealError, KeyringError.
    """
    return sealer(purpose, label).seal(plain, row)


def unseal(token: bytes, *, purpose: str, label: str, row: bytes) -> bytes:
    """Return the value of one token; nothing is recorded, so people's values go through sealed fields instead.

    Raises: SealError, KeyringError.
    """
    return sealer(purpose, label).unseal(token, row)


def key_id(token: bytes) -> int:
    """Return the key id that a token carries.

    Raises: SealError when it is no token.
    """
    if len(token) < SHORTEST_TOKEN or token[0] != VERSION:
        raise SealError("a sealed value is cut short or of an unknown version; restore it from a backup")
    return int.from_bytes(token[1:HEAD_BYTES], "big")
