"""The small invented world, made once for all tests of the training data."""

import pytest

from tests.feeds.training.made_world import MadeWorld, make_world


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> MadeWorld:
    """The small world of seed 1."""
    return make_world(tmp_path_factory.mktemp("world"))
