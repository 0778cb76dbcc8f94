"""The published deliveries of one feed and supplier, in the order of their extracts."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from feeds.models import Delivery

WINDOW: Final = timedelta(days=35)
# A delivery being published now comes after all that are.
NOT_YET: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stream:
    """Every published delivery of a feed and supplier, by position.

    ``effective`` leaves out those that a later file corrects or sends again for
    the same moment: they were delivered, but no longer say what was so. It also
    leaves out what came when its 35 days had passed: its rows tell nothing.
    """

    deliveries: tuple[Delivery, ...]
    effective: tuple[Delivery, ...]

    def before(self, position: int) -> Delivery | None:
        """Return the nearest earlier delivery, corrected ones included."""
        at = bisect_left([d.position for d in self.deliveries], position)
        return self.deliveries[at - 1] if at else None

    def after(self, position: int) -> Delivery | None:
        """Return the nearest later delivery."""
        later = [d for d in self.deliveries if d.position > position]
        return later[0] if later else None

    def to_compare_with(self, delivery: Delivery) -> Delivery | None:
        """Return the nearest earlier one that stands and lists the same forces, to see who has vanished.

        A correction is held against the file before the one that it corrects.
        """
        earlier = [
            d
            for d in self.effective
            if d.position < delivery.position
            and d.sequence != delivery.corrects
            and set(d.forces) == set(delivery.forces)
        ]
        return earlier[-1] if earlier else None

    @property
    def baseline_at(self) -> datetime | None:
        """Return the extract time of the first delivery: who stands in it was there already."""
        return self.effective[0].extract_at if self.effective else None

    @property
    def window_start(self) -> datetime | None:
        """Return the first extract whose row versions are still all held."""
        if not self.effective:
            return None
        floor = self.effective[-1].extract_at - WINDOW
        return next(d.extract_at for d in self.effective if d.extract_at >= floor)


def stream_of(feed: str, supplier_id: str, *, with_delivery: Delivery | None = None) -> Stream:
    """Return the stream of a feed and supplier, with a delivery being published now if given."""
    published = Delivery.objects.filter(
        feed=feed, supplier_id=supplier_id, state=Delivery.State.PUBLISHED
    ).only(
        "id", "feed", "supplier", "sequence", "extract_at", "position", "corrects", "forces", "published_at"
    )  # fmt: skip
    deliveries = {d.pk: d for d in published}
    if with_delivery is not None:
        deliveries[with_delivery.pk] = with_delivery
    ordered = tuple(sorted(deliveries.values(), key=lambda d: d.position))
    overtaken = {d.corrects for d in ordered if d.corrects is not None} | _repeated(ordered) | _too_late(ordered)
    effective = tuple(d for d in ordered if d.sequence not in overtaken)
    return Stream(ordered, effective)


def _repeated(ordered: Sequence[Delivery]) -> set[int]:
    """Of several complete lists for one moment, the last sent counts."""
    return {a.sequence for a, b in pairwise(ordered) if (a.extract_at, set(a.forces)) == (b.extract_at, set(b.forces))}


def _too_late(ordered: Sequence[Delivery]) -> set[int]:
    """An extract older than the window when it came must not become anybody's first roll."""
    late = set()
    newest: datetime | None = None
    for delivery in sorted(ordered, key=lambda d: d.published_at or NOT_YET):
        if newest is not None and delivery.extract_at < newest - WINDOW:
            late.add(delivery.sequence)
        newest = max(newest or delivery.extract_at, delivery.extract_at)
    return late
