"""The alerts inbox of the officer's areas: what waits, what is done, what was withdrawn, what came too late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from access.officers import OfficerContext
from custody import inbox
from custody.alert_kinds import AlertKind
from custody.alert_models import Alert, AlertQuerySet
from custody.alert_settings import AlertSettings, settings_of
from custody.escalation import escalation_of
from custody.pages.alert_track import Track, track_of
from custody.pages.alert_words import BECAUSE, AlertWords, words_of
from custody.pages.caseload_controls import Choice, Pages
from custody.pages.morning import place_words
from custody.pages.people import establishment_names, named
from custody.wording import clock_time, counted, day_of, near_day, short_moment

PAGE_SIZE: Final = 100
WITHDRAWN_SHOWN: Final = 10
WAITING, DONE, WITHDRAWN, LATE = "waiting", "done", "withdrawn", "late"
STATES: Final = (
    (WAITING, "To acknowledge"),
    (DONE, "Acknowledged"),
    (WITHDRAWN, "Withdrawn"),
    (LATE, "Late, not sent"),
)
LATE_MEANS: Final = (
    "These were due before JTrack knew of them, or before your scheme adopted the person. They were sent to nobody."
)
NOBODY: Final = "A person you may not see any more"


@dataclass(frozen=True, slots=True)
class Answer:
    """Who acknowledged an alert, when, and what they noted."""

    who: str
    when: str
    note: str


@dataclass(frozen=True, slots=True)
class Item:
    """One alert of the inbox."""

    id: UUID
    person_id: UUID
    name: str
    words: AlertWords
    certainty: str
    area: str
    told: str
    withdrawn: str
    because: str
    track: Track | None
    answers: tuple[Answer, ...]
    level: int

    @property
    def spoken(self) -> str:
        """Return what the alert's box and button select, for those who do not see the row."""
        return f"{self.name} {self.words.head}"


@dataclass(frozen=True, slots=True)
class Link:
    """A part of the inbox: words, address and whether it is shown."""

    words: str
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """Everything on the alerts page. ``running`` have a clock; ``plain`` have none or are not to be acknowledged."""

    place: str
    state: str
    kind: str
    sentence: str
    waiting_count: int
    links: tuple[Link, ...]
    kinds: tuple[Choice, ...]
    running: tuple[Item, ...]
    plain: tuple[Item, ...]
    withdrawn: tuple[Item, ...]
    pages: Pages
    settings: AlertSettings

    @property
    def shown(self) -> tuple[Item, ...]:
        """Return every alert of the page's list."""
        return self.running + self.plain

    @property
    def is_empty(self) -> bool:
        """Whether the list holds nothing at all."""
        return not self.shown


def inbox_page(officer: OfficerContext, asked: Mapping[str, Any], *, now: datetime) -> Inbox:
    """Return a page of the inbox, whatever is asked by the same queries. Opens the names and notes it shows."""
    state, kind, number = asked.get("state") or WAITING, asked.get("kind") or "", asked.get("page") or 1
    waiting_count = inbox.unacknowledged_count(officer)
    found = _alerts_in(state, officer)
    if kind:
        found = found.filter(kind=kind)
    rows = list(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE + 1])
    gone = _withdrawn_since(officer) if state == WAITING else []
    items = _items([*rows[:PAGE_SIZE], *gone], officer, now=now)
    shown, withdrawn = items[: min(len(rows), PAGE_SIZE)], items[min(len(rows), PAGE_SIZE) :]
    return Inbox(
        place=place_words(officer),
        state=state,
        kind=kind,
        sentence=LATE_MEANS
        if state == LATE
        else _sentence(waiting_count, shown if state == WAITING and not kind else []),
        waiting_count=waiting_count,
        links=tuple(_links(state, waiting_count)),
        kinds=tuple(Choice(k.value, k.label[:1].upper() + k.label[1:], None, k.value == kind) for k in AlertKind),
        running=tuple(item for item in shown if state == WAITING and item.track),
        plain=tuple(item for item in shown if state != WAITING or not item.track),
        withdrawn=tuple(withdrawn),
        pages=_pages(state, kind, number, has_more=len(rows) > PAGE_SIZE),
        settings=settings_of(officer.id),
    )


