"""How facts of source records are kept: inserted when first stated, superseded when disproved.

One mechanism for every kind of fact, in this app and in custody: what the
records' snapshots state now is compared with what stands, and only the
difference is written.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from offenders.models import RecordFact, Supersession
from vault.among import among
from vault.inserting import insert_all

# Values of mixed types, each the content of one column of a fact's table.
Content = tuple[Any, ...]
M = TypeVar("M", bound=RecordFact)
# The facts that stand, by table and record, oldest first: read once and handed on.
Standing = dict[type[RecordFact], dict[UUID, list[Any]]]


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact as derived. ``group`` runs on until another ``content`` is stated in it.

    ``extra`` tells facts of one content apart without making a new fact of what
    an older extract already said. ``learned_at`` is the extract that first said
    it, where that is not when it became so. ``ends`` marks a statement that only
    ends an earlier one of its group, and says nothing where there is none.
    """

    group: Hashable
    content: Content
    valid_at: datetime
    delivery_id: UUID
    extra: Content = ()
    learned_at: datetime | None = None
    ends: bool = False

    @property
    def identity(self) -> tuple[Hashable, ...]:
        """What makes two facts the same, whichever delivery said so."""
        return self.group, self.content, self.valid_at, self.extra, self.learned_at

    @property
    def stated_at(self) -> datetime:
        """The extract that first stated it."""
        return self.learned_at or self.valid_at


@dataclass(frozen=True, slots=True)
class FactTable(Generic[M]):
    """A table of facts: how to read a row as stated, and how to build one."""

    model: type[M]
    read: Callable[[M], Stated]
    build: Callable[[UUID, Stated], M]


@dataclass(slots=True)
class Changes:
    """Which records gained or lost facts, and what stands of all that were asked about."""

    inserted: int = 0
    superseded: int = 0
    records: set[UUID] = field(default_factory=set)
    standing: Standing = field(default_factory=dict)

    def add(self, other: "Changes") -> None:
        """Take another table's or group's changes in."""
        self.inserted += other.inserted
        self.superseded += other.superseded
        self.records |= other.records
        for model, rows in other.standing.items():
            self.standing.setdefault(model, {}).update(rows)


def standing(model: type[M], record_ids: Iterable[UUID]) -> QuerySet[M]:
    """Return the records' facts that nothing has superseded, oldest first."""
    gone = Supersession.objects.filter(fact_id=OuterRef("pk"))
    found = model._base_manager.filter(~Exists(gone), among("record_id", record_ids))
    return found.order_by("valid_at", "recorded_at")


def standing_of(models: Iterable[type[RecordFact]], record_ids: Iterable[UUID]) -> Standing:
    """Return the records' standing facts of several tables."""
    ids = list(record_ids)
    found: Standing = {model: {record_id: [] for record_id in ids} for model in models}
    for model, rows in found.items():
        for row in standing(model, ids):
            rows[row.record_id].append(row)
    return found


def runs(statements: Iterable[Stated]) -> list[Stated]:
    """Return only the statements that say something new in their group, in time order."""
    last: dict[Hashable, Content] = {}
    kept = []
    for stated in sorted(statements, key=lambda s: s.valid_at):
        if last.get(stated.group) == stated.content:
            continue
        last[stated.group] = stated.content
        kept.append(stated)
    return kept


def reconcile(
    table: FactTable[M],
    wanted: Mapping[UUID, Sequence[Stated]],
    *,
    since: datetime,
    delivery_id: UUID,
    because: str,
) -> Changes:
    """Make the standing facts of each record equal to ``wanted``, and say what changed.

    Facts first stated before ``since`` are older than the versions still held and
    stand as they are.
    """
    existing: dict[UUID, list[M]] = standing_of([table.model], wanted)[table.model]
    changes, fresh, gone = Changes(), [], []
    for record_id, statements in wanted.items():
        added, disproved = _difference(table, existing[record_id], statements, since)
        fresh += [table.build(record_id, stated) for stated in added]
        gone += [_supersession(row, delivery_id, because) for row in disproved]
        if added or disproved:
            changes.records.add(record_id)
    insert_all(fresh, routed=True)
    insert_all(gone, routed=True)
    changes.inserted, changes.superseded = len(fresh), len(gone)
    changes.standing[table.model] = _after_changes(existing, fresh, gone)
    return changes


def _after_changes(
    existing: dict[UUID, list[M]], fresh: Iterable[M], gone: Iterable[Supersession]
) -> dict[UUID, list[Any]]:
    """Return what stands now, without asking again."""
    ended = {one.fact_id for one in gone}
    found = {record_id: [row for row in rows if row.pk not in ended] for record_id, rows in existing.items()}
    for row in fresh:
        found[row.record_id].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.valid_at, row.recorded_at))
    return found


def _difference(
    table: FactTable[M], rows: Sequence[M], wanted: Sequence[Stated], since: datetime
) -> tuple[list[Stated], list[M]]:
    stands = [(row, table.read(row)) for row in rows]
    older = {stated.group: stated.content for _, stated in stands if stated.stated_at < since}
    needed = {stated.identity: stated for stated in _after(older, wanted)}
    disproved = [row for row, stated in stands if stated.stated_at >= since and stated.identity not in needed]
    held = {stated.identity for _, stated in stands}
    return [s for identity, s in needed.items() if identity not in held], disproved


def _after(older: dict[Hashable, Content], wanted: Sequence[Stated]) -> Iterable[Stated]:
    """Leave out what the older facts already say at the start of the window, and ends of nothing."""
    last = dict(older)
    for stated in wanted:
        if last.get(stated.group) == stated.content or (stated.ends and stated.group not in last):
            continue
        last[stated.group] = stated.content
        yield stated


def _supersession(row: RecordFact, delivery_id: UUID, because: str) -> Supersession:
    return Supersession(fact_id=row.pk, record_id=row.record_id, delivery_id=delivery_id, because=because)
