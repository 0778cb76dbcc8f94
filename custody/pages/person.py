"""The person page: who it is, where they are, their time in custody, release dates and movements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from access.officers import OfficerContext
from custody import timeline
from custody.drawing import Drawing
from custody.models import CustodyEvent, CustodyState, Whereabouts
from custody.pages.because import Because, because_of
from custody.pages.changes import Change, Drift, drift_of
from custody.pages.dates import Dates, dates_of
from custody.pages.due import Due, due_of
from custody.pages.looked import Look, who_looked
from custody.pages.moves import Move, moves_of
from custody.pages.now import Now, due_words_of, now_of, volatility_words
from custody.pages.people import absent_since, age_on, capitals, establishment_names, full_name
from custody.pages.told import Told, alerts_told
from custody.pages.withdrawn import Withdrawn, withdrawn_of
from custody.periods import derive_periods
from custody.recording import load_custody_facts
from custody.snapshots import RecordFacts
from custody.timeline_tall import draw_tall
from custody.timeline_wide import draw_wide
from custody.wording import day_of, short_date
from offenders.facts import standing
from offenders.links import records_of
from offenders.models import Address, Identifier, PersonalDetails, Profile, SchemeMembership

NUMBER_WORDS: Final = {"prison_number": "Prison number", "pnc": "PNC ID", "cro": "CRO number"}
SEX_OFFENDER: Final = {"Y": "Registered sex offender"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawings of the time in custody and the same in words."""

    heading: str
    summary: str
    wide: Drawing
    tall: Drawing
    rows: tuple[timeline.WordsRow, ...]
    legals: frozenset[str]
    absences: frozenset[str]
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class Number:
    """An identifier as stated, since which file, and whether it keeps the rule of its kind."""

    words: str
    value: str
    since: datetime
    is_sound: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An address as stated."""

    words: str
    lines: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A link to a part of the page."""

    words: str
    href: str
    is_here: bool = False


