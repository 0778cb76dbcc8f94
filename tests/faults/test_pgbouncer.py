"""Behind PgBouncer in transaction mode, clients that share one server connection inherit nothing from each other.

Source: security.md 2.4 (trap 2) and 6.1 (T-POOL).
"""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import psycopg2.extensions
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client

from access.grants import Place
from access.row_security import context_token
from feeds.locks import LINK_LOCK, take_lock
from feeds.models import Delivery
from jtrack.postgres import Cluster
from offenders.models import Profile
from tests.factories import FIRST_DAY, Desk, publish
from tests.faults.pooling import BINARY, PORT, Pool
from tests.figures import figure
from tests.personas import make_person, signed_in

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(BINARY is None, reason="PgBouncer is not installed; on Debian: apt-get install pgbouncer"),
]
AsRole = Callable[[str], AbstractContextManager[None]]
PEOPLE_OF = {"00DA": 1, "00CX": 2, "00BR": 3}
SEEN = "SELECT count(*) FROM offenders_profile"
SET = "SELECT set_config('jt.ctx', %s, {})"
THREADS = 4


@dataclass(frozen=True)
class Officer:
    """A signed-in officer: their browser, their context, and how many people it shows."""

    browser: Client
    token: str
    sees: int


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose path is short enough for a socket."""
    return tmp_path_factory.mktemp("pool")


@pytest.fixture
def pool(cluster: Cluster, folder: Path, db: None) -> Iterator[Pool]:
    """The pool, and every alias of this site going through it."""
    made = Pool(cluster.home, folder)
    made.start()
    before = {alias: dict(connections.settings[alias]) for alias in settings.DATABASES}
    _go_through({"HOST": str(folder), "PORT": str(PORT)})
    yield made
    for alias, former in before.items():
        connections[alias].close()
        connections.settings[alias].update(former)
    made.stop()


def _go_through(place: dict[str, str]) -> None:
    for alias in settings.DATABASES:
        connections[alias].close()
        connections.settings[alias].update(place)


@pytest.fixture
def people(pool: Pool, db_as: AsRole) -> None:
    """One person in the first area, two in the second, three in the third: published through the pool."""
    rows = [
        {"ppo_reference": f"PB-{area}-{number}", "csp_code": area, "surname": f"Quil{area.lower()}{number}"}
        for area, count in PEOPLE_OF.items()
        for number in range(count)
    ]
    with db_as("worker"):
        desk = Desk()
        delivery = publish(desk.ppo(FIRST_DAY, rows))
        assert delivery.state == Delivery.State.PUBLISHED
        assert sum(1 for _ in Profile.objects.iterator(chunk_size=2)) == sum(PEOPLE_OF.values())


def _officers(count: int) -> list[Officer]:
    made = []
    for number in range(count):
        area, sees = list(PEOPLE_OF.items())[number % len(PEOPLE_OF)]
        browser = signed_in(make_person(f"officer{number}", "area_officer", place=Place(area=area)))
        cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
        made.append(Officer(browser, context_token(cookie), sees))
    return made


def _backend(client: psycopg2.extensions.connection) -> int:
    with client, client.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchall()[0][0])


def _seen(client: psycopg2.extensions.connection, token: str | None = None, *, local: str = "true") -> int:
    with client, client.cursor() as cursor:
        if token is not None:
            cursor.execute(SET.format(local), [token])
        cursor.execute(SEEN)
        return int(cursor.fetchall()[0][0])


def test_context_of_one_client_never_reaches_the_next(pool: Pool, people: None) -> None:
    officer = _officers(3)[2]
    with closing(pool.client("jt_web")) as one, closing(pool.client("jt_web")) as other:
        assert _backend(one) == _backend(other)

        seen = [_seen(one, officer.token), _seen(other), _seen(one)]

    assert seen == [officer.sees, 0, 0]


def test_context_of_a_whole_session_would_reach_the_next_and_be_seen_here(pool: Pool, people: None) -> None:
    officer = _officers(3)[2]
    with closing(pool.client("jt_web")) as one, closing(pool.client("jt_web")) as other:
        _seen(one, officer.token, local="false")

        leaked = _seen(other)

    figure("T-POOL", control="session_context", leaked_rows=leaked)
    assert leaked == officer.sees


@pytest.mark.parametrize(
    ("officers", "transactions"),
    [(50, 1_000), pytest.param(50, 20_000, marks=pytest.mark.drill)],
)
def test_interleaved_officers_see_their_own_and_nothing_else(
    pool: Pool, people: None, officers: int, transactions: int
) -> None:
    known = _officers(officers)
    start = Barrier(THREADS)

    def look(seed: int) -> tuple[set[int], int]:
        dice, backends, mixups = random.Random(seed), set(), 0
        with closing(pool.client("jt_web")) as one, closing(pool.client("jt_web")) as other:
            start.wait()
            for _ in range(transactions // THREADS // 2):
                officer = dice.choice(known)
                mixups += _seen(one, officer.token) != officer.sees
                mixups += _seen(other) != 0
            backends.add(_backend(one))
        return backends, mixups

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(look, range(THREADS)))

    shared = {backend for backends, _ in found for backend in backends}
    mixups = sum(count for _, count in found)
    figure("T-POOL", officers=officers, transactions=transactions, server_connections=len(shared), mixups=mixups)
    assert len(shared) == 1
    assert mixups == 0


def test_pages_of_officers_beside_each_other_hold_their_own_people(pool: Pool, people: None) -> None:
    known = _officers(THREADS)
    names = {area: f"quil{area.lower()}" for area in PEOPLE_OF}
    own = [names[area] for area in list(PEOPLE_OF) * 2]

    def look(number: int) -> list[str]:
        wrong = []
        for _ in range(12):
            answer = known[number].browser.get("/caseload/")
            body = answer.content.decode().casefold()
            shown = {name for name in names.values() if name in body}
            if answer.status_code != 200 or shown != {own[number]}:
                wrong.append(f"{answer.status_code} {sorted(shown)}")
        connections.close_all()
        return wrong

    with ThreadPoolExecutor(THREADS) as threads:
        wrong = [fault for faults in threads.map(look, range(THREADS)) for fault in faults]

    assert wrong == []


def test_role_entered_for_a_transaction_is_left_with_it(pool: Pool) -> None:
    with closing(pool.client("jt_worker")) as one, closing(pool.client("jt_worker")) as other:
        assert _backend(one) == _backend(other)
        with one, one.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE jt_web")
            cursor.execute("SELECT current_user")
            inside = cursor.fetchall()[0][0]
        with other, other.cursor() as cursor:
            cursor.execute("SELECT current_user")
            after = cursor.fetchall()[0][0]

    assert (inside, after) == ("jt_web", "jt_worker")


def test_lock_of_a_transaction_is_given_back_with_it(
    pool: Pool, db_as: AsRole, superuser: psycopg2.extensions.connection
) -> None:
    def locks() -> int:
        with superuser.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            return int(cursor.fetchall()[0][0])

    with db_as("worker"):
        with transaction.atomic():
            take_lock(LINK_LOCK)
            held = locks()
        # A lock that stayed would be the next client's: another session is refused it, the same one is not.
        assert (held, locks()) == (1, 0)


def test_nothing_is_left_on_the_server_connection(pool: Pool, people: None, db_as: AsRole) -> None:
    officer = _officers(1)[0]
    assert officer.browser.get("/caseload/").status_code == 200
    left = []
    for process in ("web", "worker"):
        with db_as(process), connection.cursor() as cursor:
            for what in ("pg_prepared_statements", "pg_cursors WHERE is_holdable"):
                cursor.execute(f"SELECT count(*) FROM {what}")
                left.append(cursor.fetchall()[0][0])
            cursor.execute("SELECT coalesce(current_setting('jt.ctx', true), ''), current_setting('TimeZone')")
            left += cursor.fetchall()

    assert left == [0, 0, ("", "UTC")] * 2
