"""Fixtures that every test may use: the tests' own servers, and the database roles to act as."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import django
import psycopg2.extensions
import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from jtrack.postgres import Cluster
from jtrack.servers import prepare_home
from jtrack.valkey import Broker
from tests.cluster import Broom, bring_up_to_date, claim_home, logged_in_as

# The settings read the environment when Django is set up, which is after this file was read.
HOME, LOCK = claim_home()
prepare_home(HOME)
os.environ["JTRACK_HOME"] = str(HOME.root)
os.environ["JTRACK_PROCESS"] = "web"
os.environ["DJANGO_SETTINGS_MODULE"] = "jtrack.settings"
# Before the conftests of folders are read, which may name models; pytest-django sets up only what it found itself.
django.setup()


def pytest_unconfigure() -> None:
    """Give the installation back."""
    LOCK.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The running PostgreSQL of this test run with its roles, without a promise of tables."""
    server = Cluster(HOME, scratch=True)
    server.prepare()
    server.start(log=HOME.run / "postgres.log")
    server.make_database()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A running Valkey, for tests that ring the bell."""
    server = Broker(HOME)
    server.start(log=HOME.run / "valkey.log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster) -> None:
    """Bring the tables up to date; pytest-django would make a database of its own and log in as one role."""
    bring_up_to_date(cluster)


@pytest.fixture(scope="session")
def broom(cluster: Cluster, django_db_setup: None) -> Iterator[Broom]:
    """Clears the tables after each test that used them."""
    with Broom(cluster) as sweeper:
        sweeper.sweep()
        yield sweeper


@pytest.fixture
def _django_db_helper(broom: Broom, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the test commit as the real roles, then sweep: stands in for pytest-django's rollback and flush."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    broom.sweep()


@pytest.fixture
def db_as(db: None) -> Callable[[str], AbstractContextManager[None]]:
    """Act as the roles of a process: `with db_as("worker"): …`; outside it tests are the web process."""
    return logged_in_as


@pytest.fixture
def superuser(cluster: Cluster, db: None) -> Iterator[psycopg2.extensions.connection]:
    """A connection that sees every row, to look at what is really stored."""
    connection = cluster.superuser()
    connection.autocommit = True
    yield connection
    connection.close()
