"""What the pages on deliveries and doubtful matches show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator

from custody.wording import clock_time, counted, day_of, full_date, moment
from feeds.models import Delivery, Supplier
from feeds.statements import Statement, shown_statement
from feeds.words import FEED_WORDS

PAGE_SIZE: Final = 50
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
        statement=shown_statement(statement) if statement else None,
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
