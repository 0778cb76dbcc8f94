"""Keeps each person's events and state equal to what the facts amount to.

Everything here can be dropped and rebuilt; ``check`` says whether it needs to be.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from custody.events import Event, derive_events
from custody.models import CustodyEvent, CustodyState
from custody.snapshots import RecordFacts
from custody.state import State, derive_state
from offenders.schemes import Tracking
from vault.among import among
from vault.index import match_token
from vault.inserting import insert_all

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class RecordHistory:
    """A record's facts, and its supplier's first roll."""

    record_id: UUID
    facts: RecordFacts
    baseline_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """A person with everything that their custody is derived from."""

    offender_id: UUID
    tracking: Tracking
    histories: tuple[RecordHistory, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """What a case amounts to: its events, each with its record, and its state."""

    events: tuple[tuple[UUID, Event], ...]
    state: State


@dataclass(slots=True)
class EventChanges:
    """How many events of each kind were raised, how many were withdrawn, and the people's states as they are now."""

    raised: dict[str, int] = field(default_factory=dict)
    withdrawn: int = 0
    states: dict[UUID, State] = field(default_factory=dict)


def derive(case: Case) -> Derived:
    """Return the events and the state that a person's facts amount to.

    Of several records, the one last stated tells the state; all tell events.
    """
    told: list[tuple[UUID, Event]] = []
    states: list[tuple[datetime, State]] = []
    for history in case.histories:
        events = derive_events(history.facts, baseline_at=history.baseline_at)
        found = _adopted_in_custody(case.tracking, history)
        events = sorted(events + found, key=lambda e: (e.learned_at, e.occurred_at))
        told += [(history.record_id, event) for event in events]
        if history.facts.custody:
            last_stated = history.facts.custody[-1].valid_at
            states.append((last_stated, derive_state(history.facts, events)))
    latest = max(states, key=lambda pair: (pair[1].is_held, pair[0]), default=None)
    return Derived(tuple(told), latest[1] if latest else State())


def _adopted_in_custody(tracking: Tracking, history: RecordHistory) -> list[Event]:
    """Somebody adopted after the first roll and found inside. Source: feeds.md 3."""
    started = tracking.starts_at
    if started is None or tracking.started_by is None or started <= history.baseline_at:
        return []
    known = [fact for fact in history.facts.custody if fact.valid_at <= started]
    if not known or not known[-1].is_present:
        return []
    return [
        Event(
            kind="adopted_in_custody",
            occurred_at=started,
            precision="second",
            learned_at=started,
            delivery_id=tracking.started_by,
            to_establishment=known[-1].establishment_code,
        )
    ]


def project(cases: Sequence[Case], *, delivery_id: UUID) -> EventChanges:
    """Bring the stored events and states of the people into line; return what changed."""
    changes = EventChanges()
    for start in range(0, len(cases), BATCH):
        some = cases[start : start + BATCH]
        derived = {case.offender_id: derive(case) for case in some}
        trackings = {case.offender_id: case.tracking for case in some}
        _store_events(derived, trackings, delivery_id, changes)
        states = {pk: one.state for pk, one in derived.items()}
        _store_states(states)
        changes.states.update(states)
    return changes


def differences(cases: Iterable[Case]) -> list[UUID]:
    """Return the people whose stored events or state are not what their facts amount to."""
    wrong = []
    for case in cases:
        derived = derive(case)
        told = {(_key(record_id, event), event.certainty) for record_id, event in derived.events}
        stored = CustodyEvent.objects.filter(offender_id=case.offender_id, withdrawn_at__isnull=True).values_list(
            "key", "certainty"
        )
        state = CustodyState.objects.filter(pk=case.offender_id).values_list("digest", flat=True)
        digest = state_digest(case.offender_id, derived.state)
        if {(bytes(key), certainty) for key, certainty in stored} != told or [bytes(d) for d in state] != [digest]:
            wrong.append(case.offender_id)
    return wrong


