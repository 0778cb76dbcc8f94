"""Who adopted a person, since when it is tracked, and until when the area may see it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from offenders.facts import standing
from offenders.models import SchemeMembership

KEEPS_SIGHT: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Tracking:
    """When a person's tracking began and ended by the schemes' own deliveries; open while it lasts."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    started_by: UUID | None = None

    def covers(self, moment: datetime) -> bool:
        """Return whether facts of that moment are followed; history before the start is."""
        return self.starts_at is not None and (self.ends_at is None or moment < self.ends_at)


def memberships_of(record_ids: Iterable[UUID]) -> dict[UUID, list[SchemeMembership]]:
    """Return each record's standing membership facts, oldest first."""
    found: dict[UUID, list[SchemeMembership]] = defaultdict(list)
    for fact in standing(SchemeMembership, record_ids):
        found[fact.record_id].append(fact)
    return found


def tracking(histories: Iterable[Sequence[SchemeMembership]]) -> Tracking:
    """Return when tracking began and ended, given the memberships of all a person's records.

    Adoption by any scheme holds; the last removal ends it.
    Source: feeds.md 8 and 10.15.
    """
    histories = [history for history in histories if history]
    adopted = [fact for history in histories for fact in history if fact.strand]
    if not adopted:
        return Tracking()
    first = min(adopted, key=lambda fact: (fact.valid_at, str(fact.delivery_id)))
    if any(history[-1].strand for history in histories):
        return Tracking(first.valid_at, None, first.delivery_id)
    return Tracking(first.valid_at, max(_removals(histories)), first.delivery_id)


def _removals(histories: Iterable[Sequence[SchemeMembership]]) -> Iterator[datetime]:
    """When each scheme let go: the first removal after its last adoption, whatever it said later."""
    for history in histories:
        last_held = max((at for at, fact in enumerate(history) if fact.strand), default=None)
        if last_held is not None:
            yield history[last_held + 1].valid_at


def areas_that_may_see(current: Iterable[SchemeMembership], *, today: date) -> set[str]:
    """Return the areas that have adopted the person, or had until 28 days ago.

    Source: architecture.md 3, the area key.
    """
    return {fact.area_code for fact in current if fact.strand or _left_on(fact) + KEEPS_SIGHT >= today}


def _left_on(fact: SchemeMembership) -> date:
    return fact.removed_on or timezone.localdate(fact.valid_at)
