"""Overruling a held delivery: another operator than the uploader decides, with a reason; the worker acts on it.

A fault that questions what the file is – its seal, its form, its end – cannot be
overruled: nothing true could come of it.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from access.officers import OfficerContext
from audit import trail
from feeds.models import Delivery, Override

SHORTEST_REASON: Final = 15
# The faults that wait for a person, and why a person may know better. Every other fault refuses the file for good.
OVERRULABLE: Final[Mapping[str, str]] = {
    "C-01": "The sender may have counted wrongly: every row that is there can be read.",
    "F-04": "The sender may have stated a wrong day: the rows are whole, and are taken under the manifest’s day.",
    "G-01": "So many people may really have gone, as when a prison closes or a force hands over its schemes.",
    "Q-01": "The rows that can be read are right; the faulty ones stay in quarantine.",
}


class OverrideRefusedError(Exception):
    """The decision cannot be taken by this officer, or not of this delivery; the message says what to do."""


class ReasonTooShortError(OverrideRefusedError):
    """The reason says too little to be kept."""


def overruled_codes(delivery: Delivery) -> frozenset[str]:
    """Return the codes of the faults of a delivery that an operator other than its uploader has overruled."""
    # Asked again by the worker, which does not rely on what a web process let through.
    decided = delivery.overrides.all()
    if delivery.received_by is not None:
        decided = decided.exclude(officer_id=delivery.received_by)
    return frozenset(decided.values_list("fault_code", flat=True))


def decide_override(delivery: Delivery, *, officer: OfficerContext, reason: str) -> Override:
    """Write down that an officer overrules the fault for which a delivery waits.

    Raises: OverrideRefusedError when it does not wait, the officer sent it, or the reason is too short.
    Source: feeds.md 1, file faults; product.md 1, duties that must be apart.
    """
    _insist_that_it_may_be_decided(delivery, officer, reason)
    override, is_new = Override.objects.get_or_create(
        delivery=delivery,
        fault_code=delivery.fault_code,
        defaults={"officer_id": officer.id, "officer_name": officer.name[:120], "reason": reason.strip()},
    )
    if not is_new:
        raise OverrideRefusedError("another operator has just overruled this fault; load the page again")
    trail.record(
        trail.Code.DELIVERY_OVERRULED,
        object_type="delivery",
        object_id=delivery.pk,
        delivery_id=delivery.pk,
        reason_code=delivery.fault_code,
        reason=reason.strip(),
    )
    return override


def _insist_that_it_may_be_decided(delivery: Delivery, officer: OfficerContext, reason: str) -> None:
    if delivery.state != Delivery.State.WAITING:
        raise OverrideRefusedError("this delivery does not wait for a decision any more; load the page again")
    if delivery.fault_code in overruled_codes(delivery):
        raise OverrideRefusedError("this fault has been overruled already; the file is loaded within a minute")
    if delivery.received_by == officer.id:
        raise OverrideRefusedError("you sent this delivery in; ask another feed operator to decide")
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShortError(f"say why in at least {SHORTEST_REASON} characters; the reason is kept")


def resume_overruled() -> list[UUID]:
    """Put deliveries whose fault has been overruled back to be published; return which."""
    resumed = []
    for delivery in Delivery.objects.filter(state=Delivery.State.WAITING):
        if delivery.fault_code in overruled_codes(delivery):
            Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING).update(
                state=Delivery.State.RECEIVED, refused_at=None, lease_until=None
            )
            resumed.append(delivery.pk)
    return resumed
