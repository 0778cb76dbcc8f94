"""Where an installation keeps its keys, passwords, data and sockets."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

# A Unix socket's path may have 107 bytes; PostgreSQL adds a name of 14 bytes to the directory.
LONGEST_SOCKET_PATH = 100
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Home:
    """The folders below one JTRACK_HOME."""

    root: Path

    @property
    def keys(self) -> Path:
        """Masters of the keyring, the age identity and the signing key of web forms."""
        return self.root / "keys"

    @property
    def passwords(self) -> Path:
        """One file a database role."""
        return self.root / "passwords"

    @property
    def postgres_data(self) -> Path:
        """The data directory of the embedded PostgreSQL."""
        return self.root / "pg"

    @property
    def valkey_data(self) -> Path:
        """The append-only files of the embedded Valkey."""
        return self.root / "valkey"

    @property
    def drop(self) -> Path:
        """Where sealed deliveries are put for the worker to fetch."""
        return self.root / "drop"

    @property
    def mail(self) -> Path:
        """What a training site's mail catcher kept."""
        return self.root / "mail"

    @property
    def run(self) -> Path:
        """Sockets, marks of finished set-up steps and the beat's schedule."""
        return self.root / "run"

    @property
    def sockets(self) -> Path:
        """The directory of the Unix sockets: in `run`, or a short stand-in when that path would be too long."""
        if len(os.fsencode(self.run)) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
            return self.run
        mark = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"jtrack-{os.getuid()}-{mark}"

    @property
    def valkey_socket(self) -> Path:
        """The broker's Unix socket."""
        return self.sockets / "valkey.sock"


def private_directory(path: Path) -> Path:
    """Make a directory that only we can enter, and return it.

    Raises: PermissionError when somebody else made it before us.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.getuid():
        raise PermissionError(
            f"The directory {path.name} belongs to another user; remove it or choose another JTRACK_HOME."
        )
    path.chmod(0o700)
    return path
