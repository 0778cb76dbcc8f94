"""Spoilt files, seals and manifests by the thousand: no crash, no hang, and nothing altered is ever taken."""

import io
import json
import re
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.trail import SERVICE, acting_as
from feeds.envelope import open_sealed, seal, verify_signature
from feeds.manifest import EnvelopeError, Manifest
from feeds.models import Delivery, DeliveryPiece
from feeds.receiving import receive_delivery
from feeds.sources import FileFault, ParsedRow, RowFault, ppo, prison_roll
from feeds.sources.rows import Reader
from tests.feeds.corpus import Case, CorpusDesk
from tests.feeds.made_files import KNOWN, manifest_of, ppo_line, read_ppo, read_roll, roll_line
from tests.feeds.make_corpus import PPO_CAST, ROLL_CAST, made_files, ppo_list, roll
from tests.feeds.mutants import Mutator
from tests.figures import figure

AsRole = Callable[[str], AbstractContextManager[None]]
SEED = 20261102
HANG_SECONDS = 10
GROWTH_LIMIT_MB = 64
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")
IDENTITY = pyrage.x25519.Identity.generate()
SIGNING_KEY = Ed25519PrivateKey.generate()
PUBLIC_KEY = SIGNING_KEY.public_key().public_bytes_raw()
GOOD = {
    name: data for name, data in made_files().items() if "-mended-" in name or name.endswith(("good.dat", "good.csv"))
}
ROLLS = [data for name, data in GOOD.items() if name.endswith(".dat")]
ZIPS = [data for name, data in made_files().items() if name.endswith(".zip")]
LISTS = [data for name, data in GOOD.items() if name.endswith(".csv")]


class HangError(Exception):
    """One input took longer than any may."""


