"""Fixtures of the fault tests."""

from collections.abc import Iterator

import pytest
import redis

from jtrack.valkey import Broker


@pytest.fixture
def queue(broker: Broker) -> Iterator[redis.Redis]:
    """The running broker with nothing in it; what a test leaves there goes."""
    with broker.client() as client:
        client.flushall()
        yield client
    if not broker.answers():
        broker.start(log=broker.home.run / "valkey.log")
    with broker.client() as client:
        client.flushall()
