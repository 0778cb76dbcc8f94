"""What the pages on deliveries and doubtful matches show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Page, Paginator

from custody.drawing import Drawing
from custody.models import EventKind
from custody.wording import clock_time, counted, day_of, full_date, moment
from feeds.bars import Part, counts_of, rows_drawing, steps_drawing
from feeds.models import Delivery, MatchCase, Supplier

PAGE_SIZE: Final = 50
FEED_WORDS: Final = {"prison_roll": "Prison file", "ppo": "PPO file"}
BAR_WIDTH: Final = 160
LINES_SHOWN: Final = 8
MENDED_WORDS: Final = {
    "line_break": "line breaks inside a value",
    "tab": "tabs",
    "doubled_blank": "doubled spaces",
    "outer_blank": "spaces around a value",
    "lone_bar": "lone bars read as empty",
    "unquoted_last": "last columns without quotes",
    "missing_last": "rows without the last column",
    "bad_pnc": "PNC IDs of a wrong form, kept as stated",
    "bad_cro": "CRO numbers of a wrong form, kept as stated",
}
State = Delivery.State


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery of the list. ``gap`` says which number before it never came."""

    id: UUID
    words: str
    sequence: int
    state: str
    state_words: str
    sign: str
    received_at: datetime
    rows: int
    quarantined: int | None
    events: int | None
    gap: str


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The list of deliveries, newest first."""

    lines: tuple[Line, ...]
    page: Page[Delivery]
    sentence: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A thing, its count, and the length of its bar."""

    words: str
    count: int
    width: float = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows in quarantine for one reason."""

    code: str
    message: str
    rows: int
    lines: str
    cure: str


@dataclass(frozen=True, slots=True)
class Statement:
    """The reconciliation statement as the page shows it."""

    rows: int
    control_total: int
    difference: int
    parts: tuple[tuple[Part, int], ...]
    drawing: Drawing
    followed: tuple[Counted, ...]
    accepted: int
    turnover: tuple[Counted, ...]
    people: int
    faults: tuple[Fault, ...]
    quarantined: int
    mended: str
    events: tuple[Counted, ...]
    event_count: int
    fields: tuple[Counted, ...]
    links: tuple[Counted, ...]
    steps: tuple[tuple[str, float, float], ...]
    steps_drawing: Drawing
    seconds: float


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One delivery: its verdict, its statement once published, and the sealed file."""

    delivery: Delivery
    words: str
    verdict: str
    verdict_kind: str
    sentence: str
    is_live: bool
    statement: Statement | None
    follows: str
    supplier_since: datetime


def deliveries_page(number: str | None) -> Deliveries:
    """Return a page of the list of deliveries. Four queries."""
    page: Page[Delivery] = Paginator(Delivery.objects.order_by("-received_at", "-position"), PAGE_SIZE).get_page(number)
    known = set(Delivery.objects.values_list("feed", "supplier_id", "sequence"))
    waiting = Delivery.objects.filter(state__in=(State.WAITING, State.REFUSED)).count()
    return Deliveries(
        lines=tuple(_line(delivery, known) for delivery in page.object_list),
        page=page,
        sentence=_list_sentence(page.paginator.count, waiting),
    )


def _list_sentence(count: int, waiting: int) -> str:
    if not count:
        return "No delivery has come yet."
    trouble = counted(waiting, "delivery was refused or waits", "deliveries were refused or wait") if waiting else ""
    return f"{counted(count, 'delivery', 'deliveries')}; {trouble or 'none was refused, none waits'}."


def _line(delivery: Delivery, known: set[tuple[str, str, int]]) -> Line:
    statement = delivery.statement or {}
    before = delivery.sequence - 1
    missing = before > 0 and (delivery.feed, delivery.supplier_id, before) not in known
    first = min(number for feed, supplier, number in known if (feed, supplier) == _stream(delivery))
    return Line(
        id=delivery.pk,
        words=f"{FEED_WORDS.get(delivery.feed, delivery.feed)} of {full_date(delivery.extract_at)}",
        sequence=delivery.sequence,
        state=delivery.state,
        state_words=State(delivery.state).label,
        sign={State.PUBLISHED: "tick", State.REFUSED: "cross", State.WAITING: "late"}.get(
            State(delivery.state), "transit"
        ),
        received_at=delivery.received_at,
        rows=delivery.rows,
        quarantined=statement.get("quarantined"),
        events=sum(statement["events"].values()) if statement else None,
        gap=f"Number {before} has not come" if missing and delivery.sequence != first else "",
    )


