"""A training world's files as its suppliers might also have sent them: some wrong and corrected, one never sent."""

from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings

from feeds.dropping import MANIFEST_SUFFIX
from feeds.envelope import open_sealed, seal
from feeds.keys import make_service_keys, read_signing_key, service_identity
from feeds.manifest import Manifest
from tests.factories import SealedFile

LINE_END = b"\r\n"
EVERY_ROW_MISSING, EVERY_ROW_CHANGED = 40, 7
PRISON_COLUMN = 2


def read_pair(sealed: Path) -> SealedFile:
    """Return a sealed file with the manifest that lies beside it."""
    manifest = sealed.with_name(sealed.name.removesuffix(".age") + MANIFEST_SUFFIX)
    return SealedFile(sealed.read_bytes(), Manifest.from_json(manifest.read_bytes()))


def with_faults_of_senders(files: Sequence[SealedFile]) -> list[SealedFile]:
    """Return the files with one roll left out, and a roll and a list sent wrong at first and corrected later."""
    rolls = [file for file in files if file.manifest.feed == "prison_roll"]
    lists = [file for file in files if file.manifest.feed == "ppo"]
    left_out, wrong_roll, wrong_list = rolls[17], rolls[11], lists[2]
    sent = [file for file in files if file not in (left_out, wrong_roll, wrong_list)]
    for file, stream, spoil in ((wrong_roll, rolls, _spoilt_roll), (wrong_list, lists, _spoilt_list)):
        at, newest = files.index(file), max(other.manifest.sequence for other in stream)
        sent.insert(at, _sent_again(file, spoil, sequence=file.manifest.sequence, corrects=None))
        sent.append(_sent_again(file, _as_it_is, sequence=newest + 1, corrects=file.manifest.sequence))
    return sent


def _sent_again(
    file: SealedFile, change: Callable[[list[bytes]], list[bytes]], *, sequence: int, corrects: int | None
) -> SealedFile:
    """Return a file of the same supplier for the same moment, with other lines."""
    manifest = file.manifest
    with open_sealed([file.sealed], identity=service_identity(), manifest=manifest) as stream:
        lines = stream.read().split(LINE_END)[:-1]
    changed = change(lines)
    key = read_signing_key(Path(settings.KEYS_DIRECTORY) / "training" / f"{manifest.supplier}.ed25519")
    sealed, again = seal(
        b"".join(line + LINE_END for line in changed),
        feed=manifest.feed,
        supplier=manifest.supplier,
        extract_at=manifest.extract_at,
        sequence=sequence,
        corrects=corrects,
        forces=manifest.forces,
        encoding=manifest.encoding,
        rows=manifest.rows - (len(lines) - len(changed)),
        recipients=[make_service_keys()],
        signing_key=key,
    )
    return SealedFile(sealed, again)


def _as_it_is(lines: list[bytes]) -> list[bytes]:
    return lines


def _spoilt_roll(lines: list[bytes]) -> list[bytes]:
    """Some people are missing, others stand in the wrong prison."""
    kept = [line for number, line in enumerate(lines) if number % EVERY_ROW_MISSING]
    return [_in_moorland(line) if number % EVERY_ROW_CHANGED == 0 else line for number, line in enumerate(kept)]


def _in_moorland(line: bytes) -> bytes:
    values = line.split(b"|")
    return b"|".join([*values[:PRISON_COLUMN], b'"MDI"', *values[PRISON_COLUMN + 1 :]])


def _spoilt_list(lines: list[bytes]) -> list[bytes]:
    """Some people are missing, others stand in another strand."""
    header, *rows = lines
    kept = [row for number, row in enumerate(rows) if (number + 1) % EVERY_ROW_MISSING]
    other = [row.replace(b"CATCH_AND_CONVICT", b"PREVENT_AND_DETER") for row in kept[::EVERY_ROW_CHANGED]]
    return [
        header,
        *(other[n // EVERY_ROW_CHANGED] if n % EVERY_ROW_CHANGED == 0 else row for n, row in enumerate(kept)),
    ]
