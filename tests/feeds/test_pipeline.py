"""A sealed file becomes row versions, links, facts and events, and its statement adds up."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date

import pytest

from custody.models import CustodyEvent, CustodyState, CustodyStatement
from feeds.models import Delivery, DeliveryMember, MatchCase, RowVersion
from offenders.models import Offender, Profile, RecordLink
from tests.factories import Desk, days, publish

AsRole = Callable[[str], AbstractContextManager[None]]
PPO = {"noms_number": "A1234BC", "surname": "THISTLEWOOD"}
ONE, TWO, THREE = days(3)


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered, nothing delivered; the test goes on as the worker."""
    with db_as("worker"):
        yield Desk()


def kinds() -> list[str]:
    """Return the kinds of live events, in the order they were learnt."""
    live = CustodyEvent.objects.filter(withdrawn_at__isnull=True).order_by("learned_at", "kind")
    return list(live.values_list("kind", flat=True))


def test_person_inside_from_the_start_is_in_custody_without_an_event(desk: Desk) -> None:
    publish(desk.ppo(ONE, [PPO]))

    roll = publish(desk.roll(ONE, [{}, {3: "A2222BC", 6: "OTHER", 12: "01/01/1980"}]))

    state = CustodyState.objects.get()
    assert (state.whereabouts, state.establishment_code) == ("in_custody", "LEI")
    assert kinds() == []
    assert roll.state == Delivery.State.PUBLISHED, roll.fault_message
    assert roll.statement is not None
    assert (roll.statement["tracked"], roll.statement["untracked"]) == (1, 1)


@pytest.mark.parametrize("roll_first", [False, True], ids=["scheme first", "roll first"])
def test_links_do_not_depend_on_which_file_came_first(desk: Desk, *, roll_first: bool) -> None:
    files = [desk.ppo(ONE, [PPO]), desk.roll(ONE, [{}])]

    for file in reversed(files) if roll_first else files:
        publish(file)

    assert RecordLink.objects.filter(ended_at__isnull=True).count() == 2
    assert Offender.objects.count() == 1
    assert CustodyState.objects.get().whereabouts == "in_custody"


def test_same_file_twice_changes_nothing(desk: Desk) -> None:
    publish(desk.ppo(ONE, [PPO]))
    file = desk.roll(ONE, [{}])
    first = publish(file)
    counts = [m.objects.count() for m in (Delivery, RowVersion, CustodyEvent, CustodyStatement)]

    again = publish(file)

    assert again.pk == first.pk
    assert counts == [m.objects.count() for m in (Delivery, RowVersion, CustodyEvent, CustodyStatement)]


def test_events_follow_from_roll_to_roll(desk: Desk) -> None:
    publish(desk.ppo(ONE, [PPO]))
    publish(desk.roll(ONE, [{3: "A2222BC", 6: "OTHER"}]))
    publish(desk.roll(TWO, [{3: "A2222BC", 6: "OTHER"}, {139: "ADM", 134: "N"}]))
    publish(
        desk.roll(
            THREE, [{3: "A2222BC", 6: "OTHER"}, {2: "MDI", 139: "ADM", 134: "INT", 135: "03/11/2026", 70: "01/12/2026"}]
        )
    )

    assert kinds() == ["entered", "release_date_set", "transferred"]
    state = CustodyState.objects.get()
    assert (state.establishment_code, state.release_date) == ("MDI", date(2026, 12, 1))


def test_identifier_that_neither_name_nor_birth_date_bears_out_goes_to_review(desk: Desk) -> None:
    publish(desk.ppo(ONE, [{"noms_number": "A1234BC", "surname": "SOMEBODY", "date_of_birth": "1970-01-02"}]))

    roll = publish(desk.roll(ONE, [{}]))

    assert MatchCase.objects.count() == 1
    assert roll.statement is not None
    assert roll.statement["in_review"] == 1
    assert CustodyState.objects.get().whereabouts == "community"


def test_runs_of_members_answer_who_stood_in_which_file(desk: Desk) -> None:
    other = {3: "A2222BC", 6: "OTHER"}
    publish(desk.roll(ONE, [{}, other]))
    publish(desk.roll(THREE, [{}, other]))

    publish(desk.roll(TWO, [other], sequence=9))

    assert DeliveryMember.objects.count() == 3


def test_profile_bears_the_schemes_own_words(desk: Desk) -> None:
    publish(desk.ppo(ONE, [PPO]))
    publish(desk.roll(ONE, [{6: "THISTLEWOOD", 7: "AMBROISE"}]))

    profile = Profile.objects.get()

    assert profile.forenames == "Ambrose Juniper"
    assert profile.strand == "CATCH_AND_CONVICT"