@dataclass
class Tally:
    """What became of the spoilt inputs."""

    execs: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    hangs: int = 0
    max_ms: float = 0.0
    rows: Counter[str] = field(default_factory=Counter)

    def run(self, target: str, number: int, body: Callable[[], None]) -> None:
        """Do one input, and keep how it ended; the number and the seed make it again."""
        self.execs[target] += 1
        started = time.perf_counter()
        try:
            with _alarm():
                body()
        except HangError:
            self.hangs += 1
        except Exception as crash:  # noqa: BLE001 – whatever is not declared is a crash, and counted as one
            self.crashes.append(f"{target} {number}: {type(crash).__name__}: {crash}")
        self.max_ms = max(self.max_ms, (time.perf_counter() - started) * 1000)


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(_number: int, _frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fuzz(count: int, seed: int) -> Tally:
    """Spoil and read this many inputs: three fifths files, one fifth seals, one fifth manifests."""
    tally, mutator = Tally(), Mutator(seed)
    sealed, manifest = seal(
        ppo_list(PPO_CAST).encode(),
        feed="ppo",
        supplier="Invented Schemes",
        extract_at=datetime(2026, 11, 2, 5, 0, tzinfo=UTC),
        sequence=7,
        rows=3,
        forces=("13", "06"),
        recipients=[str(IDENTITY.to_public())],
        signing_key=SIGNING_KEY,
    )
    for number in range(count // 5):
        encoding = mutator.dice.choice(("utf-8", "cp1252"))
        for data in (mutator.spoilt(mutator.dice.choice(ROLLS)), mutator.spoilt(mutator.dice.choice(ZIPS))):
            reader = prison_roll.read(io.BytesIO(data), manifest_of(encoding=encoding), known=KNOWN)
            tally.run("roll", number, lambda reader=reader: _read_through(reader, tally))  # type: ignore[misc]
        data = mutator.spoilt(mutator.dice.choice(LISTS))
        lists = ppo.read(io.BytesIO(data), manifest_of("ppo", forces=("13", "06")), known=KNOWN)
        tally.run("ppo", number, lambda: _read_through(lists, tally))  # noqa: B023 – it is called at once
        spoilt = mutator.spoilt(sealed)
        tally.run("envelope", number, lambda: _open(spoilt, sealed, manifest))  # noqa: B023 - called before the loop goes on
        text = mutator.spoilt(manifest.to_json())
        tally.run("manifest", number, lambda: _take(text, manifest))  # noqa: B023 - called before the loop goes on
    return tally


def _read_through(reader: Reader, tally: Tally) -> None:
    given = 0
    try:
        for row in reader:
            given += 1
            tally.rows[type(row).__name__] += 1
            _check_row(row)
    except FileFault as fault:
        tally.rows["FileFault"] += 1
        told = (fault.code, fault.message, fault.cure)
        if not all(told):
            raise AssertionError("a file fault says nothing of what or what to do") from fault
    assert given == reader.rows_seen


def _check_row(row: ParsedRow | RowFault) -> None:
    if isinstance(row, RowFault):
        assert row.message.startswith(f"line {row.line}: ")
        assert row.cure
        return
    values = [value for stated in row.content.values() for value in ([stated] if isinstance(stated, str) else stated)]
    assert all(values)
    assert not any(map(CONTROL.search, values))
    json.dumps(row.content, ensure_ascii=False).encode()


def _open(spoilt: bytes, good: bytes, manifest: Manifest) -> None:
    pieces = (spoilt[start : start + 1000] for start in range(0, len(spoilt), 1000))
    with open_sealed(pieces, identity=str(IDENTITY), manifest=manifest) as stream:
        try:
            stream.read()
        except EnvelopeError:
            assert not stream.complete
        else:
            assert spoilt == good


def _take(text: bytes, good: Manifest) -> None:
    try:
        manifest = Manifest.from_json(text)
        verify_signature(manifest, PUBLIC_KEY)
    except EnvelopeError:
        return
    assert manifest == good


def _report(tally: Tally, *, seed: int, grown_mb: int) -> None:
    figure(
        "T-FUZZ",
        execs=tally.execs.total(),
        **{f"{target}_execs": count for target, count in sorted(tally.execs.items())},
        crashes=len(tally.crashes),
        hangs=tally.hangs,
        max_ms=round(tally.max_ms),
        max_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        grown_mb=grown_mb,
        rows_taken=tally.rows["ParsedRow"],
        rows_in_quarantine=tally.rows["RowFault"],
        files_refused=tally.rows["FileFault"],
        seed=seed,
    )


def _fuzz_and_judge(count: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    tally = fuzz(count, SEED)

    grown_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 - before
    _report(tally, seed=SEED, grown_mb=grown_mb)
    assert tally.crashes == []
    assert tally.hangs == 0
    assert grown_mb < GROWTH_LIMIT_MB
    # The dice must reach all three: rows that are taken, rows that are not, and files that are not.
    assert min(tally.rows.values()) > count // 50


def test_five_thousand_spoilt_inputs_neither_crash_nor_hang() -> None:
    _fuzz_and_judge(5_000)


@pytest.mark.drill
def test_hundred_and_twenty_thousand_spoilt_inputs_neither_crash_nor_hang() -> None:
    _fuzz_and_judge(120_000)


@pytest.mark.parametrize("seed", range(3))
def test_spoilt_row_of_a_roll_costs_nobody_else_their_row(seed: int) -> None:
    numbers = [f"A{1000 + place}BC" for place in range(7)]
    lines = [roll_line({3: number}).encode() for number in numbers]
    good = {row.key: row for row in read_roll(b"".join(lines))[0] if isinstance(row, ParsedRow)}
    mutator = Mutator(seed)

    for _ in range(300):
        spoilt = [*lines[:3], mutator.spoilt_inside(lines[3]), *lines[4:]]
        rows, _ = read_roll(b"".join(spoilt))
        contents = [row.content for row in rows if isinstance(row, ParsedRow)]
        assert all(good[number].content in contents for number in (*numbers[:2], *numbers[5:]))
        present = {row.key for row in rows} | {key for row in rows if isinstance(row, RowFault) for key in row.also}
        assert set(numbers) - {numbers[3]} <= present


@pytest.mark.parametrize("seed", range(3))
def test_spoilt_row_of_a_ppo_list_costs_nobody_else_their_row(seed: int) -> None:
    references = [f"WY-{1000 + place}" for place in range(7)]
    lines = [ppo_line({"ppo_reference": reference}).encode() for reference in references]
    header = ppo_list([]).encode()
    good = {row.key: row for row in read_ppo(header + b"".join(lines))[0] if isinstance(row, ParsedRow)}
    mutator = Mutator(seed)

    for _ in range(300):
        spoilt = [*lines[:3], mutator.spoilt_inside(lines[3]), *lines[4:]]
        rows, _ = read_ppo(header + b"".join(spoilt))
        contents = [row.content for row in rows if isinstance(row, ParsedRow)]
        others = [f"{reference}|00DA" for reference in references if reference != references[3]]
        assert all(good[key].content in contents for key in others)


def test_spoilt_deliveries_are_never_stored(db_as: AsRole) -> None:
    mutator = Mutator(SEED)
    stored_wrong = 0
    with db_as("worker"), acting_as(SERVICE, because="test"):
        desk = CorpusDesk()
        good = Case("ppo-good.csv", "good")
        file = desk.seal(good.content(), good)
        text = file.manifest.to_json()

        for _ in range(300):
            handed_in = (mutator.spoilt(text), file.sealed), (text, mutator.spoilt(file.sealed))
            for manifest, sealed in handed_in:
                try:
                    receipt = receive_delivery(manifest, [sealed], received_by=None)
                except EnvelopeError:
                    continue
                # Blanks of the JSON may differ; what was signed and sealed may not. Once the good file is there, its
                # manifest alone says that it has come before, and what comes with it is not looked at.
                is_wrong = Manifest.from_json(manifest) != file.manifest or sealed != file.sealed
                stored_wrong += is_wrong and not receipt.is_repeat

        assert stored_wrong == 0
        assert Delivery.objects.exclude(state=Delivery.State.RECEIVED).count() == 0
        assert all(bytes(piece.ciphertext) == file.sealed for piece in DeliveryPiece.objects.all())


def test_cast_of_the_corpus_is_read_whole() -> None:
    rows, reader = read_roll(roll(ROLL_CAST).replace("02/11/2026", "24/11/2026"))

    assert [type(row) for row in rows] == [ParsedRow] * reader.rows_seen
