"""Every change of the date that counts, with what was left of notice and whether a check of the prisons had passed."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from custody.models import CustodyEvent
from custody.pages.changes import drift_of

LONDON = ZoneInfo("Europe/London")


def change(old: date | None, new: date | None, *, kind: str = "release_date_changed") -> CustodyEvent:
    return CustodyEvent(
        kind=kind,
        offender_id=uuid.UUID(int=7),
        occurred_at=datetime(2026, 11, 10, 5, 30, tzinfo=LONDON),
        learned_at=datetime(2026, 11, 10, 5, 30, tzinfo=LONDON),
        precision="second",
        old_date=old,
        new_date=new,
    )


@pytest.mark.parametrize(
    ("old", "new", "inside"),
    [
        pytest.param(date(2026, 12, 20), date(2026, 12, 1), None, id="three weeks ahead"),
        pytest.param(date(2026, 12, 20), date(2026, 11, 24), 14, id="new date 14 days ahead"),
        pytest.param(date(2026, 11, 24), date(2026, 12, 20), 14, id="old date 14 days ahead"),
        pytest.param(date(2026, 12, 20), date(2026, 11, 12), 2, id="new date 2 days ahead"),
        pytest.param(date(2026, 11, 11), date(2026, 12, 20), 2, id="put back on the eve"),
        pytest.param(date(2026, 11, 9), date(2026, 12, 20), None, id="old date had passed"),
        pytest.param(None, date(2026, 11, 12), 2, id="set at short notice"),
        pytest.param(date(2026, 11, 12), None, 2, id="withdrawn at short notice"),
    ],
)
def test_change_after_a_check_of_the_prisons_is_marked(old: date | None, new: date | None, inside: int | None) -> None:
    drift = drift_of([change(old, new)], certainty="calculated")

    assert drift.changes[0].inside_days == inside
    assert drift.changes[0].is_short_notice is (inside is not None)


def test_notice_left_is_counted_to_the_new_date() -> None:
    drift = drift_of([change(date(2026, 12, 20), date(2026, 11, 24))], certainty="calculated")

    assert drift.changes[0].notice_days == 14


def test_confirmed_date_is_a_change_without_an_arrow() -> None:
    day = date(2026, 11, 24)

    drift = drift_of([change(day, day, kind="release_date_confirmed")], certainty="confirmed")

    assert drift.changes[0].words == "Confirmed"
    assert not any(shape.css == "l-drift" for shape in drift.changes[0].shapes)
