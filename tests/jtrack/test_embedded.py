"""The embedded servers: private, quiet, and back after a kill."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from jtrack.home import LONGEST_SOCKET_PATH, Home, private_directory
from jtrack.postgres import Cluster
from jtrack.roles import ROLES, password
from jtrack.valkey import Broker


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster that a test may kill."""
    server = Cluster(Home(tmp_path / "home"), scratch=True)
    server.prepare()
    yield server
    server.stop()


def _pid(server: Cluster | Broker) -> int:
    return int((server.home.run / f"{server.name}.pid").read_text(encoding="ascii").split()[0])


def _wait_until(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def test_server_listens_on_no_network_address(cluster: Cluster) -> None:
    postmaster = psutil.Process(_pid(cluster))

    listening = [item for item in postmaster.net_connections(kind="inet") if item.status == psutil.CONN_LISTEN]

    assert listening == []


def test_socket_directory_is_open_to_us_alone(cluster: Cluster) -> None:
    assert stat.S_IMODE(cluster.home.sockets.stat().st_mode) == 0o700


def test_password_files_are_open_to_us_alone(cluster: Cluster) -> None:
    modes = {stat.S_IMODE((cluster.home.passwords / role).stat().st_mode) for role in ("postgres", *ROLES)}

    assert modes == {0o600}


@pytest.mark.parametrize("role", ["postgres", *ROLES])
def test_wrong_password_is_refused(cluster: Cluster, role: str) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(host=str(cluster.home.sockets), dbname="jtrack", user=role, password="guess")


def test_log_never_quotes_the_statement_that_failed(cluster: Cluster) -> None:
    session = cluster.superuser()
    with pytest.raises(psycopg2.Error), session.cursor() as cursor:
        cursor.execute("SELECT 'CANARYNAME' FROM table_that_is_not_there")
    session.close()

    assert b"CANARYNAME" not in (cluster.home.run / "postgres.log").read_bytes()


def test_killed_server_starts_again_with_what_was_committed(own_cluster: Cluster) -> None:
    own_cluster.start()
    own_cluster.make_database()
    session = own_cluster.superuser()
    with session, session.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    # The session stays open, so that its backend outlives the killed postmaster for a moment.
    os.kill(_pid(own_cluster), signal.SIGKILL)
    own_cluster.stop()

    own_cluster.start()

    with own_cluster.superuser() as after, after.cursor() as cursor:
        cursor.execute("SELECT n FROM kept")
        assert cursor.fetchall() == [(7,)]


def test_server_that_a_killed_run_left_behind_gives_way(own_cluster: Cluster) -> None:
    own_cluster.start()
    left_behind = _pid(own_cluster)
    wrapper = psutil.Process(left_behind).parent()
    assert wrapper is not None
    wrapper.kill()
    assert psutil.pid_exists(left_behind)

    own_cluster.start()

    assert not psutil.pid_exists(left_behind)
    assert _pid(own_cluster) != left_behind


def test_server_ends_with_its_supervisor(own_cluster: Cluster) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from jtrack.home import Home;"
        "from jtrack.postgres import Cluster;"
        "Cluster(Home(Path(sys.argv[1])), scratch=True).start(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([psutil.Process().exe(), "-c", program, str(own_cluster.home.root)], check=False)

    _wait_until(lambda: not (own_cluster.home.postgres_data / "postmaster.pid").exists())


def test_preparing_again_keeps_passwords_and_site(own_cluster: Cluster) -> None:
    own_cluster.start()
    own_cluster.make_database()
    before = password(own_cluster.home.passwords, "jt_web")

    own_cluster.prepare()
    own_cluster.make_database()

    assert password(own_cluster.home.passwords, "jt_web") == before
    with own_cluster.superuser() as session, session.cursor() as cursor:
        cursor.execute("SELECT kind FROM site.site")
        assert cursor.fetchall() == [("training",)]


def test_half_made_data_directory_is_made_anew(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    (home.root / "pg.new").mkdir(parents=True)
    (home.root / "pg.new" / "PG_VERSION").write_text("18", encoding="ascii")

    Cluster(home, scratch=True).prepare()

    assert (home.postgres_data / "global").is_dir()
    assert not (home.root / "pg.new").exists()


@pytest.mark.parametrize("role", ROLES)
def test_no_service_role_can_change_what_kind_of_site_this_is(cluster: Cluster, role: str) -> None:
    secret = password(cluster.home.passwords, role)
    session = psycopg2.connect(host=str(cluster.home.sockets), dbname="jtrack", user=role, password=secret)
    with session.cursor() as cursor, pytest.raises(psycopg2.Error, match=r"permission denied|read-only"):
        cursor.execute("UPDATE site.site SET kind = 'live'")
    session.close()


def test_broker_keeps_what_it_was_given_over_a_kill(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    Cluster(home, scratch=True).prepare()
    broker = Broker(home)
    broker.start()
    with broker.client() as client:
        client.rpush("bell", "ring")
    time.sleep(1.2)  # the append-only file is synced every second
    os.kill(_pid(broker), signal.SIGKILL)
    broker.stop()

    broker.start()

    with broker.client() as client:
        assert client.lrange("bell", 0, -1) == [b"ring"]
    broker.stop()


def test_long_home_gets_short_socket_directory(tmp_path: Path) -> None:
    home = Home(tmp_path / ("long" * 30))

    assert len(os.fsencode(home.sockets)) + len("/.s.PGSQL.5432.lock") <= LONGEST_SOCKET_PATH
    assert home.sockets != Home(tmp_path / ("lang" * 30)).sockets


def test_directory_of_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "theirs")

    with pytest.raises(PermissionError, match="another user"):
        private_directory(tmp_path / "ours")
