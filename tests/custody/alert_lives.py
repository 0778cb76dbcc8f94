"""What the truth of an invented world says of one person, and the occasions for alerts that follow from it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from feeds.training.sentences import working_day_before
from feeds.training.standings import Holding, Standing
from feeds.training.truth import TruthEvent

LONDON: Final = ZoneInfo("Europe/London")
OVERDUE: Final = timedelta(days=4)
SHORT_NOTICE_DAYS: Final = 7
DUE_DAYS: Final = (28, 14, 7, 2, 1)
SEVEN: Final = time(7)
MIDNIGHT: Final = time()
# Of an event that raises an alert by itself, what the alert is called.
CALLED: Final[Mapping[str, str]] = {
    "entered": "entered",
    "recalled": "recalled",
    "recaptured": "recaptured",
    "adopted_in_custody": "adopted_in_custody",
    "transferred": "transferred",
    "temporary_absence": "absence_begun",
    "returned_from_absence": "absence_returned",
    "released": "released",
    "escaped": "escaped",
    "absconded": "absconded",
    "at_large": "at_large",
    "removed": "removed",
    "to_hospital": "hospital",
    "died": "died",
    "missing_from_feed": "missing",
    "release_date_set": "date_set",
    "release_date_withdrawn": "date_withdrawn",
    "release_date_confirmed": "date_confirmed",
}
# These say nothing of where somebody is, so they end no absence.
NO_MOVE: Final = frozenset({"adopted_in_custody", "missing_from_feed"})
AreasOf = Callable[[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something to tell of. ``useless_from``: whoever hears it then hears it too late."""

    kind: str
    due_at: datetime
    occurred_at: datetime
    mark: tuple[object, ...]
    is_late: bool = False
    useless_from: datetime | None = None
    only_to: frozenset[str] | None = None


@dataclass
class Life:
    """What the truth says of one tracked person."""

    events: list[TruthEvent] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)

    @property
    def tracked_since(self) -> datetime:
        """When the first area adopted the person."""
        return min(holding.since for holding in self.holdings)

    def managing_at(self, moment: datetime) -> frozenset[str]:
        """The areas that hold the person."""
        return frozenset(
            one.area for one in self.holdings if one.since <= moment and (one.until is None or moment < one.until)
        )

    def shown_at(self, moment: datetime) -> Standing | None:
        """What the newest roll by then shows."""
        return next((one for one in reversed(self.standings) if one.extract_at <= moment), None)

    def postcode_at(self, moment: datetime) -> str:
        """The discharge address as the last roll with the person gave it."""
        held = [one for one in self.standings if one.extract_at <= moment and one.status]
        return held[-1].postcode if held else ""


def file_of(event: TruthEvent) -> int:
    """Return the sequence of the roll that told of an event, rightly or by mistake."""
    return event.first_file or event.mistaken_file or 0


def occasions(life: Life, extract_at: Mapping[int, datetime], areas_of: AreasOf) -> Iterator[Occasion]:
    """Yield everything about a person that areas are owed an alert of, whenever it is due."""
    for event in life.events:
        yield from _of_event(event, life, extract_at)
    yield from _due(life)
    yield from _releasing(life, areas_of)


def _of_event(event: TruthEvent, life: Life, extract_at: Mapping[int, datetime]) -> Iterator[Occasion]:
    learned_at = event.occurred_at if event.kind == "adopted_in_custody" else extract_at[file_of(event)]
    if event.kind == "at_court":
        yield from _lasting("at_court_overnight", event, life, learned_at, _midnight_after(event.occurred_at))
        return
    kind = _called(event, life, learned_at)
    if kind is None:
        return
    is_of_date = event.kind.startswith("release_date_")
    happened = learned_at if is_of_date else _seen_happening(event, life, learned_at)
    last_day = event.new_date or event.old_date if is_of_date else None
    yield Occasion(
        kind,
        due_at=learned_at,
        occurred_at=happened,
        mark=("transferred" if kind == "moved_late" else kind, happened, event.old_date, event.new_date),
        is_late=happened < life.tracked_since,
        useless_from=_at(last_day + timedelta(days=1), MIDNIGHT) if last_day else None,
    )
    if event.kind == "temporary_absence":
        yield from _lasting("absence_overdue", event, life, learned_at, event.occurred_at + OVERDUE)


def _called(event: TruthEvent, life: Life, learned_at: datetime) -> str | None:
    if event.kind == "release_date_changed":
        assert event.old_date is not None
        assert event.new_date is not None
        return "date_brought_forward" if event.new_date < event.old_date else "date_put_back"
    if event.kind == "transferred":
        shown = life.shown_at(learned_at)
        day = None if shown is None else _day_out(shown)
        moved_on = event.occurred_at.astimezone(LONDON).date()
        is_late = day is not None and 0 <= (day - moved_on).days <= SHORT_NOTICE_DAYS
        return "moved_late" if is_late else "transferred"
    return CALLED.get(event.kind)


