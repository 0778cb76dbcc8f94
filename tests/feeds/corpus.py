"""The bad files of tests/feeds/files with what is expected of each, sealed and handed in as a supplier would.

expected.toml holds one line a file: what must become of it (`outcome`), the fault's `code`, the `line` it stands in, a
part of the message (`says`) and of the `cure`. `stated` changes what the manifest says, `counted` is the dirt that is
mended, `deed` names what is done to the sealed file.
"""

import base64
import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from feeds.envelope import seal
from feeds.keys import make_service_keys
from feeds.manifest import LONDON, Manifest
from feeds.models import Supplier
from tests.factories import SUPPLIERS, Desk, SealedFile

FILES: Final = Path(__file__).parent / "files"
TABLE: Final = FILES / "expected.toml"
EXTRACT_AT: Final = datetime(2026, 11, 2, 5, 30, tzinfo=LONDON)
REPEATED = re.compile(rb"\{\{(.{1,3})\*([0-9]+)\}\}")
GOOD_ROWS: Final = 3
# A second supplier of both feeds, for files that must be compared with another one than the usual.
OTHER_SUPPLIER: Final = "Invented Tens"


@dataclass(frozen=True)
class Case:
    """One file of the corpus and what is expected of it."""

    name: str
    outcome: str
    code: str = ""
    line: int | None = None
    says: str = ""
    cure: str = ""
    stated: Mapping[str, Any] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)
    deed: str = ""
    new_versions: int = 0

    @property
    def feed(self) -> str:
        """The feed that the manifest states, unless it states another."""
        return "prison_roll" if self.name.startswith(("roll-", "manifest-")) else "ppo"

    def content(self) -> bytes:
        """Return the file's bytes, endless rows written out."""
        data = (FILES / self.name).read_bytes()
        return REPEATED.sub(lambda found: found[1] * int(found[2]), data)


