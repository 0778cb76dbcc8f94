"""Our seal beside bare AES-GCM and beside the token of django-cryptography: microseconds and bytes a value."""

from collections.abc import Iterable
from typing import Final

from bench import apart, world
from bench.measure import Figure

OURS: Final = "ours"
BARE: Final = "cryptography's AESGCM, bare"
PACKAGE: Final = "django-cryptography's Fernet"
MEASURED: Final = (("seal one value", "µs"), ("open one value", "µs"), ("size of a sealed value", "bytes"))


def figures() -> Iterable[Figure]:
    """Return time to seal, time to open and size, ours beside each of the two."""
    world.current()
    told: dict[str, list[float]] = apart.call("bench.sealing_ways:measured")
    for peer, beside in ((BARE, ""), (PACKAGE, ", beside Fernet")):
        for at, (what, unit) in enumerate(MEASURED):
            yield Figure(what + beside, told[OURS][at], unit, peer, told[peer][at])
