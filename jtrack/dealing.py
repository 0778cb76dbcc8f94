"""Deal keys and passwords out: `python -m jtrack.dealing FOLDER` gives each process what it needs and nothing else.

With `--add-key PURPOSE` the purpose gets its next key first, which seals from the processes' next start on.

The folder `master` holds everything and is given to no process. Beside it, each process has a folder of its own,
so that whoever takes over a web process holds neither the importer's keys nor the login of the tables' owner.
"""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from feeds.keys import IDENTITY_FILE, RECIPIENT_FILE, make_service_keys
from jtrack.home import private_directory
from jtrack.roles import ROLES, SUPERUSER, make_passwords, make_secret
from vault import keyring

MASTER: Final = "master"
KEYS: Final = "keys"
PASSWORDS: Final = "passwords"
FORMS: Final = "forms.secret"
MAIL: Final = "smtp"
# What is stored under an old key of the others could not be found with a new one.
RENEWED: Final = ("fields", "rows", "audit", "sessions")


@dataclass(frozen=True)
class Share:
    """What one process is given: masters by purpose, other key files, logins; and logins that there may be."""

    purposes: tuple[str, ...] = ()
    files: tuple[str, ...] = (FORMS,)
    logins: tuple[str, ...] = ()
    if_there: tuple[str, ...] = ()


SHARES: Final = {
    "web": Share(("fields", "indexes", "audit", "sessions"), (FORMS, RECIPIENT_FILE), ("jt_web", "jt_gate")),
    "worker": Share(
        keyring.PURPOSES, (FORMS, IDENTITY_FILE, RECIPIENT_FILE), ("jt_worker", "jt_gate"), if_there=(MAIL,)
    ),
    "beat": Share(logins=("jt_worker", "jt_gate")),
    # It makes the roles, so it sets all their passwords.
    "migrate": Share(logins=(SUPERUSER, *ROLES)),
    "reseal": Share(keyring.PURPOSES, logins=("jt_owner",)),
    "postgres": Share(files=(), logins=(SUPERUSER,)),
    "backup": Share(files=(), logins=("jt_backup",)),
}


def deal(root: Path) -> None:
    """Make what is missing in the master folder, and bring every process's folder in line with it."""
    master = private_directory(private_directory(root) / MASTER)
    keys, passwords = (private_directory(master / name) for name in (KEYS, PASSWORDS))
    make_passwords(passwords)
    make_secret(keys / FORMS)
    keyring.generate(keys)
    make_service_keys(keys)
    for process, share in SHARES.items():
        folder = private_directory(root / process)
        _bring_in_line(keys, private_directory(folder / KEYS), wanted=_key_files(keys, share))
        there = {name for name in share.if_there if (passwords / name).exists()}
        _bring_in_line(passwords, private_directory(folder / PASSWORDS), wanted=there | set(share.logins))


def _key_files(keys: Path, share: Share) -> set[str]:
    masters = {path.name for path in keys.iterdir() if path.name.partition(".")[0] in share.purposes}
    return masters | set(share.files)


def _bring_in_line(source: Path, target: Path, *, wanted: set[str]) -> None:
    """Copy what is wanted and differs, and take away the rest: a key that was retired, a login that moved."""
    for path in target.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name in sorted(wanted):
        content = (source / name).read_bytes()
        copy = target / name
        if not copy.exists() or copy.read_bytes() != content:
            _write_whole(copy, content)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a private file that nobody ever sees half written."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def main() -> int:
    """Deal out; doing it again changes nothing but what changed in the master folder."""
    parser = argparse.ArgumentParser(prog="jtrack.dealing", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--add-key", choices=RENEWED, metavar="PURPOSE")
    options = parser.parse_args()
    root: Path = options.folder.resolve()
    deal(root)
    if options.add_key:
        keyring.add_key(root / MASTER / KEYS, options.add_key)
        deal(root)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
