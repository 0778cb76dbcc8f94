"""Who is missing from the newest complete PPO list of their force, and since which list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from access.models import Area
from custody.wording import day_of
from feeds.models import Delivery
from feeds.observing import Sight
from offenders.models import SchemeMembership

SCHEME: Final = "ppo"


def absences_of(sights: Iterable[Sight], histories: Mapping[UUID, Sequence[SchemeMembership]]) -> dict[UUID, date]:
    """Return, for each scheme record that its force's newest list lacks, the day of the first list without it.

    Only lists that name the force count: another force's list says nothing of the person. Absence ends
    nothing, neither adoption nor sight. ``histories`` are the records' standing memberships, oldest first.
    Source: feeds.md 5.
    """
    schemes = [sight for sight in sights if sight.feed == SCHEME]
    forces = dict(Area.objects.values_list("code", "force_id")) if schemes else {}
    found = {}
    for sight in schemes:
        history = histories.get(sight.record_id)
        since = _absent_since(sight, forces.get(history[-1].area_code)) if history else None
        if since is not None:
            found[sight.record_id] = since
    return found


def _absent_since(sight: Sight, force: str | None) -> date | None:
    lists = [delivery for delivery in sight.stream.effective if force in delivery.forces]
    last_held = _last_held(sight)
    without = _after(lists, last_held) if last_held else []
    return day_of(without[0].extract_at) if without else None


def _last_held(sight: Sight) -> datetime | None:
    held = [seen.delivery.extract_at for seen in sight.seen if seen.content is not None]
    return max(held, default=sight.last_seen_at)


def _after(lists: Sequence[Delivery], moment: datetime) -> list[Delivery]:
    return [delivery for delivery in lists if delivery.extract_at > moment]
