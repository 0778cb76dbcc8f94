"""Brings facts, events, projections and routing of people into line with the deliveries held."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from access import clock
from custody.alerting import bring_alerts_into_line
from custody.models import CustodyState
from custody.projection import Case, EventChanges, RecordHistory, differences, project
from custody.recording import CUSTODY_MODELS, custody_facts, record_custody_facts
from custody.routing import Grounds, reroute
from custody.snapshots import Observation, RecordFacts, derive_facts
from feeds.absences import absences_of
from feeds.models import SourceRecord
from feeds.observing import Sight, Streams, sights_of
from feeds.readings import custody_statement, person_statement
from feeds.streams import Stream
from offenders.facts import Changes, Standing, standing_of
from offenders.links import records_of
from offenders.models import Address, Identifier, PersonalDetails, RecordFact, SchemeMembership
from offenders.profiles import save_profiles
from offenders.schemes import Tracking, memberships_of, tracking
from offenders.statements import PersonObservation, record_person_facts

BATCH: Final = 400
ROLL: Final = "prison_roll"
PERSON_MODELS: Final = (PersonalDetails, Identifier, Address, SchemeMembership)


@dataclass(slots=True)
class Refreshed:
    """What a refresh changed, for the statement."""

    events: EventChanges = field(default_factory=EventChanges)
    facts_inserted: int = 0
    facts_superseded: int = 0
    rerouted: int = 0


class Refresher:
    """Refreshes people in batches, inside the transaction of one delivery."""

    def __init__(
        self, streams: Streams, *, delivery_id: UUID, because: str, today: date, rejoined: Set[UUID] | None = None
    ) -> None:
        """Say which delivery is the cause; ``because`` is ``stated``, ``correction`` or ``late_file``.

        ``rejoined`` are the people who have taken over another's records; without them it may be anybody.
        """
        self._rejoined = rejoined
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
        facts = self._recorded(self._record_person_facts(sights), all_records, PERSON_MODELS)
        histories = facts[SchemeMembership]
        trackings = {pk: tracking(histories[r] for r in found) for pk, found in records.items()}
        owner = {record: pk for pk, found in records.items() for record in found}
        rolls = [sight for sight in sights if sight.feed == ROLL]
        of_rolls = [sight.record_id for sight in rolls]
        facts |= self._recorded(self._record_custody_facts(rolls, owner, trackings), of_rolls, CUSTODY_MODELS)
        streams = {sight.record_id: sight.stream for sight in rolls}
        events = project(_cases(ids, records, trackings, streams, facts), delivery_id=self._delivery_id)
        _add_events(self.done.events, events)
        save_profiles(ids, absences=absences_of(sights, histories), records=records, facts=facts)
        _retire([pk for pk in ids if not records.get(pk)], self._delivery_id)
        grounds = Grounds(records, histories, facts[Address], events.states)
        self.done.rerouted += reroute(ids, today=self._today, grounds=grounds, rejoined=self._rejoined)
        bring_alerts_into_line(ids, because=self._because, now=clock.now())

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

    def _recorded(
        self, changes: Iterable[Changes], records: Sequence[UUID], models: Sequence[type[RecordFact]]
    ) -> Standing:
        """Count what changed and return what stands; records without a window to derive from are read."""
        total = Changes(standing={model: {} for model in models})
        for one in changes:
            total.add(one)
        self.done.facts_inserted += total.inserted
        self.done.facts_superseded += total.superseded
        if unread := [record for record in records if record not in total.standing[models[0]]]:
            total.add(Changes(standing=standing_of(models, unread)))
        return total.standing


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
    of_records = {pk: streams.of(ROLL, record.supplier_id) for pk, record in rolls.items()}
    return _cases(ids, records, trackings, of_records, standing_of(CUSTODY_MODELS, rolls))


def _cases(
    ids: Sequence[UUID],
    records: Mapping[UUID, Sequence[UUID]],
    trackings: Mapping[UUID, Tracking],
    streams: Mapping[UUID, Stream],
    standing: Standing,
) -> list[Case]:
    """Return the people as cases, from facts already read; ``streams`` holds those of the roll's records."""
    facts = custody_facts(streams, standing)
    baselines = {id(stream): stream.baseline_at for stream in streams.values()}
    return [
        Case(
            offender_id=pk,
            tracking=trackings.get(pk, Tracking()),
            histories=tuple(
                RecordHistory(record, facts[record], baseline)
                for record in sorted(records.get(pk, ()))
                if record in streams and (baseline := baselines[id(streams[record])]) is not None
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
    if not ids:
        return
    project([Case(pk, Tracking()) for pk in ids], delivery_id=delivery_id)
    CustodyState.objects.filter(pk__in=ids).delete()


def _add_events(total: EventChanges, some: EventChanges) -> None:
    for kind, count in some.raised.items():
        total.raised[kind] = total.raised.get(kind, 0) + count
    total.withdrawn += some.withdrawn