def cases() -> list[Case]:
    """Return the table, good files first and then in the order of their names."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    found = [Case(name, **expected) for name, expected in table.items()]
    return sorted(found, key=lambda case: (case.outcome != "good", case.name))


class CorpusDesk(Desk):
    """Seals the corpus; every file is of one day, and each has the next sequence."""

    def __post_init__(self) -> None:
        """Register the suppliers."""
        super().__post_init__()
        public = self.keys["ppo"].public_key().public_bytes_raw()
        Supplier.objects.update_or_create(
            name=OTHER_SUPPLIER, defaults={"public_key": public, "feeds": ["ppo", "prison_roll"]}
        )
        self.last: SealedFile | None = None

    def sealed_case(self, case: Case) -> tuple[bytes, SealedFile]:
        """Return the text of the manifest and the sealed file, after what the case does to them."""
        if case.name.startswith("manifest-"):
            return self._manifest_case(case)
        file = DEEDS.get(case.deed, _nothing)(self, self.seal(case.content(), case))
        return file.manifest.to_json(), file

    def seal(self, content: bytes, case: Case, **changed: Any) -> SealedFile:
        """Return the sealed content under a manifest that states what the case says."""
        feed = case.stated.get("feed", case.feed)
        number = self.sequences.get(feed, 0) + 1
        self.sequences[feed] = number
        usual = {
            "feed": feed,
            "supplier": SUPPLIERS[case.feed],
            "extract_at": EXTRACT_AT,
            "sequence": number,
            "rows": _rows(content, feed),
            "forces": ("13", "06") if feed == "ppo" else (),
            "recipients": [make_service_keys()],
        }
        stated = {**usual, **case.stated, **changed}
        key = self.keys["ppo" if stated["supplier"] == OTHER_SUPPLIER else case.feed]
        sealed, manifest = seal(content, signing_key=key, **stated)
        return SealedFile(sealed, manifest)

    def signed(self, manifest: Manifest, *, feed: str) -> Manifest:
        """Return the manifest with a signature that is right."""
        signature = self.keys[feed].sign(manifest.signed_bytes())
        return replace(manifest, signature=base64.b64encode(signature).decode())

    def _manifest_case(self, case: Case) -> tuple[bytes, SealedFile]:
        usual = Case("roll-good.dat", "good")
        file = self.seal(usual.content(), usual)
        text = case.content()
        if case.deed == "signed":
            manifest = Manifest.from_json(text)
            feed = "ppo" if manifest.supplier == SUPPLIERS["ppo"] else "prison_roll"
            text = self.signed(manifest, feed=feed).to_json()
        return text, file


def _rows(content: bytes, feed: str) -> int:
    # Every file of the corpus but the zips has one line a row; a break inside a value is stated in the table.
    lines = [line for line in content.splitlines() if line.strip()]
    return max(len(lines) - (feed == "ppo"), 0)


def _nothing(desk: CorpusDesk, file: SealedFile) -> SealedFile:
    return file


def _altered(change: Callable[[bytes], bytes]) -> Callable[[CorpusDesk, SealedFile], SealedFile]:
    return lambda _, file: SealedFile(change(file.sealed), file.manifest)


def _altered_before_signing(change: Callable[[bytes], bytes]) -> Callable[[CorpusDesk, SealedFile], SealedFile]:
    def deed(desk: CorpusDesk, file: SealedFile) -> SealedFile:
        sealed = change(file.sealed)
        manifest = replace(file.manifest, sealed_sha256=hashlib.sha256(sealed).hexdigest())
        return SealedFile(sealed, desk.signed(manifest, feed=file.manifest.feed))

    return deed


def _stating(*, sign: bool, **changed: Any) -> Callable[[CorpusDesk, SealedFile], SealedFile]:
    def deed(desk: CorpusDesk, file: SealedFile) -> SealedFile:
        manifest = replace(file.manifest, **changed)
        return SealedFile(file.sealed, desk.signed(manifest, feed=manifest.feed) if sign else manifest)

    return deed


def _signed_by_a_stranger(_: CorpusDesk, file: SealedFile) -> SealedFile:
    signature = Ed25519PrivateKey.generate().sign(file.manifest.signed_bytes())
    return SealedFile(file.sealed, replace(file.manifest, signature=base64.b64encode(signature).decode()))


def _to_a_stranger(desk: CorpusDesk, file: SealedFile) -> SealedFile:
    stranger = str(pyrage.x25519.Identity.generate().to_public())
    return desk.seal(PLAIN.content(), PLAIN, recipients=[stranger])


def _in_the_future(desk: CorpusDesk, file: SealedFile) -> SealedFile:
    later = timezone.now().astimezone(LONDON) + timedelta(minutes=20)
    return desk.seal(PLAIN.content(), PLAIN, extract_at=later)


def _sequence_again(desk: CorpusDesk, file: SealedFile) -> SealedFile:
    return desk.seal(PLAIN.content() + b"\r\n", PLAIN, sequence=1)


def _correcting_another_day(desk: CorpusDesk, file: SealedFile) -> SealedFile:
    return desk.seal(PLAIN.content(), PLAIN, extract_at=EXTRACT_AT - timedelta(days=1), corrects=1)


def _same_content_again(desk: CorpusDesk, file: SealedFile) -> SealedFile:
    good = Case("ppo-good.csv", "good")
    return desk.seal(good.content(), good, sequence=1)


def _plain(_: CorpusDesk, file: SealedFile) -> SealedFile:
    return SealedFile(PLAIN.content(), file.manifest)


PLAIN: Final = Case("envelope-E-AGE-not-sealed.csv", "refused")
ARMOUR: Final = b"-----BEGIN AGE ENCRYPTED FILE-----\n"
OPENPGP: Final = b"\x85\x01\x0c\x03"
DEEDS: Final[Mapping[str, Callable[[CorpusDesk, SealedFile], SealedFile]]] = {
    "signed by a stranger": _signed_by_a_stranger,
    "rows changed": _stating(sign=False, rows=99),
    "sequence changed": _stating(sign=False, sequence=900),
    "sealed to a stranger": _to_a_stranger,
    "cut by the sender": _altered_before_signing(lambda sealed: sealed[:-100]),
    "flipped by the sender": _altered_before_signing(
        lambda sealed: sealed[:-9] + bytes([sealed[-9] ^ 1]) + sealed[-8:]
    ),
    "other content stated": _stating(sign=True, sha256="0" * 64),
    "not sealed": _plain,
    "armoured": _altered(lambda sealed: ARMOUR + base64.b64encode(sealed)),
    "openpgp": _altered(lambda sealed: OPENPGP + sealed),
    "empty": _altered(lambda _: b""),
    "cut in half": _altered(lambda sealed: sealed[: len(sealed) // 2]),
    "last byte missing": _altered(lambda sealed: sealed[:-1]),
    "byte added": _altered(lambda sealed: sealed + b"x"),
    "bit flipped": _altered(lambda sealed: sealed[:300] + bytes([sealed[300] ^ 1]) + sealed[301:]),
    "sequence used again": _sequence_again,
    "corrects another day": _correcting_another_day,
    "in the future": _in_the_future,
    "same content sealed again": _same_content_again,
}
