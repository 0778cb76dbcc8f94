"""When a readable file is still not believed: too much of it is faulty, or too many have vanished."""

from collections.abc import Iterable, Iterator, Set

from django.conf import settings

from access.models import Area
from custody.wording import counted
from feeds.members import members_of
from feeds.models import Delivery, RowVersion
from feeds.sources import FileFault
from feeds.streams import Stream

# The feed whose lists stand force by force, and are judged so.
BY_FORCE = "ppo"


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


def check_vanished(delivery: Delivery, tokens: Set[bytes], stream: Stream, overruled: frozenset[str]) -> None:
    """Check that no more than a tenth of an earlier file's people are gone; the share is a setting.

    The PPO lists of each force are judged by themselves, so that a small force's cut list
    does not hide behind the others.
    Raises: ThresholdFault G-01. Source: feeds.md 1 and 10.6.
    """
    if "G-01" in overruled:
        return
    limit = settings.LIMIT_VANISHED[delivery.feed]
    for place, before in _people_before(delivery, stream):
        gone = len(before - tokens)
        if _is_above(gone, len(before), limit):
            raise ThresholdFault(
                "G-01",
                f"{gone:,} of {len(before):,} people{place} have vanished since the file before;"
                f" the limit is {limit:.0%}",
                "ask the sender whether the file is complete, or overrule with a reason",
            )


def _is_above(part: int, whole: int, limit: float) -> bool:
    return whole >= settings.LIMITS_BITE_FROM and part > whole * limit


def _people_before(delivery: Delivery, stream: Stream) -> Iterator[tuple[str, Set[bytes]]]:
    """Yield the people to be held against the file, all at once or by force, with the words for where."""
    if delivery.feed != BY_FORCE:
        earlier = stream.to_compare_with(delivery)
        if earlier is not None:
            yield "", members_of(earlier)
        return
    for force in sorted(delivery.forces):
        earlier = _last_list(stream, delivery, force)
        if earlier is not None:
            yield f" of force {force}", _people_of_force(earlier, force)


def _last_list(stream: Stream, delivery: Delivery, force: str) -> Delivery | None:
    """Return the nearest earlier file that holds the force's list, but not the one that is being corrected."""
    listing = [
        earlier
        for earlier in stream.effective
        if earlier.position < delivery.position and earlier.sequence != delivery.corrects and force in earlier.forces
    ]
    return listing[-1] if listing else None


def _people_of_force(earlier: Delivery, force: str) -> set[bytes]:
    areas = set(Area.objects.filter(force_id=force).values_list("code", flat=True))
    return {
        bytes(version.record.token) for version in _versions(earlier, members_of(earlier)) if _area(version) in areas
    }


def _versions(earlier: Delivery, tokens: Iterable[bytes]) -> Iterator[RowVersion]:
    """Yield what the earlier file said of each of its people: the version in effect there."""
    found = RowVersion.objects.filter(
        record__feed=earlier.feed,
        record__supplier_id=earlier.supplier_id,
        record__token__in=list(tokens),
        position__lte=earlier.position,
    )
    in_effect = found.order_by("record_id", "-position").distinct("record_id").select_related("record")
    yield from in_effect.iterator()


def _area(version: RowVersion) -> str:
    return str(version.content.get("area", ""))
