"""Alerts by the calendar: due out in 28, 14, 7, 2 and 1 days, once for each operative date.

Pure. The days are counted to the day that pages show: a release on a Sunday takes place by the Friday.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from custody.alert_facts import Occasion, PersonSeen, mark_of
from custody.alert_kinds import DUE, AlertKind
from custody.held_dates import operative_as_of
from custody.release_dates import Operative, ReleaseDateType, shown_date
from custody.snapshots import RecordFacts
from custody.steps import Position, Step, steps_of

LONDON: Final = ZoneInfo("Europe/London")
# After the day's roll, which is drawn in the night: what it changes is not told first and then withdrawn.
TOLD_AT: Final = time(7)


@dataclass(frozen=True, slots=True)
class Span:
    """From one extract until another the person was held and one date was operative; open while it lasts."""

    start: datetime
    end: datetime | None
    release_date: date
    is_confirmed: bool
    establishment_code: str = ""

    @property
    def day_out(self) -> date:
        """The day on which pages show the release."""
        return day_out(self.release_date, is_confirmed=self.is_confirmed)

    def covers(self, moment: datetime) -> bool:
        """Return whether the date was operative then."""
        return self.start <= moment and (self.end is None or moment < self.end)


def day_out(release_date: date, *, is_confirmed: bool) -> date:
    """Return the day of a release as pages show it: a working day, or the day that the prison confirmed."""
    return shown_date(release_date, ReleaseDateType.CONFIRMED if is_confirmed else ReleaseDateType.CRD)


def due_moment(day: date, days_before: int) -> datetime:
    """Return when it is told that somebody is due out in so many days: 7am UK time."""
    return datetime.combine(day - timedelta(days=days_before), TOLD_AT, LONDON)


def spans_of(facts: RecordFacts, missing_at: Collection[datetime]) -> Iterator[Span]:
    """Yield the times during which one operative date stood, in order.

    ``missing_at``: extracts that lacked the person though no release was due; the date then stands on.
    """
    steps = list(steps_of(facts))
    moments = sorted({step.at for step in steps} | {fact.valid_at for fact in facts.release_dates})
    found: Span | None = None
    for moment, following in zip(moments, [*moments[1:], None], strict=True):
        step = step_at(steps, moment)
        if found is not None and step is not None and _is_missing(step, missing_at):
            found = replace(found, end=following)
            continue
        span = _span(moment, following, operative_as_of(facts, moment), step)
        if found is not None and span is not None and _says_the_same(found, span):
            found = replace(span, start=found.start)
            continue
        if found is not None:
            yield found
        found = span
    if found is not None:
        yield found


def step_at(steps: Sequence[Step], moment: datetime) -> Step | None:
    """Return the step in force at a moment, or None before the first."""
    return next((step for step in reversed(steps) if step.at <= moment), None)


def due_occasions(person: PersonSeen, spans: Iterable[Span]) -> list[Occasion]:
    """Return one occasion for each operative date and each number of days before it.

    In time when the date stood at that moment or came up later on that very day; a date that
    came up afterwards owes it too, late. Source: product.md 4; feeds.md 1.
    """
    best: dict[bytes, Occasion] = {}
    for span in spans:
        for days, kind in DUE.items():
            occasion = _due(person, span, days, kind)
            if occasion is not None:
                known = best.get(occasion.mark)
                best[occasion.mark] = occasion if known is None else min(known, occasion, key=_in_time_first)
    return list(best.values())


def _due(person: PersonSeen, span: Span, days: int, kind: AlertKind) -> Occasion | None:
    moment = due_moment(span.day_out, days)
    if span.end is not None and span.end <= moment:
        return None
    known_at = person.told_moment(max(moment, span.start))
    if known_at.astimezone(LONDON).date() > span.day_out:
        return None
    if span.end is not None and span.end <= known_at:
        return None
    return Occasion(
        kind=kind,
        mark=mark_of(kind, span.release_date),
        due_at=known_at,
        occurred_at=moment,
        learned_at=span.start,
        precision="day",
        is_late=known_at.astimezone(LONDON).date() > moment.astimezone(LONDON).date(),
        passes_at=_passes_at(span, days),
        to_establishment=span.establishment_code,
        new_date=span.release_date,
        certainty="confirmed" if span.is_confirmed else "",
        day_out=span.day_out,
    )


def _passes_at(span: Span, days: int) -> datetime:
    """When a nearer day has come, or the date does not stand any more."""
    nearer = due_moment(span.day_out, max([0, *(other for other in DUE if other < days)]))
    return nearer if span.end is None else min(nearer, span.end)


def _in_time_first(occasion: Occasion) -> tuple[bool, datetime]:
    return occasion.is_late, occasion.due_at


def _span(start: datetime, end: datetime | None, operative: Operative | None, step: Step | None) -> Span | None:
    if operative is None or step is None or not step.position.is_inside:
        return None
    is_confirmed = operative.date_type is ReleaseDateType.CONFIRMED
    return Span(start, end, operative.date, is_confirmed, step.now.establishment_code)


def _says_the_same(one: Span, other: Span) -> bool:
    return (one.release_date, one.is_confirmed) == (other.release_date, other.is_confirmed)


def _is_missing(step: Step, missing_at: Collection[datetime]) -> bool:
    return step.position is Position.ABSENT and step.at in missing_at
