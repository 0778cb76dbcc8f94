"""Who stood in which delivery: exact for any sets of people in any order of arrival, in as few runs as can be."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import count, groupby
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.members import Turnover, members_of, record_members
from feeds.models import Delivery, DeliveryMember, Supplier, position_of
from feeds.streams import stream_of
from tests.cluster import Broom
from tests.factories import days

AsRole = Callable[[str], AbstractContextManager[None]]
TOKENS: Final = [bytes([number]) * 16 for number in range(4)]
WORLDS = st.lists(st.frozensets(st.sampled_from(TOKENS)), min_size=1, max_size=7)
ROUND = count(1)


def register() -> None:
    """Register somebody whose deliveries they are."""
    Supplier.objects.create(name="Invented Prisons", public_key=bytes(32), feeds=["prison_roll"])


def deliver(at: int, tokens: frozenset[bytes]) -> tuple[Delivery, Turnover]:
    """Record a published delivery of that place in time."""
    day = days(1)[0]
    delivery = Delivery(
        feed="prison_roll",
        supplier_id="Invented Prisons",
        sequence=at + 1,
        extract_at=f"{day:%Y-%m-}{at + 1:02}T05:30:00+00:00",
        position=position_of(extract_epoch=at, sequence=at + 1),
        rows=len(tokens),
        size=1,
        sealed_sha256=f"{next(ROUND):064}",
        manifest={},
        state=Delivery.State.PUBLISHED,
        published_at="2026-11-24T00:00:00+00:00",
    )
    stream = stream_of("prison_roll", "Invented Prisons")
    delivery.save(force_insert=True)
    delivery.refresh_from_db()
    earlier, later = stream.before(delivery.position), stream.after(delivery.position)
    return delivery, record_members(delivery, set(tokens), earlier=earlier, later=later)


def fewest_runs(world: Sequence[frozenset[bytes]]) -> int:
    """Return how many unbroken runs there are over all tokens."""
    return sum(sum(present for present, _ in groupby(token in tokens for tokens in world)) for token in TOKENS)


@pytest.fixture
def supplier(db_as: AsRole) -> None:
    """Somebody whose deliveries they are."""
    with db_as("worker"):
        register()


@pytest.mark.usefixtures("supplier")
def test_members_are_exact_in_any_order_of_arrival(db_as: AsRole, broom: Broom) -> None:
    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(world=WORLDS, data=st.data())
    def holds(world: list[frozenset[bytes]], data: st.DataObject) -> None:
        order = data.draw(st.permutations(range(len(world))))
        arrived = {}
        for at in order:
            arrived[at], _ = deliver(at, world[at])
            for known, delivery in arrived.items():
                assert set(members_of(delivery)) == world[known]
        assert DeliveryMember.objects.count() == fewest_runs(world)
        broom.sweep()
        register()

    with db_as("worker"):
        holds()


@pytest.mark.usefixtures("supplier")
@pytest.mark.parametrize(
    ("others", "tokens", "expected"),
    [
        pytest.param({}, {0, 1}, ({0, 1}, set(), set()), id="the first file"),
        pytest.param({0: {0, 1}}, {1, 2}, ({2}, {0}, set()), id="after another"),
        pytest.param({2: {0, 1}}, {1, 2}, ({1, 2}, set(), {0, 2}), id="before another"),
        pytest.param({0: {0}, 2: {1}}, {0, 1}, ({1}, set(), {0}), id="between two"),
    ],
)
def test_turnover_names_who_came_and_went(
    db_as: AsRole, others: dict[int, set[int]], tokens: set[int], expected: tuple[set[int], set[int], set[int]]
) -> None:
    with db_as("worker"):
        for at, numbers in others.items():
            deliver(at, frozenset(TOKENS[n] for n in numbers))

        _, turnover = deliver(1, frozenset(TOKENS[n] for n in tokens))

    assert turnover == Turnover(*(frozenset(TOKENS[n] for n in numbers) for numbers in expected))
