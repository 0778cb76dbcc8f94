"""Make and read the keys of the envelope: the service's age identity, a supplier's signing key."""

import base64
import binascii
import os
from pathlib import Path
from typing import Final

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

IDENTITY_FILE: Final = "age"
RECIPIENT_FILE: Final = "age.pub"
OPEN_TO_OTHERS: Final = 0o077


class FeedKeyError(Exception):
    """A key file of the envelope is missing, damaged or open to others; never says what is in it."""


def make_service_keys(directory: Path | None = None) -> str:
    """Make the service's age identity unless there is one, and return its recipient (age1…).

    The identity lies in ``age`` (mode 0600), the recipient that suppliers seal for in ``age.pub``.
    """
    directory = directory or settings.KEYS_DIRECTORY
    if not (directory / IDENTITY_FILE).exists():
        _write_new(directory / IDENTITY_FILE, str(pyrage.x25519.Identity.generate()), mode=0o600)
    recipient = str(_newest_identity(directory).to_public())
    if not (directory / RECIPIENT_FILE).exists():
        _write_new(directory / RECIPIENT_FILE, recipient, mode=0o644)
    return recipient


def service_identity(directory: Path | None = None) -> str:
    """Return the service's age identities, one a line; the last is the newest.

    Raises: FeedKeyError.
    """
    return _read_private((directory or settings.KEYS_DIRECTORY) / IDENTITY_FILE)


def service_recipient(directory: Path | None = None) -> str:
    """Return the age recipient that deliveries are sealed for.

    Raises: FeedKeyError.
    """
    return _read((directory or settings.KEYS_DIRECTORY) / RECIPIENT_FILE).split()[-1]


def make_signing_key(path: Path) -> Ed25519PrivateKey:
    """Make a supplier's Ed25519 signing key unless the file is there, and return it."""
    if not path.exists():
        raw = Ed25519PrivateKey.generate().private_bytes_raw()
        _write_new(path, base64.b64encode(raw).decode(), mode=0o600)
    return read_signing_key(path)


def read_signing_key(path: Path) -> Ed25519PrivateKey:
    """Return the signing key in a file: the base64 of its 32 bytes.

    Raises: FeedKeyError.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(_read_private(path), validate=True))
    except (ValueError, binascii.Error):
        raise FeedKeyError(f"{path.name} is no Ed25519 key in base64; make a new one and register it.") from None


def public_key_text(key: Ed25519PrivateKey) -> str:
    """Return the public half as it is registered for a supplier: base64 of 32 bytes."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _newest_identity(directory: Path) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(service_identity(directory).split()[-1])
    except pyrage.IdentityError:
        raise FeedKeyError(f"{IDENTITY_FILE} is no age identity; put back the right file.") from None


def _write_new(path: Path, text: str, *, mode: int) -> None:
    # O_EXCL: of two set-ups at once one wins, and neither overwrites a key that already opens something.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")


def _read_private(path: Path) -> str:
    text = _read(path)
    if path.stat().st_mode & OPEN_TO_OTHERS:
        raise FeedKeyError(f"{path.name} can be read by others; set its mode to 0600.")
    return text


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text:
        raise FeedKeyError(f"{path.name} cannot be read or is empty; run the set-up, or put back the file.")
    return text
