"""A sealed file becomes row versions, links, facts and events, and its statement adds up."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from custody.calendar_models import CalendarLink
from custody.models import CustodyEvent, CustodyState, CustodyStatement
from custody.search_models import SavedSearch
from feeds.leases import LeaseLostError, claim
from feeds.models import Delivery, DeliveryMember, DeliveryPiece, MatchCase, RowVersion
from feeds.pipeline import import_delivery
from feeds.receiving import receive_delivery
from feeds.sweeping import deliveries_to_do
from offenders.models import Offender, Profile, RecordLink
from tests.factories import Desk, SealedFile, days, publish

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


def everything() -> dict[str, int]:
    """Return how many rows each table of people, custody and feeds holds, deliveries and their pieces apart.

    Officers' own links and searches are left out too: the importer may not so much as read them.
    """
    apart = {Delivery, DeliveryPiece, CalendarLink, SavedSearch}
    models = [m for label in ("offenders", "custody", "feeds") for m in apps.get_app_config(label).get_models()]
    return {model.__name__: model._base_manager.count() for model in models if model not in apart}


def received(file: SealedFile) -> Delivery:
    """Receive a file and leave it to wait."""
    return receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None).delivery


def test_delivery_that_another_worker_holds_is_left_alone(desk: Desk) -> None:
    waiting = received(desk.roll(ONE, [{}]))
    assert claim(waiting.pk) == 1

    assert import_delivery(waiting.pk).state == Delivery.State.RECEIVED
    assert waiting.pk not in deliveries_to_do()


def test_delivery_whose_lease_ran_out_is_taken_over(desk: Desk) -> None:
    waiting = received(desk.roll(ONE, [{}]))
    claim(waiting.pk)
    Delivery.objects.filter(pk=waiting.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    assert deliveries_to_do() == [waiting.pk]
    assert import_delivery(waiting.pk).state == Delivery.State.PUBLISHED
    assert claim(waiting.pk) is None


def test_worker_whose_fence_is_stale_publishes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = received(desk.roll(ONE, [{}]))
    stale = claim(waiting.pk)
    Delivery.objects.filter(pk=waiting.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    claim(waiting.pk)
    before = everything()
    monkeypatch.setattr("feeds.pipeline.claim", lambda _: stale)

    with pytest.raises(LeaseLostError):
        import_delivery(waiting.pk)

    assert everything() == before
    assert Delivery.objects.get(pk=waiting.pk).state == Delivery.State.RECEIVED


def test_file_that_is_not_taken_leaves_nothing_behind(desk: Desk) -> None:
    publish(desk.ppo(ONE, [PPO]))
    publish(desk.roll(ONE, [{}, {3: "A2222BC", 6: "OTHER"}]))
    before = everything()
    good = [{2: "MDI"}, *({3: f"A{number}XY", 6: "OTHER"} for number in range(3000, 3008))]

    held = publish(desk.roll(TWO, [*good, *({3: f"A{number}XY", 2: "QQQ"} for number in range(4000, 4009))]))

    assert held.state == Delivery.State.WAITING
    assert held.statement is None
    assert everything() == before


def test_every_row_of_a_mixed_file_is_accounted_for(desk: Desk) -> None:
    publish(desk.ppo(ONE, [PPO]))
    publish(desk.roll(ONE, [{}, *({3: f"A{number}XY", 6: "OTHER"} for number in range(3000, 3014))]))
    rows = [{2: "MDI"}, *({3: f"A{number}XY", 6: "OTHER"} for number in range(3001, 3014))]
    doubled, faulty, conflicting = dict(rows[1]), {3: "A3000XY", 2: "QQQ"}, {**rows[2], 2: "MDI"}

    told = publish(desk.roll(TWO, [*rows, doubled, faulty, conflicting, {3: "A5555XY", 6: "NEW"}])).statement

    assert told is not None
    assert (told["rows"], told["new_versions"], told["unchanged"]) == (18, 2, 12)
    assert (told["quarantined"], told["duplicates"], told["accepted"]) == (3, 1, 14)
    assert (told["tracked"], told["untracked"], told["in_review"]) == (1, 13, 0)
    assert (told["new_people"], told["changed_people"], told["came"], told["vanished"]) == (1, 1, 1, 0)
    assert told["events"] == {"transferred": 1}


@pytest.mark.parametrize(
    "unreadable",
    [
        pytest.param([{2: "QQQ"}], id="an unknown prison"),
        pytest.param([{70: "31/02/2027"}], id="an impossible date"),
        pytest.param([{}, {2: "MDI"}], id="two rows that contradict each other"),
    ],
)
def test_person_whose_row_is_in_quarantine_is_not_absent(desk: Desk, unreadable: list[dict[int, str]]) -> None:
    other = {3: "A2222BC", 6: "OTHER"}
    publish(desk.ppo(ONE, [PPO]))
    publish(desk.roll(ONE, [{}, other]))

    publish(desk.roll(TWO, [*unreadable, other]))

    state = CustodyState.objects.get()
    assert (state.whereabouts, state.establishment_code) == ("in_custody", "LEI")
    assert kinds() == []


def test_correction_withdraws_what_was_wrong(desk: Desk) -> None:
    publish(desk.ppo(ONE, [PPO]))
    publish(desk.roll(ONE, [{}]))
    wrong = desk.roll(TWO, [{2: "MDI"}])
    publish(wrong)
    assert kinds() == ["transferred"]

    told = publish(desk.roll(TWO, [{}], corrects=wrong.manifest.sequence)).statement

    assert told is not None
    assert told["events_withdrawn"] == 1
    assert kinds() == []
    assert CustodyState.objects.get().establishment_code == "LEI"


def test_second_list_of_one_moment_counts_in_place_of_the_first(desk: Desk) -> None:
    publish(desk.ppo(ONE, [PPO]))
    publish(desk.roll(ONE, [{}]))
    first, second = desk.roll(TWO, [{2: "MDI"}]), desk.roll(TWO, [{2: "WDI"}])

    publish(second)
    publish(first)

    assert kinds() == ["transferred"]
    assert CustodyState.objects.get().establishment_code == "WDI"
