"""Brings facts, events, projections and routing of people into line with the deliveries held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from custody.models import CustodyState
from custody.projection import Case, EventChanges, RecordHistory, differences, project
from custody.recording import load_custody_facts, record_custody_facts
from custody.routing import reroute
from custody.snapshots import Observation, RecordFacts, derive_facts
from feeds.absences import absences_of
from feeds.models import SourceRecord
from feeds.observing import Sight, Streams, sights_of
from feeds.readings import custody_statement, person_statement
from offenders.facts import Changes
from offenders.links import records_of
from offenders.profiles import save_profiles
from offenders.schemes import Tracking, memberships_of, tracking
from offenders.statements import PersonObservation, record_person_facts

BATCH: Final = 400
ROLL: Final = "prison_roll"


@dataclass(slots=True)
class Refreshed:
    """What a refresh changed, for the statement."""

    events: EventChanges = field(default_factory=EventChanges)
    facts_inserted: int = 0
    facts_superseded: int = 0
    rerouted: int = 0


class Refresher:
    """Refreshes people in batches, inside the transaction of one delivery."""

    def __init__(self, streams: Streams, *, delivery_id: UUID, because: str, today: date) -> None:
        """Say which delivery is the cause; ``because`` is ``stated``, ``correction`` or ``late_file``."""
        self._streams = streams
        self._delivery_id = delivery_id
        self._because = because
        self._today = today
        self.done = Refreshed()

    def refresh(self, offender_ids: Iterable[UUID]) -> Refreshed:
        """Derive and store everything about the people anew; unchanged rows stay as they are."""
        ids = sorted(set(offender_ids))
        for start in range(0, len(ids), BATCH):
            self._refresh_some(ids[start : start + BATCH])
        return self.done

    def _refresh_some(self, ids: Sequence[UUID]) -> None:
        records = records_of(ids)
        all_records = [record for found in records.values() for record in found]
        sights = list(sights_of(all_records, self._streams))
        self._count(self._record_person_facts(sights))
        trackings = _trackings(records)
        owner = {record: pk for pk, found in records.items() for record in found}
        rolls = [sight for sight in sights if sight.feed == ROLL]
        self._count(self._record_custody_facts(rolls, owner, trackings))
        cases = cases_of(ids, records, trackings, self._streams)
        events = project(cases, delivery_id=self._delivery_id)
        _add_events(self.done.events, events)
        save_profiles(ids, absences=absences_of(sights))
        _retire([pk for pk in ids if not records.get(pk)], self._delivery_id)
        self.done.rerouted += reroute(ids, today=self._today)

    def _record_person_facts(self, sights: Iterable[Sight]) -> list[Changes]:
        return [
            record_person_facts(
                {sight.record_id: _person_observations(sight) for sight in some},
                since=since,
                delivery_id=self._delivery_id,
                because=self._because,
            )
            for since, some in _by_window(sights)
        ]

    def _record_custody_facts(
        self, sights: Iterable[Sight], owner: dict[UUID, UUID], trackings: dict[UUID, Tracking]
    ) -> list[Changes]:
        return [
            record_custody_facts(
                {s.record_id: _custody_facts(s, trackings[owner[s.record_id]]) for s in some},
                since=since,
                delivery_id=self._delivery_id,
                because=self._because,
            )
            for since, some in _by_window(sights)
        ]

    def _count(self, changes: Iterable[Changes]) -> None:
        for one in changes:
            self.done.facts_inserted += one.inserted
            self.done.facts_superseded += one.superseded


def cases_of(
    ids: Sequence[UUID],
    records: dict[UUID, list[UUID]],
    trackings: dict[UUID, Tracking],
    streams: Streams,
) -> list[Case]:
    """Return the people with the standing custody facts that their state is derived from."""
    rolls = {
        record.pk: record
        for record in SourceRecord.objects.filter(pk__in=[r for found in records.values() for r in found], feed=ROLL)
    }
    facts = load_custody_facts(rolls)
    baselines = {pk: streams.of(ROLL, record.supplier_id).baseline_at for pk, record in rolls.items()}
    return [
        Case(
            offender_id=pk,
            tracking=trackings.get(pk, Tracking()),
            histories=tuple(
                RecordHistory(record, facts[record], baseline)
                for record in sorted(records.get(pk, ()))
                if record in rolls and (baseline := baselines[record]) is not None
            ),
        )
        for pk in ids
        if records.get(pk)
    ]


def people_out_of_line(ids: Sequence[UUID]) -> list[UUID]:
    """Return the people whose stored events or state differ from what their facts amount to."""
    wrong: list[UUID] = []
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        records = records_of(some)
        wrong += differences(cases_of(some, records, _trackings(records), Streams()))
    return wrong


def _trackings(records: dict[UUID, list[UUID]]) -> dict[UUID, Tracking]:
    histories = memberships_of(r for found in records.values() for r in found)
    return {pk: tracking(histories[r] for r in found) for pk, found in records.items()}


def _by_window(sights: Iterable[Sight]) -> list[tuple[datetime, list[Sight]]]:
    """Group the sights by where their stream's window begins, so that each group is one set of queries."""
    groups: dict[datetime, list[Sight]] = {}
    for sight in sights:
        start = sight.stream.window_start
        if start is not None:
            groups.setdefault(start, []).append(sight)
    return list(groups.items())


def _person_observations(sight: Sight) -> list[PersonObservation]:
    return [
        PersonObservation(seen.delivery.extract_at, seen.delivery.pk, person_statement(sight.feed, seen.content))
        for seen in sight.seen
        if seen.content is not None
    ]


def _custody_facts(sight: Sight, followed: Tracking) -> RecordFacts:
    """What the roll says of a followed person; from the end of tracking on nothing is taken."""
    observations = (
        Observation(
            seen.delivery.extract_at,
            seen.delivery.pk,
            custody_statement(seen.content) if seen.content is not None else None,
        )
        for seen in sight.seen
        if followed.covers(seen.delivery.extract_at)
    )
    return derive_facts(observations, last_seen_at=sight.last_seen_at)


def _retire(ids: Sequence[UUID], delivery_id: UUID) -> None:
    """People whose records have all moved to another keep nothing that is derived."""
    project([Case(pk, Tracking()) for pk in ids], delivery_id=delivery_id)
    CustodyState.objects.filter(pk__in=ids).delete()


def _add_events(total: EventChanges, some: EventChanges) -> None:
    for kind, count in some.raised.items():
        total.raised[kind] = total.raised.get(kind, 0) + count
    total.withdrawn += some.withdrawn