def done_words(number: int) -> str:
    """Return what became of an acknowledgement, for the top of the page that follows."""
    if not number:
        return "Nothing was left to acknowledge: somebody has done so already, or it was withdrawn."
    return f"{counted(number, 'alert is', 'alerts are')} acknowledged."


def query_of(asked: Mapping[str, Any]) -> str:
    """Return the query string that shows the same part of the inbox again."""
    return urlencode({name: asked[name] for name in ("state", "kind", "page") if asked.get(name)})


def _alerts_in(state: str, officer: OfficerContext) -> AlertQuerySet:
    if state == DONE:
        return inbox.acknowledged()
    if state == WITHDRAWN:
        return inbox.withdrawn()
    if state == LATE:
        return inbox.late()
    return inbox.inbox(officer)


def _withdrawn_since(officer: OfficerContext) -> list[Alert]:
    """Return what was taken back since the last sign-in; nobody is told of the end of what they never saw."""
    if officer.seen_before is None:
        return []
    return list(inbox.withdrawn().filter(withdrawn_at__gt=officer.seen_before)[:WITHDRAWN_SHOWN])


def _items(alerts: Sequence[Alert], officer: OfficerContext, *, now: datetime) -> list[Item]:
    names = named({alert.offender_id for alert in alerts})
    places = establishment_names()
    return [_item(alert, names.get(alert.offender_id, NOBODY), places, officer, now) for alert in alerts]


def _item(alert: Alert, name: str, places: Mapping[str, str], officer: OfficerContext, now: datetime) -> Item:
    escalation = escalation_of(alert, now)
    told_at = alert.delivered_at
    return Item(
        id=alert.pk,
        person_id=alert.offender_id,
        name=name,
        words=words_of(alert, places, now=now),
        certainty=alert.certainty,
        area=officer.areas.get(alert.area_code, "") if len(officer.areas) > 1 else "",
        told=_told(alert, now),
        withdrawn=short_moment(alert.withdrawn_at) if alert.withdrawn_at else "",
        because=BECAUSE.get(alert.withdrawn_because, ""),
        track=track_of(escalation, told_at=told_at, answered_at=alert.acknowledged_at, now=now)
        if escalation and told_at and alert.withdrawn_at is None
        else None,
        answers=tuple(_answers(alert, now)),
        level=alert.level,
    )


def _told(alert: Alert, now: datetime) -> str:
    if alert.delivered_at is None:
        return f"Late, not sent: its time was {_on(alert.occurred_at, now)}"
    waited = ", after the 45-minute wait" if alert.settle_until and alert.settle_until > alert.raised_at else ""
    return f"Told {_on(alert.delivered_at, now)} at {clock_time(alert.delivered_at)}{waited}"


def _on(at: datetime, now: datetime) -> str:
    """Return ``today``, ``yesterday`` or ``on Friday``."""
    day = near_day(at, today=day_of(now))
    return day.lower() if day in ("Today", "Yesterday", "Tomorrow") else f"on {day}"


def _answers(alert: Alert, now: datetime) -> Iterable[Answer]:
    for word in sorted(alert.acknowledgements.all(), key=lambda one: one.at):
        yield Answer(word.officer_name, f"{_on(word.at, now)} at {clock_time(word.at)}", word.note)


def _sentence(waiting: int, shown: Sequence[Item]) -> str:
    if not waiting:
        return "Nothing waits for you to acknowledge."
    said = [f"{counted(waiting, 'alert waits', 'alerts wait')} to be acknowledged."]
    running = sum(item.track is not None and item.track.is_running for item in shown)
    if running:
        said.append(f"A clock runs on {running} of them.")
    passed_on = sum(item.level > 0 for item in shown)
    if passed_on:
        said.append(f"{counted(passed_on, 'has', 'have')} been passed on because nobody answered.")
    return " ".join(said)


def _links(state: str, waiting: int) -> Iterable[Link]:
    for code, words in STATES:
        number = f" ({waiting:,})" if code == WAITING else ""
        yield Link(words + number, "?" if code == WAITING else f"?state={code}", code == state)


def _pages(state: str, kind: str, number: int, *, has_more: bool) -> Pages:
    def query(page: int) -> str:
        return query_of({"state": state, "kind": kind, "page": page})

    count = number + (1 if has_more else 0)
    return Pages(number, count, query(number - 1) if number > 1 else "", query(number + 1) if has_more else "")
