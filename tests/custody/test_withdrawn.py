"""What a corrected or late file disproves stays in sight, struck, for those who could have seen it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.utils import timezone

from access.grants import Place
from access.models import Account
from custody.models import CustodyEvent
from custody.pages.withdrawn import withdrawn_since
from offenders.models import Profile
from tests.factories import Desk, days, publish
from tests.personas import BRADFORD, LEEDS, make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
ONE, TWO = days(2)
PPO = {"noms_number": "A1234BC", "surname": "THISTLEWOOD"}
MOVED = {2: "MDI", 139: "ADM", 134: "INT", 135: "03/11/2026"}


@pytest.fixture
def corrected(db_as: AsRole) -> Profile:
    """Somebody whose transfer was told and then taken back by a corrected roll."""
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(ONE, [PPO]))
        publish(desk.roll(ONE, [{}]))
        publish(desk.roll(TWO, [MOVED]))
        assert list(CustodyEvent.objects.values_list("kind", flat=True)) == ["transferred"]
        publish(desk.roll(TWO, [{}], corrects=2))
        return Profile.objects.get()


def test_withdrawn_event_stands_struck_on_the_record(corrected: Profile) -> None:
    page = signed_in(make_person("leo", "area_officer", place=LEEDS)).get(f"/offenders/{corrected.pk}/")

    told = page.content.decode()
    assert "Withdrawn" in told
    assert "<del>Transferred" in told
    assert "The sender corrected the file that said so" in told


def test_record_without_withdrawals_has_no_such_part(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(ONE, [PPO]))
        publish(desk.roll(ONE, [{}]))
        person = Profile.objects.get()

    page = signed_in(make_person("leo", "area_officer", place=LEEDS)).get(f"/offenders/{person.pk}/").content.decode()

    assert 'id="withdrawn"' not in page


def test_morning_tells_those_who_could_have_seen_it(corrected: Profile, db_as: AsRole) -> None:
    with db_as("worker"):
        event = CustodyEvent.objects.get()
        CustodyEvent.objects.update(recorded_at=timezone.now() - timedelta(hours=5))
        told = {
            "before it was told": withdrawn_since(timezone.now() - timedelta(hours=9), limit=9),
            "while it stood": withdrawn_since(timezone.now() - timedelta(hours=1), limit=9),
            "after it was taken back": withdrawn_since(timezone.now() + timedelta(hours=1), limit=9),
            "never": withdrawn_since(None, limit=9),
        }

    assert told == {"before it was told": [], "while it stood": [event], "after it was taken back": [], "never": []}


@pytest.mark.parametrize(("place", "sees"), [(LEEDS, True), (BRADFORD, False)], ids=["own area", "another area"])
def test_morning_shows_the_withdrawal_struck(corrected: Profile, db_as: AsRole, place: Place, *, sees: bool) -> None:
    person = make_person("leo", "area_officer", place=place)
    with db_as("worker"):
        CustodyEvent.objects.update(recorded_at=timezone.now() - timedelta(hours=5))
    Account.objects.filter(pk=person.account.pk).update(previous_sign_in_at=timezone.now() - timedelta(hours=1))

    page = signed_in(person).get("/").content.decode()

    assert ('withdrawn: <del class="jt-was">transferred</del>' in page) is sees
    assert ("the sender corrected the file that said so" in page) is sees
