"""Everything the database says about people, free of ids and of when and from which file it was learnt."""

from collections import Counter
from collections.abc import Hashable
from typing import Any
from uuid import UUID

from custody.models import CustodyEvent, CustodyState
from custody.recording import CUSTODY, DATES, MOVEMENTS
from feeds.models import SourceRecord
from offenders.facts import FactTable, standing
from offenders.models import RecordLink
from offenders.statements import tables_of_facts

Picture = dict[str, Counter[Hashable]]


def picture() -> Picture:
    """Return facts, links, live events and states, each counted by its content."""
    names = {pk: (feed, bytes(token)) for pk, feed, token in SourceRecord.objects.values_list("pk", "feed", "token")}
    people = _people(names)
    tables: tuple[FactTable[Any], ...] = (CUSTODY, MOVEMENTS, DATES, *tables_of_facts())
    drawn: Picture = {table.model.__name__: _facts(table, names) for table in tables}
    drawn["people"] = Counter(people.values())
    drawn["events"] = Counter(
        (people[event.offender_id], names[event.record_id], *_values(event, EVENT_FIELDS))
        for event in CustodyEvent.objects.filter(withdrawn_at__isnull=True)
    )
    drawn["states"] = Counter(
        (people[state.pk], *_values(state, STATE_FIELDS)) for state in CustodyState.objects.all() if state.pk in people
    )
    return drawn


EVENT_FIELDS = (
    "kind",
    "occurred_at",
    "precision",
    "learned_at",
    "from_establishment",
    "to_establishment",
    "old_date",
    "new_date",
    "reason_code",
    "before_tracking",
)
STATE_FIELDS = (
    "whereabouts",
    "establishment_code",
    "since",
    "in_custody_since",
    "unconfirmed_since",
    "released_at",
    "release_date",
    "release_date_type",
    "certainty",
    "eligible_date",
    "eligible_date_type",
    "legal_status",
    "last_event_kind",
    "last_event_at",
)


def difference(one: Picture, other: Picture) -> dict[str, tuple[int, int]]:
    """Return, per part, how much stands in only one of two pictures."""
    return {
        part: (sum((one[part] - other[part]).values()), sum((other[part] - one[part]).values()))
        for part in one
        if one[part] != other[part]
    }


def _facts(table: FactTable[Any], names: dict[UUID, tuple[str, bytes]]) -> Counter[Hashable]:
    return Counter((names[fact.record_id], *table.read(fact).identity) for fact in standing(table.model, names))


def _people(names: dict[UUID, tuple[str, bytes]]) -> dict[UUID, frozenset[tuple[str, bytes]]]:
    """A person is known by the records that speak of them."""
    found: dict[UUID, set[tuple[str, bytes]]] = {}
    for link in RecordLink.objects.filter(ended_at__isnull=True):
        found.setdefault(link.offender_id, set()).add(names[link.record_id])
    return {pk: frozenset(records) for pk, records in found.items()}


def _values(row: Any, fields: tuple[str, ...]) -> tuple[Hashable, ...]:
    return tuple(getattr(row, field) for field in fields)
