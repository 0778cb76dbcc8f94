"""One delivery: its verdict, how far it has come, who may decide or has decided on it, its statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from access.officers import OfficerContext
from custody.wording import clock_time, counted, day_of, moment
from feeds.live import Live, is_live, live_of
from feeds.models import Delivery, Override, ReturnPackage, Supplier
from feeds.overriding import OVERRULABLE
from feeds.statements import Statement, shown_statement
from feeds.words import delivery_words

State = Delivery.State
ONE_PERCENT: Final = 0.01


@dataclass(frozen=True, slots=True)
class Decided:
    """What an operator overruled, when and why. Opening it shows the reason."""

    code: str
    officer_name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Returns:
    """The rows that can go back: how many are sealed, or that the sender has given no key."""

    rows: int
    supplier: str
    is_registered: bool


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One delivery with everything that its page shows; ``why_it_waits`` only while it does."""

    delivery: Delivery
    words: str
    verdict: str
    verdict_kind: str
    sentence: str
    live: Live | None
    why_it_waits: str
    may_decide: bool
    decided: tuple[Decided, ...]
    statement: Statement | None
    returns: Returns | None
    limits: str
    follows: str
    supplier_since: datetime


def delivery_page(delivery: Delivery, officer: OfficerContext, *, now: datetime) -> DeliveryPage:
    """Return the page of one delivery with its supplier. Four queries beside the delivery's own."""
    supplier: Supplier = delivery.supplier
    decided = tuple(_decided(override) for override in delivery.overrides.order_by("decided_at"))
    is_overruled = any(one.code == delivery.fault_code for one in decided)
    kind, verdict, sentence = _verdict(delivery, now, is_overruled=is_overruled)
    waits = delivery.state == State.WAITING and not is_overruled
    return DeliveryPage(
        delivery=delivery,
        words=delivery_words(delivery.feed, delivery.extract_at),
        verdict=verdict,
        verdict_kind=kind,
        sentence=sentence,
        live=live_of(delivery) if is_live(delivery, is_overruled=is_overruled) else None,
        why_it_waits=OVERRULABLE.get(delivery.fault_code, "") if waits else "",
        may_decide=waits and delivery.received_by != officer.id,
        decided=decided,
        statement=shown_statement(delivery.statement, feed=delivery.feed) if delivery.statement else None,
        returns=_returns(delivery, supplier),
        limits=_limits(delivery),
        follows=_follows(delivery),
        supplier_since=supplier.registered_at,
    )


def _decided(override: Override) -> Decided:
    return Decided(override.fault_code, override.officer_name, override.decided_at, override.reason)


def _returns(delivery: Delivery, supplier: Supplier) -> Returns | None:
    """Nothing where nothing is in quarantine, or where the 28 days have passed."""
    if not (delivery.statement or {}).get("quarantined"):
        return None
    rows = ReturnPackage.objects.filter(pk=delivery.pk).values_list("rows", flat=True).first()
    return Returns(rows or 0, supplier.name, bool(supplier.recipient))


def _limits(delivery: Delivery) -> str:
    """Say how far a loaded file was from the limit of rows in quarantine, and what the other limit is."""
    told = delivery.statement
    if not told or not told["rows"]:
        return ""
    share = told["quarantined"] / told["rows"]
    gone = settings.LIMIT_VANISHED[delivery.feed]
    where = " of any force" if delivery.feed == "ppo" else ""
    return (
        f"{_percent(share)} of rows in quarantine, limit {settings.LIMIT_QUARANTINED:.0%}; "
        f"{counted(told['vanished'], 'person', 'people')} gone, limit {gone:.0%}{where}"
    )


def _percent(share: float) -> str:
    """Return a share that never looks like none when it is some."""
    return f"{share:.2%}" if 0 < share < ONE_PERCENT else f"{share:.0%}"


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


def _verdict(delivery: Delivery, now: datetime, *, is_overruled: bool) -> tuple[str, str, str]:
    if delivery.state == State.PUBLISHED:
        return "done", _published_verdict(delivery), _published_sentence(delivery)
    if delivery.state == State.REFUSED:
        return "act", "Refused; nothing of it was loaded", _fault_sentence(delivery)
    if delivery.state == State.WAITING and not is_overruled:
        return "act", "Held for a decision; nothing of it was loaded", _fault_sentence(delivery)
    if delivery.state == State.WAITING:
        return "wait", "Overruled; waiting to be loaded", "A worker takes it up within a minute."
    working = delivery.lease_until is not None and delivery.lease_until > now
    received = f"Received {moment(delivery.received_at)}."
    if working:
        return "wait", "Being loaded now", f"{received} Officers see it all at once when it is done."
    return "wait", "Waiting to be loaded", f"{received} A worker takes it up within a minute."


def _published_verdict(delivery: Delivery) -> str:
    """A wrong control total that was overruled stays wrong."""
    counted_rows = (delivery.statement or {}).get("rows", delivery.rows)
    if counted_rows != delivery.rows:
        return "Loaded; the sender’s total differs and was overruled"
    return "Loaded, and it adds up to the row"


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
