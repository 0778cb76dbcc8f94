"""When a readable file is still not believed: too much of it is faulty, or too many have vanished."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.conf import settings

from access.models import Area
from custody.wording import counted
from feeds.members import members_of
from feeds.models import Delivery, RowVersion
from feeds.sources import FileFault
from feeds.streams import Stream

# The feed whose lists stand force by force, and are judged so.
BY_FORCE: Final = "ppo"
BATCH: Final = 1000


class ThresholdFault(FileFault):
    """A share or a total that is not as it should be; an operator may overrule it with a reason."""


def check_control_total(stated: int, held: int, overridden: frozenset[str]) -> None:
    """Check the sender's control total.

    Raises: ThresholdFault C-01. Source: feeds.md 1.
    """
    if stated == held or "C-01" in overridden:
        return
    raise ThresholdFault(
        "C-01",
        f"the manifest states {counted(stated, 'row')} and the file holds {held:,}",
        "ask the sender for the whole file, or for a manifest with the right total",
    )


def check_quarantine(rows: int, quarantined: int, overruled: frozenset[str]) -> None:
    """Check that no more than a fifth of the rows are faulty; the share is a setting.

    Raises: ThresholdFault Q-01. Source: feeds.md 1 and 10.6.
    """
    limit = settings.LIMIT_QUARANTINED
    if "Q-01" in overruled or not _is_above(quarantined, rows, limit):
        return
    raise ThresholdFault(
        "Q-01",
        f"{quarantined:,} of {counted(rows, 'row')} are faulty; the limit is {limit:.0%}",
        "ask the sender for a corrected file, or overrule with a reason",
    )


def check_vanished(delivery: Delivery, tokens: Container[bytes], stream: Stream, overruled: frozenset[str]) -> None:
    """Check that no more than a tenth of an earlier file's people are gone; the share is a setting.

    The PPO lists of each force are judged by themselves, so that a small force's cut list
    does not hide behind the others.
    Raises: ThresholdFault G-01. Source: feeds.md 1 and 10.6.
    """
    if "G-01" in overruled:
        return
    limit = settings.LIMIT_VANISHED[delivery.feed]
    for place, before in _people_before(delivery, tokens, stream):
        if _is_above(before.gone, before.people, limit):
            raise ThresholdFault(
                "G-01",
                f"{before.gone:,} of {before.people:,} people{place} have vanished since the file before;"
                f" the limit is {limit:.0%}",
                "ask the sender whether the file is complete, or overrule with a reason",
            )


def _is_above(part: int, whole: int, limit: float) -> bool:
    return whole >= settings.LIMITS_BITE_FROM and part > whole * limit


@dataclass(slots=True)
class _Before:
    """How many people an earlier file or list held, and how many of them the new one lacks."""

    people: int = 0
    gone: int = 0

    def count(self, token: bytes, present: Container[bytes]) -> None:
        self.people += 1
        self.gone += token not in present


def _people_before(delivery: Delivery, tokens: Container[bytes], stream: Stream) -> Iterator[tuple[str, _Before]]:
    """Yield the people to be held against the file, all at once or by force, with the words for where."""
    if delivery.feed == BY_FORCE:
        for force, before in sorted(_people_by_force(delivery, tokens, stream).items()):
            yield f" of force {force}", before
    elif (earlier := stream.to_compare_with(delivery)) is not None:
        before = _Before()
        for token in members_of(earlier):
            before.count(token, tokens)
        yield "", before


def _people_by_force(delivery: Delivery, tokens: Container[bytes], stream: Stream) -> dict[str, _Before]:
    """Count each force's people of its last list; a file that lists several forces is gone through once."""
    force_of = dict(Area.objects.values_list("code", "force_id"))
    lists = {force: earlier for force in delivery.forces if (earlier := _last_list(stream, delivery, force))}
    found: dict[str, _Before] = {force: _Before() for force in lists}
    for earlier in {one.pk: one for one in lists.values()}.values():
        for token, area in _people_of(earlier):
            force = force_of.get(area, "")
            if force in lists and lists[force].pk == earlier.pk:
                found[force].count(token, tokens)
    return found


def _last_list(stream: Stream, delivery: Delivery, force: str) -> Delivery | None:
    """Return the nearest earlier file that holds the force's list, but not the one that is being corrected."""
    listing = [
        earlier
        for earlier in stream.effective
        if earlier.position < delivery.position and earlier.sequence != delivery.corrects and force in earlier.forces
    ]
    return listing[-1] if listing else None


def _people_of(earlier: Delivery) -> Iterator[tuple[bytes, str]]:
    """Yield who stood in an earlier list, and in which area by the version in effect there."""
    members = members_of(earlier)
    while some := list(islice(members, BATCH)):
        found = RowVersion.objects.filter(
            record__feed=earlier.feed,
            record__supplier_id=earlier.supplier_id,
            record__token__in=some,
            position__lte=earlier.position,
        )
        in_effect = found.order_by("record_id", "-position").distinct("record_id").select_related("record")
        for version in in_effect:
            yield bytes(version.record.token), str(version.content.get("area", ""))
