"""When a readable file is still not believed: too much of it is faulty, or too many have vanished."""

from collections.abc import Set
from typing import Final

from feeds.members import members_of
from feeds.models import Delivery
from feeds.sources import FileFault

QUARANTINED_LIMIT: Final = 0.20
VANISHED_LIMIT: Final = {"prison_roll": 0.10, "ppo": 0.10}
BITES_FROM: Final = 10


class ThresholdFault(FileFault):
    """A fault that an operator may overrule with a reason."""


def check_control_total(stated: int, counted: int, overridden: frozenset[str]) -> None:
    """Check the sender's control total.

    Raises: ThresholdFault C-01. Source: feeds.md 1.
    """
    if stated == counted or "C-01" in overridden:
        return
    raise ThresholdFault(
        "C-01",
        f"the manifest states {stated} rows and the file holds {counted}",
        "ask the sender for the whole file, or for a manifest with the right total",
    )


def check_quarantine(rows: int, quarantined: int, overruled: frozenset[str]) -> None:
    """Check that no more than a fifth of the rows are faulty.

    Raises: ThresholdFault Q-01. Source: feeds.md 1 and 10.6.
    """
    if "Q-01" in overruled or rows < BITES_FROM or quarantined <= rows * QUARANTINED_LIMIT:
        return
    raise ThresholdFault(
        "Q-01",
        f"{quarantined} of {rows} rows are faulty; the limit is {QUARANTINED_LIMIT:.0%}",
        "ask the sender for a corrected file, or overrule with a reason",
    )


def check_vanished(delivery: Delivery, tokens: Set[bytes], earlier: Delivery | None, overruled: frozenset[str]) -> None:
    """Check that no more than a tenth of an earlier file's people are gone from one with these tokens.

    Raises: ThresholdFault G-01. Source: feeds.md 1 and 10.6.
    """
    if earlier is None or "G-01" in overruled:
        return
    before = members_of(earlier)
    gone = len(before - tokens)
    limit = VANISHED_LIMIT[delivery.feed]
    if len(before) < BITES_FROM or gone <= len(before) * limit:
        return
    raise ThresholdFault(
        "G-01",
        f"{gone} of {len(before)} people have vanished since the file before; the limit is {limit:.0%}",
        "ask the sender whether the file is complete, or overrule with a reason",
    )
