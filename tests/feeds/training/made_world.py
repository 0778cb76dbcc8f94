"""A small invented world as it was written, with what the tests of the training data read from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feeds.envelope import open_sealed
from feeds.manifest import Manifest
from feeds.training.files import SUPPLIERS, Order, Written, write_training_data
from feeds.training.truth import HardCase, TruthEvent, read_hard_cases, read_truth
from feeds.training.world import Calendar

# Holds two weekends of every kind and no bank holiday.
CALENDAR = Calendar(end=date(2026, 11, 25), days=21)
SCALE = 0.01


@dataclass(frozen=True)
class MadeWorld:
    """What was written for a small world, and the key that opens it."""

    directory: Path
    identity: str
    written: Written

    def manifests(self, feed: str) -> list[Manifest]:
        """Return the manifests of a feed in order of delivery."""
        found = [Manifest.from_json(path.read_bytes()) for path in sorted(self.directory.glob("*.manifest.json"))]
        return [manifest for manifest in found if manifest.feed == feed]

    def plain(self, manifest: Manifest) -> bytes:
        """Return the plaintext that the manifest describes."""
        name = next(self.directory.glob(f"*-{manifest.feed}-{manifest.extract_at:%Y%m%d}.age"))
        return self.opened(name, manifest)

    def opened(self, file: Path, manifest: Manifest) -> bytes:
        """Return the plaintext of a sealed file."""
        with open_sealed([file.read_bytes()], identity=self.identity, manifest=manifest) as stream:
            return stream.read()

    def rolls(self) -> Iterator[tuple[Manifest, dict[str, list[str]]]]:
        """Yield each roll as its manifest and the cells of each line by prison number."""
        for manifest in self.manifests("prison_roll"):
            lines = self.plain(manifest).decode().split("\r\n")[:-1]
            rows = (line[1:-1].split('"|"') for line in lines)
            yield manifest, {row[3]: row for row in rows}

    def hard_cases(self) -> list[HardCase]:
        """Return the hard cases of the truth file."""
        return list(read_hard_cases(self.directory / "truth.age", self.identity))

    def truth(self) -> list[TruthEvent]:
        """Return the events of the truth file."""
        return list(read_truth(self.directory / "truth.age", self.identity))


def make_world(
    directory: Path,
    *,
    seed: int = 1,
    dirt_rate: float = 0.0,
    calendar: Calendar = CALENDAR,
    scale: float = SCALE,
    corrections: int = 0,
) -> MadeWorld:
    """Write a small world into the directory, sealed for a new identity."""
    identity = pyrage.x25519.Identity.generate()
    order = Order(
        scale=scale,
        seed=seed,
        calendar=calendar,
        recipients=(str(identity.to_public()),),
        signing_keys={name: Ed25519PrivateKey.generate() for name in SUPPLIERS.values()},
        dirt_rate=dirt_rate,
        corrections=corrections,
    )
    return MadeWorld(directory, str(identity), write_training_data(order, directory))
