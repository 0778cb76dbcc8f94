"""Gives quarantined rows back to their sender: sealed in memory to the sender's own key, opened by nobody here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import pyrage

from feeds.models import Delivery, QuarantinedRow, ReturnPackage

# Beyond this, the sender's file is faulty as a whole, and is better sent anew than mended row by row.
MOST_BYTES: Final = 32 * 1024 * 1024
LINE_END: Final = b"\r\n"


class RecipientError(Exception):
    """A text that is no age public key."""


@dataclass(slots=True)
class RawRows:
    """The rows of one delivery as they stood in the file, by line; kept only where they can be sealed."""

    recipient: str = ""
    rows: dict[int, bytes] = field(default_factory=dict)
    size: int = 0

    def take(self, line: int, raw: bytes) -> None:
        """Keep a row, unless there is nobody to seal it to or there are too many."""
        if self.recipient and self.size + len(raw) <= MOST_BYTES:
            self.rows[line] = raw
            self.size += len(raw)


def check_recipient(text: str) -> str:
    """Return an age public key as it is registered.

    Raises: RecipientError.
    """
    try:
        return str(pyrage.x25519.Recipient.from_str(text.strip()))
    except pyrage.RecipientError:
        raise RecipientError("it is not an age public key (age1…); ask the supplier for it again") from None


def keep_returns(delivery: Delivery, faults: Iterable[QuarantinedRow], raw: RawRows) -> ReturnPackage | None:
    """Seal the rows to the sender and keep the result; nothing when there is no row or no key.

    Source: feeds.md 1, "downloadable (sealed) to return to the sender".
    """
    if not raw.rows:
        return None
    text = LINE_END.join(_lines(delivery, sorted(faults, key=lambda fault: fault.line), raw))
    sealed = pyrage.encrypt(text, [pyrage.x25519.Recipient.from_str(raw.recipient)])
    return ReturnPackage.objects.create(delivery=delivery, rows=len(raw.rows), ciphertext=sealed)


def _lines(delivery: Delivery, faults: Iterable[QuarantinedRow], raw: RawRows) -> Iterator[bytes]:
    """Each fault stands in front of its row, behind a hash; rows in the encoding in which they came."""
    yield f"# {delivery.feed} {delivery.sequence}: {len(raw.rows)} rows that could not be taken".encode()
    for fault in faults:
        if fault.line in raw.rows:
            yield f"# {fault.code} in {fault.field}: {fault.message}; {fault.cure}".encode()
            yield raw.rows[fault.line]
    yield b""