def _store_events(
    derived: Mapping[UUID, Derived],
    trackings: Mapping[UUID, Tracking],
    delivery_id: UUID,
    changes: EventChanges,
) -> None:
    live: dict[tuple[UUID, bytes], CustodyEvent] = {
        (event.offender_id, bytes(event.key)): event
        for event in CustodyEvent.objects.filter(among("offender_id", derived), withdrawn_at__isnull=True)
    }
    fresh: list[CustodyEvent] = []
    for offender_id, one in derived.items():
        for record_id, event in one.events:
            known = live.pop((offender_id, _key(record_id, event)), None)
            if known is None:
                fresh.append(_row(offender_id, record_id, event, trackings[offender_id]))
                changes.raised[event.kind] = changes.raised.get(event.kind, 0) + 1
            else:
                _relearn(known, event, trackings[offender_id])
    _withdraw(list(live.values()), delivery_id)
    changes.withdrawn += len(live)
    insert_all(fresh, routed=True)


def _withdraw(events: Sequence[CustodyEvent], delivery_id: UUID) -> None:
    if not events:
        return
    CustodyEvent.objects.filter(pk__in=[event.pk for event in events]).update(
        withdrawn_at=timezone.now(), withdrawn_by=delivery_id
    )


def _relearn(known: CustodyEvent, event: Event, tracking: Tracking) -> None:
    """Another extract says so first, with its own reason or certainty perhaps, or tracking began at another time."""
    told = {
        "learned_at": event.learned_at,
        "precision": event.precision,
        "reason_code": event.reason_code,
        "certainty": event.certainty,
        "before_tracking": _is_before(event, tracking),
    }
    if all(getattr(known, name) == value for name, value in told.items()):
        return
    for name, value in told.items():
        setattr(known, name, value)
    known.delivery_id = event.delivery_id
    known.save(update_fields=[*told, "delivery_id"])


def _is_before(event: Event, tracking: Tracking) -> bool:
    return tracking.starts_at is None or event.occurred_at < tracking.starts_at


def _row(offender_id: UUID, record_id: UUID, event: Event, tracking: Tracking) -> CustodyEvent:
    return CustodyEvent(
        offender_id=offender_id,
        record_id=record_id,
        kind=event.kind,
        key=_key(record_id, event),
        occurred_at=event.occurred_at,
        precision=event.precision,
        learned_at=event.learned_at,
        delivery_id=event.delivery_id,
        from_establishment=event.from_establishment,
        to_establishment=event.to_establishment,
        old_date=event.old_date,
        new_date=event.new_date,
        reason_code=event.reason_code,
        certainty=event.certainty,
        before_tracking=_is_before(event, tracking),
    )


def _key(record_id: UUID, event: Event) -> bytes:
    """What makes two derived events one: not the delivery, nor when it was learnt."""
    told = (record_id, *event.identity)
    return hashlib.sha256("|".join(map(str, told)).encode()).digest()[:16]


def _store_states(states: Mapping[UUID, State]) -> None:
    stored = {
        pk: bytes(digest)
        for pk, digest in CustodyState.objects.filter(among("offender_id", states)).values_list("pk", "digest")
    }
    digests = {pk: state_digest(pk, state) for pk, state in states.items()}
    changed = [pk for pk, digest in digests.items() if stored.get(pk) != digest]
    if stale := [pk for pk in changed if pk in stored]:
        CustodyState.objects.filter(among("offender_id", stale)).delete()
    rows = [
        CustodyState(
            offender_id=pk, digest=digests[pk], **{name: getattr(states[pk], name) for name in State.__slots__}
        )
        for pk in changed
    ]
    insert_all(rows, routed=True)


def state_digest(offender_id: UUID, state: State) -> bytes:
    """Return the keyed digest by which two states are compared; it covers a sealed value too.

    A moment counts as such, in whichever time zone the facts hold it.
    """
    told = (value.timestamp() if isinstance(value, datetime) else value for value in astuple(state))
    return match_token("custody_state", str(offender_id), repr(tuple(told)))
