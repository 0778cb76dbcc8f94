"""Keeps who stood in which delivery, as runs of neighbouring deliveries.

A run grows with each delivery that holds the person and costs a row only
where somebody comes or goes. Late deliveries extend, join or split runs, so
that "was this person in that file" has one answer in whatever order they came.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from django.db import connection

from feeds import arrays
from feeds.models import Delivery

BATCH: Final = 2000
PAGE: Final = 20_000
T = TypeVar("T")
OF_STREAM: Final = "m.feed = %(feed)s AND m.supplier_id = %(supplier)s"
OVER: Final = "m.first_seen <= %(at)s AND (m.last_seen IS NULL OR m.last_seen >= %(at)s)"
PEOPLE_OVER: Final = f"""
SELECT m.id, m.token, m.first_seen, m.last_seen FROM feeds_deliverymember m
 WHERE {OF_STREAM} AND {OVER} AND m.id > %(after)s ORDER BY m.id LIMIT {PAGE}
"""  # noqa: S608 - constants of this file
# OFFSET 0: a look-up in the index for each token, and not the whole table read for each batch.
NEWCOMERS: Final = f"""
SELECT decode(n.token, 'hex') FROM unnest(%(tokens)s::text[]) AS n (token)
 WHERE NOT EXISTS (SELECT FROM feeds_deliverymember m
                    WHERE {OF_STREAM} AND m.token = decode(n.token, 'hex') AND {OVER} OFFSET 0)
"""  # noqa: S608 - constants of this file
RUNS_OVER: Final = f"""
SELECT m.token, m.id, m.first_seen, m.last_seen
  FROM unnest(%(tokens)s::text[]) AS n (token)
  JOIN LATERAL (SELECT * FROM feeds_deliverymember m
                 WHERE {OF_STREAM} AND m.token = decode(n.token, 'hex') AND {OVER} OFFSET 0) m ON true
"""  # noqa: S608 - constants of this file
BEGIN: Final = """
INSERT INTO feeds_deliverymember (feed, supplier_id, delivery_id, token, first_seen, last_seen)
SELECT %s, %s, %s, decode(n.token, 'hex'), n.first, n.last
  FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS n (token, first, last)
"""
END: Final = """
UPDATE feeds_deliverymember m SET last_seen = n.last
  FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, last) WHERE m.id = n.id