def _stream(delivery: Delivery) -> tuple[str, str]:
    return delivery.feed, delivery.supplier_id


def delivery_page(delivery: Delivery, *, now: datetime) -> DeliveryPage:
    """Return the page of one delivery with its supplier. Two queries beside the delivery's own."""
    supplier: Supplier = delivery.supplier
    kind, verdict, sentence = _verdict(delivery, now)
    statement = delivery.statement
    return DeliveryPage(
        delivery=delivery,
        words=f"{FEED_WORDS.get(delivery.feed, delivery.feed)} of {full_date(delivery.extract_at)}",
        verdict=verdict,
        verdict_kind=kind,
        sentence=sentence,
        is_live=delivery.state == State.RECEIVED,
        statement=_statement(statement) if statement else None,
        follows=_follows(delivery),
        supplier_since=supplier.registered_at,
    )


def _follows(delivery: Delivery) -> str:
    """Say whether the number before came, and which delivery this one corrects."""
    if delivery.corrects is not None:
        return f"{delivery.sequence:,}, corrects {delivery.corrects:,}"
    before = Delivery.objects.filter(
        feed=delivery.feed, supplier_id=delivery.supplier_id, sequence__lt=delivery.sequence
    )
    last = before.order_by("-sequence").values_list("sequence", flat=True).first()
    if last is None:
        return f"{delivery.sequence:,}, the first of its sender"
    late = "" if last == delivery.sequence - 1 else "; numbers between them have not come"
    return f"{delivery.sequence:,}, follows {last:,}{late}"


def _verdict(delivery: Delivery, now: datetime) -> tuple[str, str, str]:
    if delivery.state == State.PUBLISHED:
        return "done", "Loaded, and it adds up to the row", _published_sentence(delivery)
    if delivery.state == State.REFUSED:
        return "act", "Refused; nothing of it was loaded", _fault_sentence(delivery)
    if delivery.state == State.WAITING:
        return "act", "Held for a decision; nothing of it was loaded", _fault_sentence(delivery)
    working = delivery.lease_until is not None and delivery.lease_until > now
    received = f"Received {moment(delivery.received_at)}."
    if working:
        return "wait", "Being loaded now", f"{received} Officers see it all at once when it is done."
    return "wait", "Waiting to be loaded", f"{received} A worker takes it up within a minute."


def _published_sentence(delivery: Delivery) -> str:
    published = delivery.published_at or delivery.received_at
    seconds = (published - delivery.received_at).total_seconds()
    quarantined = (delivery.statement or {}).get("quarantined", 0)
    rows = (
        "No row is in quarantine."
        if not quarantined
        else (
            f"{counted(quarantined, 'row')} of {delivery.rows:,} {'is' if quarantined == 1 else 'are'} in quarantine."
        )
    )
    return (
        f"Arrived {moment(delivery.received_at)}, on officers’ pages {_when(published, delivery.received_at)}: "
        f"{counted(round(seconds), 'second')}. {rows}"
    )


def _when(published: datetime, received: datetime) -> str:
    same = day_of(published) == day_of(received)
    return f"at {clock_time(published)}" if same else moment(published)


def _fault_sentence(delivery: Delivery) -> str:
    return f"{delivery.fault_code}: {delivery.fault_message}. What to do: {delivery.fault_cure}."


def _statement(statement: Mapping[str, Any]) -> Statement:
    steps = statement["steps"]
    events = {str(EventKind(kind).label).capitalize(): n for kind, n in statement["events"].items()}
    fields = {words_of(name): count for name, count in statement["changed_fields"].items()}
    return Statement(
        rows=statement["rows"],
        control_total=statement["control_total"],
        difference=statement["rows"] - statement["control_total"],
        parts=tuple(counts_of(statement)),
        drawing=rows_drawing(statement),
        followed=_plain(statement, FOLLOWED),
        accepted=statement["accepted"],
        turnover=_plain(statement, TURNOVER),
        people=statement["people"],
        faults=tuple(_fault(fault) for fault in statement["quarantine"]),
        quarantined=statement["quarantined"],
        mended=_mended(statement),
        events=_with_bars(events),
        event_count=sum(events.values()),
        fields=_with_bars(fields),
        links=_plain(statement, LINKS),
        steps=tuple(_timed(steps)),
        steps_drawing=steps_drawing(steps),
        seconds=sum(float(seconds) for _, seconds in steps),
    )


