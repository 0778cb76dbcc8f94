"""How far a delivery under way has come, in words for its page and for the script that keeps them fresh."""

from dataclasses import dataclass
from typing import Final

from custody.wording import counted
from feeds.models import Delivery
from feeds.progress import Progress, progress_of

PERMILLE: Final = 1000
MINUTE: Final = 60
NO_FIGURES: Final = "A worker takes it up within a minute; its figures stand here then"


@dataclass(frozen=True, slots=True)
class Live:
    """One moment of a delivery under way; without figures while no worker has told any."""

    step: str = NO_FIGURES
    rows: str = ""
    pace: str = ""
    left: str = ""
    permille: int = 0


def is_live(delivery: Delivery, *, is_overruled: bool) -> bool:
    """Return whether a worker has still to do something: it came in, or what it waited for is decided."""
    return delivery.state == Delivery.State.RECEIVED or (delivery.state == Delivery.State.WAITING and is_overruled)


def live_of(delivery: Delivery) -> Live:
    """Return how far the delivery has come by what its worker last told the broker."""
    progress = progress_of(delivery.pk) if delivery.state == Delivery.State.RECEIVED else None
    return in_words(progress) if progress else Live()


def in_words(progress: Progress) -> Live:
    """Return the figures in words. Pure."""
    share = min(progress.rows / progress.of, 1.0) if progress.of else 0.0
    return Live(
        step=progress.step,
        rows=f"{progress.rows:,} of {progress.of:,} ({share:.0%})",
        pace=f"{counted(round(progress.rows_per_second), 'row')} a second",
        left=_left(progress),
        permille=round(share * PERMILLE),
    )


def _left(progress: Progress) -> str:
    seconds = progress.seconds_left
    if progress.rows >= progress.of:
        return "Every row is read; people, facts and events follow"
    if seconds is None:
        return "Not known yet"
    return f"About {_length(round(seconds))} for reading the rows; people, facts and events follow"


def _length(seconds: int) -> str:
    return counted(max(seconds, 1), "second") if seconds < 2 * MINUTE else counted(round(seconds / MINUTE), "minute")
