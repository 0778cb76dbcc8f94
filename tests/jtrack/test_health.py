"""Whether officers may be sent here: closed words, no data, and few questions to the database."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg2.extensions
import pytest
import redis
from django.conf import settings
from django.db import connection, connections
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from jtrack import health
from jtrack.broker import OPTIONS
from jtrack.health import Health, Kept
from jtrack.valkey import Broker
from vault.keyring import keyring_in, use_keyring

pytestmark = pytest.mark.django_db
READY = "/health/ready"


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jtrack.views.kept", Kept(health.look))


@pytest.fixture
def nobody_serves() -> Iterator[None]:
    """A database that is not where the settings say."""
    before = {}
    for alias in settings.DATABASES:
        connections[alias].close()
        before[alias] = connections[alias].settings_dict
        connections[alias].settings_dict = {**before[alias], "HOST": "/nowhere"}
    yield
    for alias, former in before.items():
        connections[alias].close()
        connections[alias].settings_dict = former


def test_site_in_order_is_ready(broker: Broker) -> None:
    answer = Client().get(READY)

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "migrations": "ok", "keys": "ok", "broker": "ok"}


def test_broker_that_is_away_is_told_but_leaves_the_site_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    away = redis.Redis(unix_socket_path="/nowhere.sock", **OPTIONS)
    monkeypatch.setattr(health, "broker", lambda: away)

    answer = Client().get(READY)

    assert (answer.status_code, answer.json()["broker"]) == (200, "absent")


def test_database_that_is_away_makes_the_site_unready_and_alive_all_the_same(nobody_serves: None) -> None:
    ready, live = Client().get(READY), Client().get("/health/live")

    assert (ready.status_code, ready.json()["database"], ready.json()["migrations"]) == (503, "absent", "absent")
    assert (live.status_code, live.json()) == (200, {"alive": True})


def test_login_of_another_process_makes_the_site_unready(
    db_as: Callable[[str], AbstractContextManager[None]],
) -> None:
    with db_as("worker"), override_settings(PROCESS="web"):
        answer = Client().get(READY)

    assert (answer.status_code, answer.json()["database"]) == (503, "wrong role")


def test_migration_that_is_not_applied_makes_the_site_unready(superuser: psycopg2.extensions.connection) -> None:
    with superuser.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET app = 'gone' WHERE (app, name) = ('audit', '0002_insert_only')")
        try:
            answer = Client().get(READY)
        finally:
            cursor.execute("UPDATE django_migrations SET app = 'audit' WHERE app = 'gone'")

    assert (answer.status_code, answer.json()["migrations"]) == (503, "behind")


def test_migration_of_a_later_release_does_no_harm(superuser: psycopg2.extensions.connection) -> None:
    with superuser.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '9999_later', now())")
        try:
            answer = Client().get(READY)
        finally:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_later'")

    assert answer.status_code == 200


def test_key_that_is_missing_makes_the_site_unready(tmp_path: Path) -> None:
    with use_keyring(keyring_in(tmp_path)):
        answer = Client().get(READY)

    assert (answer.status_code, answer.json()["keys"]) == (503, "faulty")


def test_key_file_that_others_may_read_makes_the_site_unready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fields.1").write_text("open to all", encoding="ascii")
    monkeypatch.setattr(settings, "KEYS_DIRECTORY", tmp_path)

    assert Client().get(READY).json()["keys"] == "faulty"


def test_being_asked_often_does_not_ask_the_database_often() -> None:
    browser = Client()
    browser.get(READY)

    with CaptureQueriesContext(connection) as asked:
        for _ in range(50):
            browser.get(READY)

    assert len(asked) == 0


def test_what_was_kept_is_looked_at_again_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([Health("ok", "ok", "ok", "ok"), Health("absent", "absent", "ok", "ok")])
    kept = Kept(lambda: next(looks))
    now = 100.0
    monkeypatch.setattr("jtrack.health.time.monotonic", lambda: now)

    seen = [kept.health().is_ready]
    now += health.KEPT_SECONDS - 0.1
    seen.append(kept.health().is_ready)
    now += 0.2
    seen.append(kept.health().is_ready)

    assert seen == [True, True, False]


@pytest.mark.parametrize("address", ["/health/live", READY])
def test_health_neither_opens_a_session_nor_names_a_version(address: str) -> None:
    answer = Client().get(address)

    assert not answer.cookies
    assert b"." not in answer.content
    assert not any(character.isdigit() for character in answer.content.decode())


@pytest.mark.parametrize("address", ["/health/live", READY])
def test_health_is_only_looked_at(address: str) -> None:
    assert Client().post(address).status_code == 405