FOLLOWED: Final = (
    ("tracked", "Tracked: known as a person whom a scheme adopted"),
    ("in_review", "Waiting at the match desk"),
    ("untracked", "Not tracked: sealed and shown to nobody"),
)
TURNOVER: Final = (
    ("came", "Came since the file before"),
    ("vanished", "Gone since the file before"),
)
LINKS: Final = (
    ("linked", "Records newly linked to a person"),
    ("people_created", "People newly tracked"),
    ("sent_to_review", "Sent to the match desk"),
    ("facts", "Facts learnt"),
    ("facts_superseded", "Facts corrected"),
    ("events_withdrawn", "Events withdrawn"),
    ("rerouted", "People shown to other areas than before"),
)


def _plain(statement: Mapping[str, Any], named: Iterable[tuple[str, str]]) -> tuple[Counted, ...]:
    return tuple(Counted(words, int(statement[key])) for key, words in named)


def _with_bars(counts: Mapping[str, int]) -> tuple[Counted, ...]:
    most = max(counts.values(), default=1)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Counted(words, count, round(BAR_WIDTH * count / most, 1)) for words, count in ordered)


def words_of(name: str) -> str:
    """Return the name of a column in words: ``custody_status`` as ``Custody status``."""
    return name.replace("_", " ").capitalize()


def _fault(fault: Mapping[str, Any]) -> Fault:
    lines: Sequence[int] = fault["lines"]
    shown = ", ".join(f"{line:,}" for line in lines[:LINES_SHOWN])
    more = fault["rows"] - min(len(lines), LINES_SHOWN)
    return Fault(
        fault["code"], fault["message"], fault["rows"], f"{shown} and {more:,} more" if more else shown, fault["cure"]
    )


def _mended(statement: Mapping[str, Any]) -> str:
    counts = {**statement["mended"], **statement["noted"]}
    said = [f"{n:,} {MENDED_WORDS.get(code, words_of(code).lower())}" for code, n in counts.items() if n]
    return f"Mended or noted, and counted: {', '.join(said)}. No row was lost by it." if said else ""


def _timed(steps: Iterable[Sequence[Any]]) -> Iterable[tuple[str, float, float]]:
    begun = 0.0
    for words, seconds in steps:
        yield str(words), round(begun, 1), round(float(seconds), 1)
        begun += float(seconds)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubtful match: which rule found it, since when, and the deciding fields of both records."""

    rule: str
    feed: str
    opened_at: datetime
    fields: tuple[tuple[str, str, str], ...]


def matches_page(number: str | None) -> tuple[Page[MatchCase], list[Doubt]]:
    """Return a page of the open doubtful matches, oldest first, opened side by side. Two queries."""
    waiting = MatchCase.objects.filter(closed_at__isnull=True).order_by("opened_at", "pk")
    page: Page[MatchCase] = Paginator(waiting, PAGE_SIZE).get_page(number)
    return page, [_doubt(case) for case in page.object_list]


def _doubt(case: MatchCase) -> Doubt:
    sides = case.deciding_fields
    record, other = sides["record"], sides["other"]
    names = list(dict.fromkeys([*record, *other]))
    fields = tuple((words_of(name), _said(record.get(name)), _said(other.get(name))) for name in names)
    return Doubt(
        rule=MatchCase.Rule(case.rule).label,
        feed=FEED_WORDS.get(case.feed, case.feed),
        opened_at=case.opened_at,
        fields=fields,
    )


def _said(value: Any) -> str:
    """Return a list as words; an identifier is a pair of kind and number."""
    if not isinstance(value, list):
        return str(value or "")
    return "; ".join(" ".join(map(str, item)) if isinstance(item, list) else str(item) for item in value)
