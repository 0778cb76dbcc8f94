"""The masters of each purpose, kept in key files, and the keys derived from them."""

import base64
import binascii
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSES = ("fields", "rows", "indexes", "match", "audit", "sessions")
MASTER_BYTES = 32
HIGHEST_KID = 0xFFFF
DERIVED_KEPT = 4096
REREAD_SECONDS = 1.0

Masters = Mapping[int, bytes]


class KeyringError(Exception):
    """A key is missing, damaged or open to others; the message never holds key bytes."""


class Keyring:
    """The masters of one installation, read purpose by purpose on first use.

    A process thus holds only what it uses: a web process never reads the importer's match key.
    """

    def __init__(self, read: Callable[[str], Masters]) -> None:
        """Take the function that returns a purpose's masters by key id."""
        self._read = read
        self._masters: dict[str, Masters] = {}
        self._read_at: dict[str, float] = {}
        self._derived: dict[tuple[str, str, int], bytes] = {}

    def kids(self, purpose: str) -> tuple[int, ...]:
        """Return the purpose's key ids, oldest first.

        Raises: KeyringError when the purpose has no usable key.
        """
        if purpose not in self._masters:
            self._reread(purpose)
        return tuple(sorted(self._masters[purpose]))

    def primary(self, purpose: str) -> int:
        """Return the key id that seals; the others only open.

        Raises: KeyringError when the purpose has no usable key.
        """
        return self.kids(purpose)[-1]

    def derive(self, purpose: str, label: str, kid: int) -> bytes:
        """Return the 32-byte key of a label, by HKDF-SHA256 from the purpose's master.

        Raises: KeyringError when the key id is not on the ring.
        Source: security.md 1.4, "per column a key".
        """
        wanted = (purpose, label, kid)
        key = self._derived.get(wanted)
        if key is None:
            key = _hkdf(self._master(purpose, kid), label)
            # Labels may be made per file, so the cache is emptied rather than left to grow.
            if len(self._derived) >= DERIVED_KEPT:
                self._derived.clear()
            self._derived[wanted] = key
        return key

    def _master(self, purpose: str, kid: int) -> bytes:
        if kid not in self.kids(purpose) and self._may_reread(purpose):
            # Another process may already seal with a key that was added after this one started.
            self._reread(purpose)
        master = self._masters[purpose].get(kid)
        if master is None:
            raise KeyringError(
                f"key {purpose}.{kid} is not on the keyring; put its file back until nothing is sealed with it"
            )
        return master

    def _may_reread(self, purpose: str) -> bool:
        return time.monotonic() - self._read_at[purpose] >= REREAD_SECONDS

    def _reread(self, purpose: str) -> None:
        if purpose not in PURPOSES:
            raise KeyringError(f"there is no purpose {purpose!r}; the purposes are {', '.join(PURPOSES)}")
        masters = self._read(purpose)
        if not masters:
            raise KeyringError(f"the keyring holds no key for {purpose}; `make keys` makes {purpose}.1")
        self._masters[purpose] = masters
        self._read_at[purpose] = time.monotonic()


class _Current:
    """Holds the keyring of this process."""

    ring: Keyring | None = None


def keyring() -> Keyring:
    """Return the keyring of this process, read from `settings.KEYS_DIRECTORY`."""
    ring = _Current.ring
    if ring is None:
        ring = _Current.ring = keyring_in(settings.KEYS_DIRECTORY)
    return ring


def keyring_in(directory: Path) -> Keyring:
    """Return the keyring of the key files in a directory; files are read on first use."""
    return Keyring(partial(_read_masters, directory))


def random_keyring(*, kids: int = 1) -> Keyring:
    """Return a keyring in memory with new masters under key ids 1 to `kids` for every purpose; for tests."""
    made = {purpose: {kid: secrets.token_bytes(MASTER_BYTES) for kid in range(1, kids + 1)} for purpose in PURPOSES}
    return Keyring(made.__getitem__)


@contextmanager
def use_keyring(ring: Keyring | None = None) -> Iterator[Keyring]:
    """Put another keyring (by default a new one in memory) in force for the whole process; for tests."""
    before = _Current.ring
    _Current.ring = ring or random_keyring()
    try:
        yield _Current.ring
    finally:
        _Current.ring = before


def generate(directory: Path) -> list[str]:
    """Make the first key of every purpose that has none, and return the names of the files made.

    Files that exist are never touched, so it may run at every start, also in two processes at once.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        f"{purpose}.1"
        for purpose in PURPOSES
        if not _key_files(directory, purpose) and _write_master(directory / f"{purpose}.1")
    ]


def add_key(directory: Path, purpose: str) -> int:
    """Make the purpose's next key, which becomes its primary, and return its key id.

    Raises: KeyringError when the purpose is unknown or its key ids are used up.
    """
    if purpose not in PURPOSES:
        raise KeyringError(f"there is no purpose {purpose!r}; the purposes are {', '.join(PURPOSES)}")
    kid = max(_key_files(directory, purpose), default=0) + 1
    if kid > HIGHEST_KID:
        raise KeyringError(f"key ids of {purpose} are used up at {HIGHEST_KID}; retire this installation's keys")
    if not _write_master(directory / f"{purpose}.{kid}"):
        raise KeyringError(f"key {purpose}.{kid} was made by someone else at the same moment; look before you repeat")
    return kid


def key_file_faults(directory: Path) -> list[str]:
    """Return one message for each key file that is damaged or open to others; no key leaves this function."""
    faults = []
    for purpose in PURPOSES:
        for path in _key_files(directory, purpose).values():
            try:
                _read_master(path)
            except KeyringError as fault:
                faults.append(str(fault))
    return faults


def _hkdf(master: bytes, label: str) -> bytes:
    if not label:
        raise ValueError("a key label must not be empty")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"jtrack 1 " + label.encode()).derive(master)


def _read_masters(directory: Path, purpose: str) -> Masters:
    return {kid: _read_master(path) for kid, path in _key_files(directory, purpose).items()}


def _key_files(directory: Path, purpose: str) -> dict[int, Path]:
    pattern = re.compile(re.escape(purpose) + r"\.([1-9][0-9]{0,4})")
    found = {}
    for path in directory.iterdir() if directory.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match and int(match[1]) <= HIGHEST_KID:
            found[int(match[1])] = path
    return found


def _read_master(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            if mode & 0o077:
                raise KeyringError(f"key file {path.name} has mode {mode:04o}, open to others; set it to 0600")
            text = file.read(2 * MASTER_BYTES).strip()
    except OSError as fault:
        raise KeyringError(f"key file {path.name} cannot be read ({fault.strerror}); mend its owner") from None
    try:
        master = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        master = b""
    if len(master) != MASTER_BYTES:
        raise KeyringError(
            f"key file {path.name} does not hold {MASTER_BYTES} bytes as base64url; restore it from the key backup"
        )
    return master


def _write_master(path: Path) -> bool:
    """Write a new master whole or not at all; False when the file is there already."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(secrets.token_bytes(MASTER_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link fails when the name is taken, where a rename would replace a key and lose all it sealed.
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
