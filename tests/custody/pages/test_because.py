"""Why a record is visible, in words that are true for this officer."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from access.keys import key_ids
from access.models import VisibilityKey
from access.officers import OfficerContext
from custody.pages.because import Because, because_of
from offenders.models import Offender, Profile

pytestmark = pytest.mark.django_db
K = VisibilityKey.Kind
LEEDS = "00DA"
NOW: datetime = timezone.now()


def officer(*, areas: dict[str, str] | None = None) -> OfficerContext:
    """Return an officer of the areas given, of Leeds unless said otherwise."""
    shown = {LEEDS: "Leeds"} if areas is None else areas
    return OfficerContext(
        id=uuid4(),
        name="Somebody",
        title="",
        roles=("area_officer",),
        areas=shown,
        forces={},
        establishments=(),
        permissions=frozenset(),
        seen_before=None,
        session_ends_at=NOW,
    )


def profile(*keys: tuple[str, str], memberships: list[dict[str, Any]]) -> Profile:
    """Return an unsaved profile that the keys see, with what schemes said."""
    seen = [key_ids(kind, [code])[code] for kind, code in keys]
    return Profile(offender=Offender(visible_to=seen), scheme={"memberships": memberships})


def membership(**changes: Any) -> dict[str, Any]:
    """Return what Leeds said of somebody it adopted."""
    return {"area": LEEDS, "strand": "CATCH_AND_CONVICT", "adopted_on": "2024-05-14", "removed_on": None, **changes}


def test_managed_person_is_said_to_be_adopted_on_a_day() -> None:
    told = because_of(profile((K.AREA, LEEDS), memberships=[membership()]), officer())

    assert told == Because("Leeds manages this person", ", adopted on 14 May 2024")


def test_removed_person_is_said_to_have_been_managed() -> None:
    gone = membership(strand="", removed_on="2026-11-22")

    told = because_of(profile((K.AREA, LEEDS), memberships=[gone]), officer())

    assert told == Because("Leeds managed this person", ", removed on 22 November 2026")


def test_person_managed_elsewhere_is_visible_by_the_address_after_release() -> None:
    elsewhere = membership(area="00CX")

    told = because_of(profile((K.RELEASING, LEEDS), memberships=[elsewhere]), officer())

    assert told == Because("this person’s discharge address is in Leeds")


def test_officer_without_any_key_opened_it_for_a_reason() -> None:
    told = because_of(profile((K.AREA, LEEDS), memberships=[membership()]), officer(areas={}))

    assert told.ground.startswith("you opened it for a stated reason")
