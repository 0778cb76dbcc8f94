"""Keeps who stood in which delivery, as runs of neighbouring deliveries.

A run grows with each delivery that holds the person and costs a row only
where somebody comes or goes. Late deliveries extend, join or split runs, so
that "was this person in that file" has one answer in whatever order they came.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from feeds.models import Delivery, DeliveryMember

BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Turnover:
    """Whose tokens the delivery adds to and drops from the nearest earlier and later ones."""

    came: frozenset[bytes]
    gone: frozenset[bytes]
    differs_later: frozenset[bytes]


@dataclass(slots=True)
class _Run:
    id: int
    first_seen: int
    last_seen: int | None


def record_members(
    delivery: Delivery, tokens: set[bytes], *, earlier: Delivery | None, later: Delivery | None
) -> Turnover:
    """Record every token of the delivery and return who came and went beside its neighbours."""
    before = _runs_over(delivery, earlier)
    if later is None:
        _append(delivery, tokens, before, earlier)
        came, gone = tokens - before.keys(), before.keys() - tokens
        return Turnover(frozenset(came), frozenset(gone), frozenset())
    after = _runs_over(delivery, later)
    _insert_between(delivery, tokens, before, after, earlier, later)
    return Turnover(
        frozenset(tokens - before.keys()),
        frozenset(before.keys() - tokens),
        frozenset(tokens ^ after.keys()),
    )


def members_of(delivery: Delivery) -> set[bytes]:
    """Return the tokens of everybody who stood in a published delivery."""
    return set(_runs_over(delivery, delivery))


def _runs_over(delivery: Delivery, at: Delivery | None) -> dict[bytes, _Run]:
    if at is None:
        return {}
    found = DeliveryMember.objects.filter(
        Q(last_seen__isnull=True) | Q(last_seen__gte=at.position),
        feed=delivery.feed,
        supplier_id=delivery.supplier_id,
        first_seen__lte=at.position,
    )
    rows = found.values_list("token", "id", "first_seen", "last_seen")
    return {bytes(token): _Run(pk, first, last) for token, pk, first, last in rows.iterator()}


def _append(delivery: Delivery, tokens: set[bytes], before: dict[bytes, _Run], earlier: Delivery | None) -> None:
    if earlier is not None:
        ended = [run.id for token, run in before.items() if token not in tokens]
        DeliveryMember.objects.filter(pk__in=ended).update(last_seen=earlier.position)
    _begin(delivery, ((token, None) for token in tokens - before.keys()))


def _insert_between(
    delivery: Delivery,
    tokens: set[bytes],
    before: dict[bytes, _Run],
    after: dict[bytes, _Run],
    earlier: Delivery | None,
    later: Delivery,
) -> None:
    begun = [token for token in tokens if _settle(token, delivery, before, after)]
    _begin(delivery, ((token, delivery.position) for token in begun))
    if earlier is not None:
        for token in before.keys() - tokens:
            if token in after and before[token].id == after[token].id:
                _split(token, before[token], earlier, later)


def _settle(token: bytes, delivery: Delivery, before: dict[bytes, _Run], after: dict[bytes, _Run]) -> bool:
    """Let the runs on either side reach or meet over the delivery; true when there is none."""
    run, following = before.get(token), after.get(token)
    if run is None and following is None:
        return True
    if run is None and following is not None:
        DeliveryMember.objects.filter(pk=following.id).update(delivery=delivery, first_seen=delivery.position)
    elif run is not None and following is None:
        _end(run, delivery.position)
    elif run is not None and following is not None and run.id != following.id:
        DeliveryMember.objects.filter(pk=following.id).delete()
        _end(run, following.last_seen)
    return False


def _split(token: bytes, run: _Run, earlier: Delivery, later: Delivery) -> None:
    _end(run, earlier.position)
    DeliveryMember.objects.create(
        feed=later.feed,
        supplier_id=later.supplier_id,
        delivery=later,
        token=token,
        first_seen=later.position,
        last_seen=run.last_seen,
    )


def _end(run: _Run, last_seen: int | None) -> None:
    DeliveryMember.objects.filter(pk=run.id).update(last_seen=last_seen)


def _begin(delivery: Delivery, tokens: Iterable[tuple[bytes, int | None]]) -> None:
    DeliveryMember.objects.bulk_create(
        (
            DeliveryMember(
                feed=delivery.feed,
                supplier_id=delivery.supplier_id,
                delivery=delivery,
                token=token,
                first_seen=delivery.position,
                last_seen=last_seen,
            )
            for token, last_seen in tokens
        ),
        batch_size=BATCH,
    )
