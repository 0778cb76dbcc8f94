"""Kinds, states, certainty and basis as the database keeps them, and figures read from them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from custody.models import CustodyEvent, CustodyState, ReleaseDate
from custody.projection import state_digest
from custody.recording import load_custody_facts, record_custody_facts
from custody.state import State
from custody.steps import LONDON
from custody.volatility import Volatility, read_volatility
from feeds.refreshing import people_out_of_line
from tests.custody.histories import at, facts_of, held, on
from tests.factories import Desk, days, publish

AsRole = Callable[[str], AbstractContextManager[None]]
ONE, TWO, THREE = days(3)
PPO = {"noms_number": "A1234BC", "surname": "THISTLEWOOD"}
ESCAPED = {23: "ACTIVE OUT", 139: "REL", 134: "ESCP", 135: "02/11/2026"}


def told() -> list[tuple[str, str]]:
    """Return kind and certainty of each live event."""
    live = CustodyEvent.objects.filter(withdrawn_at__isnull=True).order_by("learned_at", "kind")
    return [(event.kind, event.certainty) for event in live]


def test_escape_shows_on_the_day_of_the_row(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(ONE, [PPO]))
        publish(desk.roll(ONE, [{}]))

        publish(desk.roll(TWO, [ESCAPED]))

        assert told() == [("escaped", "")]
        state = CustodyState.objects.get()
        assert (state.whereabouts, state.establishment_code, state.release_date) == ("at_large", "", None)


def test_date_confirmed_as_it_was_is_told_with_its_certainty(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(ONE, [PPO]))
        publish(desk.roll(ONE, [{70: "20/12/2026"}]))

        publish(desk.roll(TWO, [{70: "20/12/2026", 64: "20/12/2026"}]))

        assert told() == [("release_date_confirmed", "confirmed")]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"certainty": "calculated"}, id="another certainty"),
        pytest.param({"kind": "entered", "key": b"0" * 16}, id="another kind"),
    ],
)
def test_projection_that_is_out_of_line_is_noticed(db_as: AsRole, damage: dict[str, object]) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(ONE, [PPO]))
        publish(desk.roll(ONE, [{70: "20/12/2026"}]))
        publish(desk.roll(TWO, [{70: "20/12/2026", 64: "18/12/2026"}]))
        people = list(CustodyState.objects.values_list("pk", flat=True))
        assert people_out_of_line(people) == []

        CustodyEvent.objects.update(**damage)

        assert people_out_of_line(people) == people


@pytest.mark.parametrize(
    ("table", "change", "constraint"),
    [
        pytest.param(CustodyEvent, {"kind": "vanished"}, "custodyevent_kind_is_known", id="kind"),
        pytest.param(CustodyEvent, {"certainty": "perhaps"}, "custodyevent_certainty_is_known", id="certainty"),
        pytest.param(CustodyState, {"whereabouts": "moon"}, "custodystate_whereabouts_is_known", id="whereabouts"),
        pytest.param(CustodyState, {"certainty": "perhaps"}, "custodystate_certainty_is_known", id="state's certainty"),
    ],
)
def test_database_holds_codes_to_their_lists(
    db_as: AsRole, table: type[CustodyEvent] | type[CustodyState], change: dict[str, str], constraint: str
) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(ONE, [PPO]))
        publish(desk.roll(ONE, [{}]))
        publish(desk.roll(TWO, [ESCAPED]))

        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            table.objects.update(**change)


def test_basis_of_a_date_is_held_to_its_list(db_as: AsRole) -> None:
    with db_as("worker"), pytest.raises(IntegrityError, match="releasedate_basis_is_known"), transaction.atomic():
        ReleaseDate.objects.create(
            record_id=uuid4(), delivery_id=uuid4(), valid_at=at(1), date_type="CRD", date=on(9), basis="guessed"
        )


def test_calculated_date_and_override_are_stored_apart_and_only_once(db_as: AsRole) -> None:
    row = held(2, dates={"CRD": on(20)})
    assert row.statement is not None
    both = replace(row, statement=replace(row.statement, overrides=(("CRD", on(9)),)))
    facts, record = facts_of(both), uuid4()

    with db_as("worker"):
        first = record_custody_facts({record: facts}, since=at(1), delivery_id=uuid4(), because="stated")
        again = record_custody_facts({record: facts}, since=at(1), delivery_id=uuid4(), because="stated")
        loaded = load_custody_facts([record])[record]

    assert (first.inserted, again.inserted, again.superseded) == (3, 0, 0)
    assert sorted((f.date_type, f.basis, f.date) for f in loaded.release_dates) == [
        ("CRD", "calculated", on(20)),
        ("CRD", "overridden", on(9)),
    ]


def test_override_withdrawn_leaves_the_calculation_standing(db_as: AsRole) -> None:
    one, two = held(2, dates={"CRD": on(20)}), held(3, dates={"CRD": on(20)})
    assert one.statement is not None
    assert two.statement is not None
    overridden = replace(one, statement=replace(one.statement, overrides=(("CRD", on(9)),)))
    cleared = replace(two, statement=replace(two.statement, overrides=(("CRD", None),)))
    record = uuid4()

    with db_as("worker"):
        record_custody_facts(
            {record: facts_of(overridden, cleared)}, since=at(1), delivery_id=uuid4(), because="stated"
        )
        loaded = load_custody_facts([record])[record]

    assert [(f.basis, f.date, f.valid_at.day) for f in loaded.release_dates if f.basis == "overridden"] == [
        ("overridden", on(9), 2),
        ("overridden", None, 3),
    ]


NOW = datetime(2026, 11, 20, 12, tzinfo=LONDON)


def publish_changes() -> None:
    """Two people at Leeds: one whose date moves twice, the second time late, one without a change."""
    desk = Desk()
    other = {3: "A5678DE", 6: "WALLOWBY", 5: "LX5678"}
    publish(desk.ppo(ONE, [PPO, {"ppo_reference": "P2", "noms_number": "A5678DE", "surname": "WALLOWBY"}]))
    publish(desk.roll(ONE, [{70: "20/12/2026"}, {**other, 70: "01/02/2027"}]))
    publish(desk.roll(TWO, [{70: "30/12/2026"}, {**other, 70: "01/02/2027"}]))
    publish(desk.roll(THREE, [{70: "10/11/2026"}, {**other, 70: "01/02/2027"}]))


def test_volatility_is_read_in_one_query(db_as: AsRole) -> None:
    with db_as("worker"):
        publish_changes()

        with CaptureQueriesContext(connection) as queries:
            figures = read_volatility(now=NOW)

    assert len(queries) == 1
    assert figures == {"LEI": Volatility(held=2, changes=2, inside_14_days=1)}
    assert (figures["LEI"].per_100, figures["LEI"].inside_14_days_per_100) == (100.0, 50.0)


def test_volatility_counts_the_last_ninety_days_alone(db_as: AsRole) -> None:
    with db_as("worker"):
        publish_changes()

        assert read_volatility(now=NOW + timedelta(days=100)) == {"LEI": Volatility(2, 0, 0)}


def test_state_is_one_in_whichever_time_zone_its_facts_are_held() -> None:
    person, here = uuid4(), State(since=at(1), last_event_at=at(2))
    there = State(since=at(1).astimezone(UTC), last_event_at=at(2).astimezone(UTC))

    assert state_digest(person, here) == state_digest(person, there)
    assert state_digest(person, here) != state_digest(person, State(since=at(1), last_event_at=at(3)))