PARTS: Final = (
    Part("Timeline", "#timeline"),
    Part("Release dates", "#dates"),
    Part("Movements", "#moves"),
    Part("Alerts", "#alerts"),
    Part("PPO history", "#scheme"),
    Part("Names and numbers", "#numbers"),
    Part("Who has looked", "#looked"),
)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything on the person page."""

    id: UUID
    today: date
    name: str
    marks: tuple[str, ...]
    facts: tuple[Fact, ...]
    because: Because
    now: Now
    due: Due | None
    due_words: str
    last_change: Change | None
    timeline: Timeline | None
    dates: Dates
    drift: Drift
    moves: tuple[Move, ...]
    withdrawn: tuple[Withdrawn, ...]
    absent_since: date | None
    memberships: tuple[SchemeMembership, ...]
    numbers: tuple[Number, ...]
    aliases: tuple[str, ...]
    addresses: tuple[Place, ...]
    looks: tuple[Look, ...]
    alerts: tuple[Told, ...]
    volatility: str
    parts: tuple[Part, ...] = PARTS


def person_page(profile: Profile, officer: OfficerContext, *, now: datetime) -> PersonPage:
    """Return the page of one person by a fixed number of queries, however long the history."""
    today, names = day_of(now), establishment_names()
    state = CustodyState.objects.filter(pk=profile.pk).first() or CustodyState(
        offender_id=profile.pk, whereabouts=Whereabouts.COMMUNITY
    )
    records = records_of([profile.pk])[profile.pk]
    facts = load_custody_facts(records)
    events = list(CustodyEvent.objects.filter(offender_id=profile.pk, withdrawn_at__isnull=True).order_by("learned_at"))
    newest = _with_custody(facts)
    due = due_of(state, today=today)
    drift = drift_of(events, certainty=state.certainty)
    return PersonPage(
        id=profile.pk,
        today=today,
        name=full_name(profile),
        marks=tuple(_marks(profile)),
        facts=tuple(_identity(profile, today)),
        because=because_of(profile, officer),
        now=now_of(state, names, now),
        due=due,
        due_words=due_words_of(state, due),
        last_change=drift.changes[0] if drift.changes else None,
        timeline=_timeline(facts, events, names, due, now),
        dates=dates_of(newest, today=today),
        drift=drift,
        moves=tuple(moves_of(records, names)),
        withdrawn=tuple(withdrawn_of(profile.pk, names, today=today)),
        absent_since=absent_since(profile),
        memberships=tuple(reversed(list(standing(SchemeMembership, records)))),
        numbers=tuple(_numbers(records)),
        aliases=tuple(_aliases(records)),
        addresses=tuple(_addresses(records)),
        looks=tuple(who_looked(profile.pk)),
        alerts=tuple(alerts_told(profile.pk, names, now=now)),
        volatility=volatility_words(state, names, now),
    )


def _with_custody(facts: Mapping[UUID, RecordFacts]) -> RecordFacts:
    """Return the facts of the record that the roll named last."""
    held = [found for found in facts.values() if found.custody]
    empty = RecordFacts((), (), ())
    return max(held, key=lambda found: found.custody[-1].valid_at, default=empty)


def _marks(profile: Profile) -> list[str]:
    memberships, strand = profile.scheme.get("memberships") or [], profile.strand
    marks = [f"PPO: {SchemeMembership.Strand(strand).label.lower()}"] if strand else ["PPO: removed"]
    levels = sorted({m["mappa_level"] for m in memberships if m.get("mappa_level")})
    absent = absent_since(profile)
    marks += [f"Absent from the PPO list since {short_date(absent)}"] if absent else []
    marks += [f"MAPPA level {level}" for level in levels[-1:]]
    marks += sorted({SEX_OFFENDER[m["sex_offender"]] for m in memberships if m.get("sex_offender") in SEX_OFFENDER})
    return marks


def _identity(profile: Profile, today: date) -> list[Fact]:
    born = profile.date_of_birth
    facts = []
    if born:
        age = age_on(born, today)
        facts.append(Fact("Born", f"{short_date(born)}, aged {age}"))
    numbers = profile.scheme.get("numbers") or {}
    facts += [Fact(words, numbers[kind]) for kind, words in NUMBER_WORDS.items() if numbers.get(kind)]
    officers = [m["lead_officer"] for m in profile.scheme.get("memberships") or [] if m.get("lead_officer")]
    facts += [Fact("Officer", name) for name in officers[:1]]
    return facts


def _timeline(
    facts: Mapping[UUID, RecordFacts],
    events: Sequence[CustodyEvent],
    names: Mapping[str, str],
    due: Due | None,
    now: datetime,
) -> Timeline | None:
    periods = [period for found in facts.values() for period in derive_periods(found, events, names=names)]
    if not periods:
        return None
    drawn = timeline.Due(due.day, str(due.certainty)) if due else None
    first = min(period.starts_at for period in periods)
    return Timeline(
        heading=f"Custody since {day_of(first).year}",
        summary=timeline.summary(periods, now=now),
        wide=draw_wide(periods, now=now, due=drawn),
        tall=draw_tall(periods, now=now, due=drawn),
        rows=tuple(timeline.in_rows(periods, now=now)),
        legals=frozenset(span.legal for period in periods for span in period.spans),
        absences=frozenset(
            {absence.kind for period in periods for absence in period.absences}
            | {"at_large" for period in periods if period.end_kind in timeline.AT_LARGE}
        ),
        is_unsure=any(period.end_kind == "missing" for period in periods),
    )


def _numbers(records: Sequence[UUID]) -> list[Number]:
    seen: dict[tuple[str, str], Number] = {}
    for fact in standing(Identifier, records):
        mark = (fact.kind, fact.value)
        words = NUMBER_WORDS.get(fact.kind, fact.kind)
        seen.setdefault(mark, Number(words, fact.value, fact.valid_at, fact.index is not None))
    return sorted(seen.values(), key=lambda number: (number.words, number.value))


def _aliases(records: Sequence[UUID]) -> list[str]:
    names = {capitals(alias) for fact in standing(PersonalDetails, records) for alias in fact.aliases or ()}
    return sorted(names)


def _addresses(records: Sequence[UUID]) -> list[Place]:
    newest = {fact.kind: fact for fact in standing(Address, records)}
    return [
        Place(Address.Kind(fact.kind).label, ", ".join([*fact.lines, fact.postcode]).strip(", "), fact.valid_at)
        for fact in newest.values()
        if fact.lines or fact.postcode
    ]
