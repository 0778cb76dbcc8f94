"""Read settings from the environment, and stop the start when a value is missing or wrong."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LISTENED_AT = re.compile(r"(?:[0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\]):[1-9][0-9]{0,4}")
# Written out, so that neither "nan" nor "1e9" can switch a limit off.
SHARE = re.compile(r"0(?:\.[0-9]{1,6})?|1(?:\.0{1,6})?")


def text(name: str, *, default: str = "") -> str:
    """Return the variable's text without surrounding blanks, or the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def choice(name: str, *, allowed: Sequence[str], default: str) -> str:
    """Return one of the allowed words.

    Raises: ImproperlyConfigured when the variable holds another word.
    """
    value = text(name, default=default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}; mend it in the environment.")
    return value


def integer(name: str, *, default: int, lowest: int, highest: int) -> int:
    """Return a whole number within limits.

    Raises: ImproperlyConfigured when the variable is no number or out of limits.
    """
    value = text(name, default=str(default))
    if not value.isdecimal() or not lowest <= int(value) <= highest:
        raise ImproperlyConfigured(f"{name} must be a whole number from {lowest} to {highest}.")
    return int(value)


def share(name: str, *, default: float) -> float:
    """Return a share between 0 and 1, both included.

    Raises: ImproperlyConfigured when the variable is no such number.
    """
    value = text(name, default=str(default))
    if not SHARE.fullmatch(value):
        raise ImproperlyConfigured(f"{name} must be a share from 0 to 1, as in 0.2; mend it in the environment.")
    return float(value)


def flag(name: str, *, default: bool) -> bool:
    """Return a yes or no, written as `yes` or `no`.

    Raises: ImproperlyConfigured when the variable holds another word.
    """
    return choice(name, allowed=("yes", "no"), default="yes" if default else "no") == "yes"


def words(name: str, *, default: Sequence[str] = ()) -> list[str]:
    """Return the comma-separated words of the variable."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def directory(name: str, *, default: Path) -> Path:
    """Return an absolute path; it need not exist yet."""
    return Path(text(name, default=str(default))).expanduser().resolve()


def secret(path: Path) -> str:
    """Return the one line of a secret file.

    Raises: ImproperlyConfigured when the file is missing, empty or readable by others.
    """
    if not path.is_file():
        raise ImproperlyConfigured(f"The secret file {path.name} is missing in {path.parent}; `make keys` makes it.")
    if path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"The secret file {path.name} is open to others; set its mode to 0600.")
    value = path.read_text(encoding="ascii").strip()
    if not value:
        raise ImproperlyConfigured(f"The secret file {path.name} is empty; remove it and run `make keys`.")
    return value


def address(name: str) -> str:
    """Return `HOST:PORT` of something to listen at, or nothing when the variable is unset.

    Raises: ImproperlyConfigured when the variable is no such address.
    """
    value = text(name)
    if value and not LISTENED_AT.fullmatch(value):
        raise ImproperlyConfigured(f"{name} must look like 127.0.0.1:9464 or [::]:9464; mend it in the environment.")
    return value


def mail_server(name: str) -> dict[str, object]:
    """Return host, port, login and kind of encryption of `smtp://host:25` or `smtps://login@host:465`; else nothing.

    `smtp` changes to an encrypted connection where a login is named; the password is read from a file.
    Raises: ImproperlyConfigured when the address is of another kind or carries a password.
    """
    address = text(name)
    if not address:
        return {"EMAIL_HOST": ""}
    parts = urlsplit(address)
    if parts.password:
        raise ImproperlyConfigured(f"{name} must carry no password: put it into the file smtp of the passwords folder.")
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like smtps://login@mail.internal:465 or smtp://mail.internal.")
    is_sealed = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_sealed else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_USE_SSL": is_sealed,
        "EMAIL_USE_TLS": bool(parts.username) and not is_sealed,
    }


def database(name: str) -> dict[str, object] | None:
    """Return host, port, name and options of a configured `postgresql://host:port/name?sslmode=…`, else None.

    The login is chosen by the kind of process and its password read from a file, so the address carries neither.
    Raises: ImproperlyConfigured when the address is of another kind or carries a login.
    """
    address = text(name)
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgresql://host:5432/jtrack?sslmode=verify-full.")
    if parts.username or parts.password:
        raise ImproperlyConfigured(f"{name} must carry no login: the process chooses it, files hold the passwords.")
    return {
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
        "NAME": unquote(parts.path.strip("/")),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
