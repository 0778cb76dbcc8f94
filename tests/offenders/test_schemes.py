"""Since when somebody is tracked, until when, and which areas may see them."""

import uuid
from datetime import date, datetime

import pytest
from django.utils import timezone

from offenders.models import SchemeMembership
from offenders.schemes import Tracking, areas_that_may_see, tracking

HELD = "CATCH_AND_CONVICT"


def at(day: int) -> datetime:
    """Return the morning of a day of November 2026."""
    return datetime(2026, 11, day, 5, tzinfo=timezone.get_current_timezone())


def said(day: int, strand: str = HELD, *, area: str = "00DA", removed_on: date | None = None) -> SchemeMembership:
    """Return what a scheme says from that day on; without a strand it has let go."""
    delivery = uuid.UUID(int=day)
    return SchemeMembership(
        valid_at=at(day), strand=strand, delivery_id=delivery, area_code=area, removed_on=removed_on
    )


@pytest.mark.parametrize(
    ("histories", "starts", "ends"),
    [
        pytest.param([], None, None, id="nobody's"),
        pytest.param([[]], None, None, id="a record that says nothing of membership"),
        pytest.param([[said(3, "")]], None, None, id="first heard of when removed"),
        pytest.param([[said(3)]], 3, None, id="adopted"),
        pytest.param([[said(3), said(5, "REHABILITATE_AND_RESETTLE")]], 3, None, id="another strand"),
        pytest.param([[said(3), said(5, "")]], 3, 5, id="adopted and removed"),
        pytest.param([[said(3), said(5, ""), said(9, "", area="00CX")]], 3, 5, id="corrected after the removal"),
        pytest.param([[said(3), said(5, ""), said(9)]], 3, None, id="adopted again"),
        pytest.param([[said(3), said(5, ""), said(9), said(11, "")]], 3, 11, id="removed again"),
        pytest.param([[said(5)], [said(3), said(4, "")]], 3, None, id="another area still holds"),
        pytest.param([[said(5), said(8, "")], [said(3), said(4, "")]], 3, 8, id="the last removal ends it"),
        pytest.param([[said(3), said(5, "")], [said(9, "")]], 3, 5, id="a removal that no adoption came before"),
    ],
)
def test_tracking(histories: list[list[SchemeMembership]], starts: int | None, ends: int | None) -> None:
    found = tracking(histories)

    assert (found.starts_at, found.ends_at) == (starts and at(starts), ends and at(ends))
    assert found.started_by == (uuid.UUID(int=starts) if starts else None)


@pytest.mark.parametrize(
    ("followed", "day", "expected"),
    [
        (Tracking(), 5, False),
        (Tracking(at(3)), 1, True),
        (Tracking(at(3)), 5, True),
        (Tracking(at(3), at(5)), 4, True),
        (Tracking(at(3), at(5)), 5, False),
    ],
    ids=["never", "before the start", "since", "before the end", "from the end on"],
)
def test_tracking_covers(followed: Tracking, day: int, *, expected: bool) -> None:
    assert followed.covers(at(day)) is expected


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        pytest.param([], set(), id="no scheme"),
        pytest.param([said(1)], {"00DA"}, id="adopted"),
        pytest.param([said(1), said(1, area="00CX")], {"00DA", "00CX"}, id="by two areas"),
        pytest.param([said(1, "", removed_on=date(2026, 10, 26))], {"00DA"}, id="removed 28 days ago"),
        pytest.param([said(1, "", removed_on=date(2026, 10, 25))], set(), id="removed 29 days ago"),
        pytest.param([said(1, "")], {"00DA"}, id="removed on the day we learnt it"),
    ],
)
def test_areas_see_until_28_days_after_the_removal(current: list[SchemeMembership], expected: set[str]) -> None:
    assert areas_that_may_see(current, today=date(2026, 11, 23)) == expected
