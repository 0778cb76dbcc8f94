"""Read and check the signed manifest that comes with every sealed delivery."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
ENCODINGS: Final = ("utf-8", "cp1252")
KEYS: Final = (
    "feed",
    "supplier",
    "extract_at",
    "sequence",
    "corrects",
    "forces",
    "encoding",
    "rows",
    "sha256",
    "sealed_sha256",
    "signature",
)
LARGEST_MANIFEST_BYTES: Final = 65_536
LARGEST_SEQUENCE: Final = 2**24 - 1
LARGEST_ROWS: Final = 10_000_000
LONGEST_SUPPLIER: Final = 60
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100

FEED = re.compile(r"[a-z][a-z_]{1,19}")
FORCE = re.compile(r"[0-9A-Z]{2}")
SHA256 = re.compile(r"[0-9a-f]{64}")
# The last letter carries two bits only: any other would be a second spelling of the same signature.
SIGNATURE = re.compile(r"[A-Za-z0-9+/]{85}[AQgw]==")
ASK_SUPPLIER: Final = "ask the supplier to make the manifest anew with seal_delivery"


class EnvelopeError(Exception):
    """A delivery whose manifest, signature or seal is not right.

    ``code`` is stable; ``thing`` says what is wrong, ``place`` where, ``cure`` what to do.
    """

    def __init__(self, code: str, *, thing: str, place: str, cure: str) -> None:
        super().__init__(f"{place}: {thing}; {cure}")
        self.code = code
        self.thing = thing
        self.place = place
        self.cure = cure


@dataclass(frozen=True)
class Manifest:
    """What a supplier states and signs about one delivery. Source: feeds.md 2."""

    feed: str
    supplier: str
    extract_at: datetime
    sequence: int
    corrects: int | None
    forces: tuple[str, ...]
    encoding: str
    rows: int
    sha256: str
    sealed_sha256: str
    signature: str

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Return the manifest that the JSON text holds; every key is needed, no other is taken.

        Raises: EnvelopeError, codes M-01 to M-04.
        Source: feeds.md 2.
        """
        return _read(_document(text))

    def to_json(self) -> bytes:
        """Return the manifest as the text of a ``.manifest.json`` file."""
        return (json.dumps(self._document(), indent=2, ensure_ascii=False) + "\n").encode()

    def signed_bytes(self) -> bytes:
        """Return what the signature covers: the canonical JSON of all keys but the signature.

        Canonical: keys sorted, no blanks, UTF-8.
        """
        document = self._document()
        del document["signature"]
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @property
    def extract_day(self) -> date:
        """The UK calendar day of the extract, which column 0 of the prison roll repeats."""
        return self.extract_at.astimezone(LONDON).date()

    def _document(self) -> dict[str, Any]:
        return {**asdict(self), "extract_at": self.extract_at.isoformat(), "forces": list(self.forces)}


def _document(text: bytes) -> dict[str, Any]:
    if len(text) > LARGEST_MANIFEST_BYTES:
        _refuse("M-01", "manifest", f"it has {len(text)} bytes, the limit is {LARGEST_MANIFEST_BYTES}")
    try:
        document = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_pairs)
    except (ValueError, RecursionError):
        _refuse("M-01", "manifest", "it is not JSON in UTF-8")
    if not isinstance(document, dict):
        _refuse("M-01", "manifest", "it is not a JSON object")
    unknown = len(set(document) - set(KEYS))
    if unknown:
        _refuse("M-02", "manifest", f"it has {unknown} unknown key(s); known are {', '.join(KEYS)}")
    missing = [key for key in KEYS if key not in document]
    if missing:
        _refuse("M-03", "manifest", f"it lacks {', '.join(missing)}")
    return document


def _pairs(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers may differ on which of two equal keys counts, so that one checks what the other never sees.
    document = dict(pairs)
    if len(document) != len(pairs):
        _refuse("M-02", "manifest", "a key stands in it twice")
    return document


def _read(document: Mapping[str, Any]) -> Manifest:
    sequence = _number(document, "sequence", least=1, most=LARGEST_SEQUENCE)
    return Manifest(
        feed=_matching(document, "feed", FEED, "the short name of a feed"),
        supplier=_supplier(document),
        extract_at=_extract_at(document),
        sequence=sequence,
        corrects=_corrects(document, sequence),
        forces=_forces(document),
        encoding=_encoding(document),
        rows=_number(document, "rows", least=0, most=LARGEST_ROWS),
        sha256=_matching(document, "sha256", SHA256, "64 hexadecimal digits in lower case"),
        sealed_sha256=_matching(document, "sealed_sha256", SHA256, "64 hexadecimal digits in lower case"),
        signature=_matching(document, "signature", SIGNATURE, "the base64 of 64 bytes"),
    )


def _matching(document: Mapping[str, Any], key: str, shape: re.Pattern[str], expected: str) -> str:
    value = document[key]
    if not isinstance(value, str) or shape.fullmatch(value) is None:
        _refuse("M-04", key, f"it must be {expected}")
    return value


def _supplier(document: Mapping[str, Any]) -> str:
    value = document["supplier"]
    if not isinstance(value, str) or not value.isprintable() or not 1 <= len(value.strip()) <= LONGEST_SUPPLIER:
        _refuse("M-04", "supplier", f"it must be a name of 1 to {LONGEST_SUPPLIER} printable characters")
    return value


def _extract_at(document: Mapping[str, Any]) -> datetime:
    value = document["extract_at"]
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    # Only the one canonical spelling is taken: the signature covers the text, and a text that we would write
    # otherwise ("Z" for "+00:00") would no longer agree with it once the manifest has been stored.
    if moment is None or moment.utcoffset() is None or moment.isoformat() != value:
        moment = None
    if moment is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        _refuse("M-04", "extract_at", "it must be a time with its offset, as in 2026-11-24T04:10:00+00:00")
    return moment


def _number(document: Mapping[str, Any], key: str, *, least: int, most: int) -> int:
    value = document[key]
    if type(value) is not int or not least <= value <= most:
        _refuse("M-04", key, f"it must be a whole number from {least} to {most}")
    return value


def _corrects(document: Mapping[str, Any], sequence: int) -> int | None:
    if document["corrects"] is None:
        return None
    if sequence == 1:
        _refuse("M-04", "corrects", "the first delivery of a feed cannot correct another")
    return _number(document, "corrects", least=1, most=sequence - 1)


def _forces(document: Mapping[str, Any]) -> tuple[str, ...]:
    value = document["forces"]
    well_formed = isinstance(value, list) and all(
        isinstance(code, str) and FORCE.fullmatch(code) is not None for code in value
    )
    if not well_formed or len(set(value)) != len(value):
        _refuse("M-04", "forces", "it must be a list of two-character force codes, each once")
    return tuple(value)


def _encoding(document: Mapping[str, Any]) -> str:
    value = document["encoding"]
    if not isinstance(value, str) or value not in ENCODINGS:
        _refuse("M-04", "encoding", f"it must be one of {', '.join(ENCODINGS)}")
    return value


def _refuse(code: str, place: str, thing: str) -> NoReturn:
    raise EnvelopeError(code, thing=thing, place=place, cure=ASK_SUPPLIER)