"""


@dataclass(frozen=True, slots=True)
class Turnover:
    """Whose tokens the delivery adds to and drops from the nearest earlier and later ones."""

    came: frozenset[bytes]
    gone: frozenset[bytes]
    differs_later: frozenset[bytes]


class _Run(NamedTuple):
    id: int
    first_seen: int
    last_seen: int | None

    def covers(self, delivery: Delivery) -> bool:
        return self.first_seen <= delivery.position and (self.last_seen is None or self.last_seen >= delivery.position)


class Present(Collection[bytes]):
    """Everybody who stands in a file: those whose row was taken, and those known from a faulty one."""

    def __init__(self, taken: Collection[bytes], faulty: Iterable[bytes]) -> None:
        """Hold both without a copy of the larger."""
        self._taken = taken
        self._faulty = frozenset(token for token in faulty if token not in taken)

    def __contains__(self, token: object) -> bool:
        return token in self._taken or token in self._faulty

    def __iter__(self) -> Iterator[bytes]:
        yield from self._taken
        yield from self._faulty

    def __len__(self) -> int:
        return len(self._taken) + len(self._faulty)


def record_members(
    delivery: Delivery, tokens: Collection[bytes], *, earlier: Delivery | None, later: Delivery | None
) -> Turnover:
    """Record every token of the delivery and return who came and went beside its neighbours."""
    if later is not None:
        return _insert_between(delivery, tokens, earlier, later)
    if earlier is None:
        _begin(delivery, tokens, last_seen=None)
        return Turnover(frozenset(tokens), frozenset(), frozenset())
    came = [token for some in _batches(tokens) for token in _newcomers(earlier, some)]
    ended = [(run, token) for token, run in _runs_at(earlier) if token not in tokens]
    _end((run, earlier.position) for run, _ in ended)
    _begin(delivery, came, last_seen=None)
    return Turnover(frozenset(came), frozenset(token for _, token in ended), frozenset())


def members_of(delivery: Delivery) -> Iterator[bytes]:
    """Yield the tokens of everybody who stood in a published delivery, some at a time."""
    return (token for token, _ in _runs_at(delivery))


@dataclass(slots=True)
class _Between:
    """What a late delivery does to the runs on either side of it."""

    came: set[bytes] = field(default_factory=set)
    differs: set[bytes] = field(default_factory=set)
    begun: list[bytes] = field(default_factory=list)
    ends: list[tuple[_Run, int | None]] = field(default_factory=list)
    sooner: list[_Run] = field(default_factory=list)
    joined: list[_Run] = field(default_factory=list)

    def settle(self, token: bytes, run: _Run | None, following: _Run | None, *, at: int) -> None:
        """Let the runs on either side reach or meet over the delivery."""
        if run is None:
            self.came.add(token)
        if following is None:
            self.differs.add(token)
        if run is None and following is None:
            self.begun.append(token)
        elif run is None and following is not None:
            self.sooner.append(following)
        elif run is not None and following is None:
            self.ends.append((run, at))
        elif run is not None and following is not None and run.id != following.id:
            self.joined.append(following)
            self.ends.append((run, following.last_seen))


def _insert_between(
    delivery: Delivery, tokens: Collection[bytes], earlier: Delivery | None, later: Delivery
) -> Turnover:
    between = _Between()
    for some in _batches(tokens):
        before, after = _runs_over(earlier, some), _runs_over(later, some)
        for token in some:
            between.settle(token, before.get(token), after.get(token), at=delivery.position)
    between.differs.update(token for token, _ in _runs_at(later) if token not in tokens)
    gone = [(token, run) for token, run in _runs_at(earlier) if token not in tokens] if earlier is not None else []
    _write(delivery, between)
    if earlier is not None:
        split = [(token, run) for token, run in gone if run.covers(later)]
        _end((run, earlier.position) for _, run in split)
        _begin_many(later, [(token, later.position, run.last_seen) for token, run in split])
    return Turnover(frozenset(between.came), frozenset(token for token, _ in gone), frozenset(between.differs))


def _write(delivery: Delivery, between: _Between) -> None:
    with connection.cursor() as cursor:
        joined = [run.id for run in between.joined]
        cursor.execute("DELETE FROM feeds_deliverymember WHERE id = ANY(%s::bigint[])", [joined])
        cursor.execute(
            "UPDATE feeds_deliverymember SET delivery_id = %s, first_seen = %s WHERE id = ANY(%s::bigint[])",
            [delivery.pk, delivery.position, [run.id for run in between.sooner]],
        )
    _end(between.ends)
    _begin(delivery, between.begun, last_seen=delivery.position)


def _newcomers(earlier: Delivery, tokens: Sequence[bytes]) -> list[bytes]:
    found = _rows(NEWCOMERS, {**_at(earlier), "tokens": arrays.of_bytes(tokens)})
    return [bytes(token) for (token,) in found]


def _runs_over(at: Delivery | None, tokens: Sequence[bytes]) -> dict[bytes, _Run]:
    """Return the runs of these tokens that cover a delivery."""
    if at is None:
        return {}
    found = _rows(RUNS_OVER, {**_at(at), "tokens": arrays.of_bytes(tokens)})
    return {bytes(token): _Run(*run) for token, *run in found}


def _runs_at(at: Delivery) -> Iterator[tuple[bytes, _Run]]:
    """Yield every run that covers a delivery, a page at a time: a national file has 88,000."""
    after = 0
    while page := _rows(PEOPLE_OVER, {**_at(at), "after": after}):
        for pk, token, first, last in page:
            yield bytes(token), _Run(pk, first, last)
        after = page[-1][0]


def _end(runs: Iterable[tuple[_Run, int | None]]) -> None:
    for some in _batches(runs):
        with connection.cursor() as cursor:
            cursor.execute(END, [[run.id for run, _ in some], [last for _, last in some]])


def _begin(delivery: Delivery, tokens: Iterable[bytes], *, last_seen: int | None) -> None:
    _begin_many(delivery, ((token, delivery.position, last_seen) for token in tokens))


def _begin_many(delivery: Delivery, runs: Iterable[tuple[bytes, int, int | None]]) -> None:
    for some in _batches(runs):
        tokens, first, last = zip(*some, strict=True)
        values: list[Any] = [delivery.feed, delivery.supplier_id, delivery.pk]
        values += [arrays.of_bytes(tokens), list(first), list(last)]
        with connection.cursor() as cursor:
            cursor.execute(BEGIN, values)


def _at(delivery: Delivery) -> dict[str, Any]:
    return {"feed": delivery.feed, "supplier": delivery.supplier_id, "at": delivery.position}


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, BATCH)):
        yield some
