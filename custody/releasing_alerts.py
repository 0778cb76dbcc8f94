"""Alerts to an area to which somebody held will now be released, and which does not manage them.

Pure. Who comes into custody with that address is told of by the entry; a changed address is told of here.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from custody.alert_facts import Discharge, Occasion, PersonSeen, mark_of
from custody.alert_kinds import AlertKind
from custody.due_alerts import step_at
from custody.steps import Step, steps_of


def releasing_occasions(person: PersonSeen) -> Iterator[Occasion]:
    """Yield each change of the discharge address, while somebody was held, that concerns further areas."""
    ordered = sorted(person.discharges, key=lambda one: one.since)
    if not ordered:
        return
    nowhere = Discharge(ordered[0].since, ordered[0].record_id, frozenset())
    for number, (before, now) in enumerate(pairwise([nowhere, *ordered])):
        facts = (person.facts or {}).get(now.record_id)
        steps = list(steps_of(facts)) if facts is not None else []
        held_at = _held_already(steps, now.since)
        if held_at is not None and not now.areas <= before.areas:
            later = ordered[number + 1].since if number + 1 < len(ordered) else None
            yield _occasion(
                person, now, now.areas - before.areas, held_at, _earliest(later, _left_at(steps, now.since))
            )


def _occasion(
    person: PersonSeen, now: Discharge, areas: frozenset[str], held_at: str, passes_at: datetime | None
) -> Occasion:
    return Occasion(
        kind=AlertKind.RELEASING_HERE,
        mark=mark_of(AlertKind.RELEASING_HERE, now.since.timestamp()),
        due_at=now.since,
        occurred_at=now.since,
        learned_at=now.since,
        precision="day",
        is_late=not person.is_tracked_at(now.since),
        passes_at=passes_at,
        to_establishment=held_at,
        only_to=areas,
    )


def _held_already(steps: Sequence[Step], moment: datetime) -> str | None:
    """Return where somebody was held who was inside in the extract before too; None for anybody else."""
    now = step_at(steps, moment)
    before = [step for step in steps if step.at < moment]
    if now is None or not now.position.is_inside or not before or not before[-1].position.is_inside:
        return None
    return now.now.establishment_code


def _left_at(steps: Sequence[Step], moment: datetime) -> datetime | None:
    return next((step.at for step in steps if step.at > moment and not step.position.is_inside), None)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
