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
from vault.index import match_token

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
    """How many events of each kind were raised, and how many were withdrawn."""

    raised: dict[str, int] = field(default_factory=dict)
    withdrawn: int = 0


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
        _store_states({pk: one.state for pk, one in derived.items()})
    return changes


def differences(cases: Iterable[Case]) -> list[UUID]:
    """Return the people whose stored events or state are not what their facts amount to."""
    wrong = []
    for case in cases:
        derived = derive(case)
        keys = {_key(record_id, event) for record_id, event in derived.events}
        stored = CustodyEvent.objects.filter(offender_id=case.offender_id, withdrawn_at__isnull=True).values_list(
            "key", flat=True
        )
        state = CustodyState.objects.filter(pk=case.offender_id).values_list("digest", flat=True)
        digest = state_digest(case.offender_id, derived.state)
        if {bytes(key) for key in stored} != keys or [bytes(d) for d in state] != [digest]:
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
        for event in CustodyEvent.objects.filter(offender_id__in=derived.keys(), withdrawn_at__isnull=True)
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
    CustodyEvent.objects.bulk_create(fresh, batch_size=BATCH)


def _withdraw(events: Sequence[CustodyEvent], delivery_id: UUID) -> None:
    CustodyEvent.objects.filter(pk__in=[event.pk for event in events]).update(
        withdrawn_at=timezone.now(), withdrawn_by=delivery_id
    )


def _relearn(known: CustodyEvent, event: Event, tracking: Tracking) -> None:
    """Another extract says so first, with its own reason perhaps, or tracking began at another time."""
    told = {
        "learned_at": event.learned_at,
        "precision": event.precision,
        "reason_code": event.reason_code,
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
        before_tracking=_is_before(event, tracking),
    )


def _key(record_id: UUID, event: Event) -> bytes:
    """What makes two derived events one: not the delivery, nor when it was learnt."""
    told = (record_id, *event.identity)
    return hashlib.sha256("|".join(map(str, told)).encode()).digest()[:16]


def _store_states(states: Mapping[UUID, State]) -> None:
    stored = {
        pk: bytes(digest)
        for pk, digest in CustodyState.objects.filter(pk__in=states.keys()).values_list("pk", "digest")
    }
    changed = {pk: s for pk, s in states.items() if stored.get(pk) != state_digest(pk, s)}
    CustodyState.objects.filter(pk__in=changed.keys()).delete()
    CustodyState.objects.bulk_create(
        (
            CustodyState(
                offender_id=pk,
                digest=state_digest(pk, state),
                **{name: getattr(state, name) for name in state.__slots__},
            )
            for pk, state in changed.items()
        ),
        batch_size=BATCH,
    )


def state_digest(offender_id: UUID, state: State) -> bytes:
    """Return the keyed digest by which two states are compared; it covers a sealed value too."""
    return match_token("custody_state", str(offender_id), repr(astuple(state)))
