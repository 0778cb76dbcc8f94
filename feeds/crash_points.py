"""The named moments at which an import may be killed, so that a test can kill it at each of them."""

import os
from enum import StrEnum

from django.conf import settings


class CrashPoint(StrEnum):
    """Every moment between which the state of a delivery on disk can differ."""

    PIECES_STORED = "pieces_stored"
    RECEIVED = "received"
    MANIFEST_MOVED = "manifest_moved"
    CLAIMED = "claimed"
    ROWS_WRITTEN = "rows_written"
    MEMBERS_RECORDED = "members_recorded"
    LINKED = "linked"
    DERIVED = "derived"
    ACCOUNTED = "accounted"
    RECORDED_IN_TRAIL = "recorded_in_trail"
    PUBLISHED = "published"
    REFUSAL_RECORDED = "refusal_recorded"
    REFUSED = "refused"


def reach(point: CrashPoint) -> None:
    """Pass the moment; end the process on the spot when a test has asked for that."""
    if point == settings.CRASH_AT:
        os._exit(137)
