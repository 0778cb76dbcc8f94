"""Write the world's files as sealed deliveries, with the sealed truth and the list of suppliers beside them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import BinaryIO, Final, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feeds.envelope import Manifest, seal
from feeds.keys import public_key_text
from feeds.training.dirt import soil
from feeds.training.hard_cases import counted
from feeds.training.model import Custody
from feeds.training.ppo_rows import ppo_file
from feeds.training.roll_rows import first_column, roll_row
from feeds.training.simulation import Moment, Simulation
from feeds.training.truth import seal_truth
from feeds.training.world import LONDON, ROLL_TIME, Calendar, World, stay

SUPPLIERS: Final[Mapping[str, str]] = {
    "ppo": "training-police",
    "prison_roll": "training-prisons",
}
SUPPLIERS_FILE: Final = "suppliers.json"
TRUTH_FILE: Final = "truth.age"
LINE_END: Final = b"\r\n"


@dataclass(frozen=True)
class Order:
    """What to make: how large a world, from which seed, for which days, how dirty, and for whom it is sealed."""

    scale: float
    seed: int
    calendar: Calendar
    recipients: tuple[str, ...]
    signing_keys: Mapping[str, Ed25519PrivateKey]
    dirt_rate: float = 0.0
    # How many rolls are sent wrong, and put right by the next sequence.
    corrections: int = 0
    # Each supplier's own age key, for rows that go back.
    return_keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What was made, in counts."""

    deliveries: int
    largest_roll: int
    adoptions: int
    events: Mapping[str, int]
    observable: Mapping[str, int]
    hard_cases: Mapping[str, int]


def latest_end(now: datetime) -> date:
    """Return the last day whose roll may be written: today once 05:30 in London has passed, else yesterday."""
    local = now.astimezone(LONDON)
    return local.date() if local.time() > ROLL_TIME else local.date() - timedelta(days=1)


def write_training_data(order: Order, directory: Path) -> Written:
    """Advance an invented world and write every file of it, in the order of delivery.

    Source: feeds.md 2, 3 and 5.
    """
    simulation = Simulation(scale=order.scale, seed=order.seed, calendar=order.calendar, corrections=order.corrections)
    writer = _Writer(order, simulation, directory)
    simulation.advance(writer.write)
    events = simulation.truth()
    (directory / TRUTH_FILE).write_bytes(seal_truth(simulation.lines(), recipients=order.recipients))
    _write_suppliers(order, directory)
    return Written(
        deliveries=writer.deliveries,
        largest_roll=writer.largest_roll,
        adoptions=writer.adoptions,
        events=Counter(event.kind for event in events),
        observable=Counter(event.kind for event in events if event.observable),
        hard_cases=counted(simulation.chronicle.hard_cases),
    )


class _Writer:
    """Numbers and seals the files as their moments come."""

    def __init__(self, order: Order, simulation: Simulation, directory: Path) -> None:
        self.deliveries = 0
        self.largest_roll = 0
        self.adoptions = 0
        self._order = order
        self._simulation = simulation
        self._directory = directory

    def write(self, moment: Moment) -> None:
        """Write the file of a moment."""
        if moment.feed == "ppo":
            self._write_ppo(moment)
        else:
            self._write_roll(moment)

    def _write_ppo(self, moment: Moment) -> None:
        first_day = self._order.calendar.first_day
        plain, rows = ppo_file(self._simulation.adopted, week=moment.number, day=moment.day, first_day=first_day)
        self.adoptions = rows
        self._seal(plain, moment, rows=rows, forces=self._simulation.forces)

    def _write_roll(self, moment: Moment) -> None:
        world = self._simulation.world
        left_out = sum(custody is None for custody in moment.mistakes.values())
        rows = sum(1 for _ in world.roll()) - left_out
        self.largest_roll = max(self.largest_roll, rows)
        lines = _lines(world, moment, self._soiler(moment))
        # Duck-typed: sealing only ever reads.
        self._seal(cast(BinaryIO, _LineReader(lines)), moment, rows=rows)

    def _soiler(self, moment: Moment) -> "_Soiler":
        dice = Random(f"{self._order.seed} {moment.number}")  # noqa: S311 - the same dirt for the same seed
        return _Soiler(dice, self._order.dirt_rate)

    def _seal(self, plain: BinaryIO | bytes, moment: Moment, *, rows: int, forces: Sequence[str] = ()) -> None:
        sealed, manifest = seal(
            plain,
            feed=moment.feed,
            supplier=SUPPLIERS[moment.feed],
            extract_at=moment.at,
            sequence=moment.sequence,
            corrects=moment.corrects,
            rows=rows,
            recipients=self._order.recipients,
            signing_key=self._order.signing_keys[SUPPLIERS[moment.feed]],
            forces=forces,
        )
        self.deliveries += 1
        self._put(f"{self.deliveries:03d}-{moment.feed}-{moment.day:%Y%m%d}", sealed, manifest)

    def _put(self, name: str, sealed: bytes, manifest: Manifest) -> None:
        (self._directory / f"{name}.age").write_bytes(sealed)
        (self._directory / f"{name}.manifest.json").write_bytes(manifest.to_json())


class _Soiler:
    """Makes some lines dirty."""

    def __init__(self, rng: Random, rate: float) -> None:
        self._rng = rng
        self._rate = rate

    def __call__(self, line: str) -> str:
        return soil(self._rng, line) if self._rate and self._rng.random() < self._rate else line


class _LineReader:
    """Reads lines as one stream, so that a national file is never whole in memory."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._left = bytearray()

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._left) < size:
            line = next(self._lines, None)
            if line is None:
                break
            self._left += line
        taken = bytes(self._left if size < 0 else self._left[:size])
        del self._left[: len(taken)]
        return taken


def _lines(world: World, moment: Moment, soiler: _Soiler) -> Iterator[bytes]:
    day, first = moment.day, first_column(moment.day)
    for person in world.roll():
        if person.serial in moment.mistakes:
            wrong: Custody | None = moment.mistakes[person.serial]
            if wrong is not None:
                yield soiler(first + roll_row(person, wrong, prisons=world.prisons, today=day)).encode() + LINE_END
            continue
        # Most people stand as they stood yesterday: their line is kept until something changes.
        if not person.row:
            person.row = roll_row(person, stay(person), prisons=world.prisons, today=day)
        yield soiler(first + person.row).encode() + LINE_END


def _write_suppliers(order: Order, directory: Path) -> None:
    suppliers = [
        {
            "name": name,
            "feeds": [feed],
            "public_key": public_key_text(order.signing_keys[name]),
            "recipient": order.return_keys.get(name, ""),
        }
        for feed, name in SUPPLIERS.items()
    ]
    (directory / SUPPLIERS_FILE).write_text(json.dumps(suppliers, indent=2) + "\n", encoding="utf-8")
