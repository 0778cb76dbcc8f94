"""The list of deliveries, and of files that were refused before they became one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator

from custody.wording import counted
from feeds.models import Delivery, RefusedFile
from feeds.words import CAME_BY_WORDS, delivery_words

PAGE_SIZE: Final = 50
REFUSED_SHOWN: Final = 20
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
class Refused:
    """A file that was refused on arrival: when, by which way it came, what is wrong where, and the cure."""

    received_at: datetime
    came_by: str
    code: str
    place: str
    message: str
    cure: str


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The list of deliveries, newest first, and the newest files that never became one."""

    lines: tuple[Line, ...]
    page: Page[Delivery]
    sentence: str
    refused: tuple[Refused, ...]
    refused_count: int


def deliveries_page(number: str | None) -> Deliveries:
    """Return a page of the list of deliveries. Six queries."""
    page: Page[Delivery] = Paginator(Delivery.objects.order_by("-received_at", "-position"), PAGE_SIZE).get_page(number)
    known = set(Delivery.objects.values_list("feed", "supplier_id", "sequence"))
    waiting = Delivery.objects.filter(state__in=(State.WAITING, State.REFUSED)).count()
    return Deliveries(
        lines=tuple(_line(delivery, known) for delivery in page.object_list),
        page=page,
        sentence=_list_sentence(page.paginator.count, waiting),
        refused=tuple(_refused(file) for file in RefusedFile.objects.order_by("-received_at")[:REFUSED_SHOWN]),
        refused_count=RefusedFile.objects.count(),
    )


def _refused(file: RefusedFile) -> Refused:
    return Refused(
        received_at=file.received_at,
        came_by=CAME_BY_WORDS.get(file.came_by, file.came_by),
        code=file.code,
        place=file.place,
        message=file.message,
        cure=file.cure,
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
        words=delivery_words(delivery.feed, delivery.extract_at),
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
