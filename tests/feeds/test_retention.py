"""Erasing old row versions loses no fact, and what comes later is derived as if nothing had been erased."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.trail import SERVICE, acting_as
from custody.models import CustodyEvent, CustodyState
from feeds.models import Delivery, DeliveryPiece, RowVersion
from feeds.refreshing import people_out_of_line
from feeds.retention import purge_roll, reroute_everybody
from tests.cluster import Broom
from tests.factories import Desk, SealedFile, publish
from tests.feeds.standing import Names, names_of, standing_picture

AsRole = Callable[[str], AbstractContextManager[None]]
Row = dict[int, str]
START = date(2026, 9, 7)
# The 35 days of the file of day 45 begin with the file of day 10, those of day 50 with day 20.
OFFSETS = (0, 10, 20, 30, 45, 50, 55)
SURNAMES = {"A1001BC": "WREN", "A1002BC": "FINCH", "A1003BC": "STARLING", "A1004BC": "SWIFT"}
NUMBERS = tuple(SURNAMES)


def day(offset: int) -> date:
    """Return the day of an extract."""
    return START + timedelta(days=offset)


def roll_of(offset: int) -> list[Row]:
    """Return a roll in which people vanish, lose dates and move where the later 35 days begin."""
    first, second, third, fourth = ({3: number, 6: SURNAMES[number], 12: "07/07/1980"} for number in NUMBERS)
    second[70] = "" if offset >= 10 else "20/01/2027"
    third[2] = "MDI" if offset >= 20 else "LEI"
    fourth[24] = "RECALL" if offset >= 50 else "SENTENCED"
    usual = {22: "01/09/2026", 135: "01/09/2026"}
    present = [second, third, fourth] if offset >= 10 else [first, second, third, fourth]
    return [{**row, **usual} for row in present]


def lists_of(officer: str) -> list[dict[str, str]]:
    """Return the scheme's rows; a new lead officer makes everybody be derived anew."""
    return [
        {
            "ppo_reference": f"S{number[4]}",
            "noms_number": number,
            "surname": SURNAMES[number],
            "date_of_birth": "1980-07-07",
            "lead_officer": officer,
        }
        for number in NUMBERS
    ]


def files_of(desk: Desk) -> list[SealedFile]:
    """Return 55 days of files, thinly spread."""
    files = []
    for offset in OFFSETS:
        if offset in (0, 45, 50, 55):
            files.append(desk.ppo(day(offset), lists_of(f"PC {offset}")))
        files.append(desk.roll(day(offset), roll_of(offset)))
    return files


def names() -> Names:
    """Return whose each record is."""
    roll = [("prison_roll", number) for number in NUMBERS]
    return names_of([*roll, *(("ppo", f"S{number[4]}|00DA") for number in NUMBERS)])


@pytest.fixture
def as_worker(db_as: AsRole) -> Iterator[None]:
    """Do the test's work as the worker."""
    with db_as("worker"), acting_as(SERVICE, because="test"):
        yield


def kinds() -> list[tuple[str, str]]:
    """Return key and kind of the live events."""
    own = names()
    live = CustodyEvent.objects.filter(withdrawn_at__isnull=True)
    return sorted((own[event.record_id], event.kind) for event in live)


EXPECTED = [
    ("A1001BC", "missing_from_feed"),
    ("A1002BC", "release_date_withdrawn"),
    ("A1003BC", "transferred"),
]


@pytest.mark.usefixtures("as_worker")
def test_what_changed_where_the_window_now_begins_still_stands() -> None:
    for file in files_of(Desk()):
        publish(file)

    assert kinds() == EXPECTED
    assert people_out_of_line(list(CustodyState.objects.values_list("pk", flat=True))) == []


@pytest.mark.usefixtures("as_worker")
def test_later_files_are_derived_the_same_after_erasing(broom: Broom) -> None:
    for file in files_of(Desk()):
        publish(file)
    kept = standing_picture(names())
    versions = RowVersion.objects.count()
    broom.sweep()

    erased = 0
    for file in files_of(Desk()):
        publish(file)
        erased += purge_roll()

    assert standing_picture(names()) == kept
    assert erased > 0
    assert RowVersion.objects.count() == versions - erased


@pytest.mark.usefixtures("as_worker")
def test_version_in_effect_where_the_window_begins_stays() -> None:
    for file in files_of(Desk()):
        publish(file)
    purge_roll()

    roll = RowVersion.objects.filter(delivery__feed="prison_roll").select_related("delivery")
    numbers = sorted((v.content["number"], (timezone.localdate(v.delivery.extract_at) - START).days) for v in roll)

    assert numbers == [("A1001BC", 0), ("A1002BC", 10), ("A1003BC", 20), ("A1004BC", 0), ("A1004BC", 50)]


@pytest.mark.usefixtures("as_worker")
def test_file_older_than_the_window_makes_nobody_enter() -> None:
    desk = Desk()
    ancient = desk.roll(day(-60), roll_of(10)[:1])
    for file in files_of(desk):
        publish(file)

    delivery = publish(ancient)

    assert delivery.state == Delivery.State.PUBLISHED, delivery.fault_message
    assert kinds() == EXPECTED


@pytest.mark.usefixtures("as_worker")
def test_ciphertext_goes_28_days_after_publishing() -> None:
    desk = Desk()
    old, fresh = publish(desk.roll(day(0), roll_of(0))), publish(desk.roll(day(10), roll_of(0)))
    Delivery.objects.filter(pk=old.pk).update(published_at=timezone.now() - timedelta(days=28, hours=1))
    Delivery.objects.filter(pk=fresh.pk).update(published_at=timezone.now() - timedelta(days=27))

    purge_roll()

    assert set(DeliveryPiece.objects.values_list("delivery_id", flat=True)) == {fresh.pk}


@pytest.mark.usefixtures("as_worker")
def test_nothing_delivered_nothing_erased() -> None:
    assert (purge_roll(), reroute_everybody()) == (0, 0)