def _seen_happening(event: TruthEvent, life: Life, learned_at: datetime) -> datetime:
    """When the files let it have happened: a release that no movement tells, at the midnight of its day."""
    if event.kind == "missing_from_feed":
        return learned_at
    after = life.shown_at(learned_at)
    if event.kind != "released" or (after is not None and after.status):
        return event.occurred_at
    # Rolls come daily: the day is that of the last one with the person.
    return _at(learned_at.astimezone(LONDON).date() - timedelta(days=1), MIDNIGHT)


def _lasting(kind: str, event: TruthEvent, life: Life, learned_at: datetime, lasts_at: datetime) -> Iterator[Occasion]:
    """An absence that went on until a moment, by all that the files let be seen of its end."""
    ends = [
        other.occurred_at
        for other in life.events
        if other.occurred_at > event.occurred_at
        and other is not event
        and not other.kind.startswith("release_date_")
        and other.kind not in NO_MOVE
    ]
    ends += [one.extract_at for one in life.standings if one.extract_at > learned_at and one.status != "ACTIVE OUT"]
    ended_at = min(ends, default=None)
    if ended_at is None or ended_at > lasts_at:
        yield Occasion(
            kind,
            due_at=max(lasts_at, learned_at),
            occurred_at=event.occurred_at,
            mark=(kind, event.occurred_at),
            is_late=lasts_at < life.tracked_since,
            useless_from=ended_at,
        )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From one roll to another somebody was due out on one day, for certain or not."""

    start: datetime
    end: datetime | None
    due: date
    day_out: date


def _stretches(life: Life) -> list[_Stretch]:
    found: list[_Stretch] = []
    for standing, following in pairwise([*life.standings, None]):
        assert standing is not None
        end = following.extract_at if following is not None else None
        last = found[-1] if found and found[-1].end == standing.extract_at else None
        if not standing.status and _is_missing(life, standing.extract_at):
            # Nobody says that they have left: the day stands.
            if last is not None:
                found[-1] = replace(last, end=end)
            continue
        day_out = _day_out(standing)
        if standing.operative is None or day_out is None:
            continue
        if last is not None and (last.due, last.day_out) == (standing.operative, day_out):
            found[-1] = replace(last, end=end)
        else:
            found.append(_Stretch(standing.extract_at, end, standing.operative, day_out))
    return found


def _is_missing(life: Life, moment: datetime) -> bool:
    return any(event.kind == "missing_from_feed" and event.occurred_at == moment for event in life.events)


def _due(life: Life) -> Iterator[Occasion]:
    """Once for each date that counted and each number of days before it, in time rather than late."""
    found: dict[tuple[date, int], Occasion] = {}
    for stretch in _stretches(life):
        for days in DUE_DAYS:
            occasion = _due_in(stretch, days, life)
            if occasion is not None:
                known = found.setdefault((stretch.due, days), occasion)
                if (occasion.is_late, occasion.due_at) < (known.is_late, known.due_at):
                    found[stretch.due, days] = occasion
    yield from found.values()


def _due_in(stretch: _Stretch, days: int, life: Life) -> Occasion | None:
    moment = _at(stretch.day_out - timedelta(days=days), SEVEN)
    known_at = max(moment, stretch.start, life.tracked_since)
    if stretch.end is not None and stretch.end <= known_at:
        return None
    if known_at.astimezone(LONDON).date() > stretch.day_out:
        return None
    nearer = max((other for other in DUE_DAYS if other < days), default=0)
    return Occasion(
        f"due_{days}",
        due_at=known_at,
        occurred_at=moment,
        mark=(days, stretch.due),
        is_late=known_at.astimezone(LONDON).date() > moment.astimezone(LONDON).date(),
        useless_from=_at(stretch.day_out - timedelta(days=nearer), SEVEN),
    )


def _releasing(life: Life, areas_of: AreasOf) -> Iterator[Occasion]:
    """Somebody inside will now go to further areas than the last address led to."""
    held = [one for one in life.standings if one.status]
    for before, now in pairwise(held):
        further = areas_of(now.postcode) - areas_of(before.postcode)
        was = next(one for one in reversed(life.standings) if one.extract_at < now.extract_at)
        if not further or not was.status:
            continue
        later = [one.extract_at for one in life.standings if one.extract_at > now.extract_at]
        ends = [
            moment
            for moment in later
            if not (shown := life.shown_at(moment)) or not shown.status or shown.postcode != now.postcode
        ]
        yield Occasion(
            "releasing_here",
            due_at=now.extract_at,
            occurred_at=now.extract_at,
            mark=("releasing_here", now.extract_at),
            is_late=now.extract_at < life.tracked_since,
            useless_from=min(ends, default=None),
            only_to=further,
        )


def _day_out(standing: Standing) -> date | None:
    """The day on which somebody will go: as confirmed, or the last working day by then."""
    if standing.operative is None or not standing.status:
        return None
    if standing.operative_type == "CONFIRMED":
        return standing.operative
    return working_day_before(standing.operative)


def _midnight_after(moment: datetime) -> datetime:
    return _at(moment.astimezone(LONDON).date() + timedelta(days=1), MIDNIGHT)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, LONDON)
