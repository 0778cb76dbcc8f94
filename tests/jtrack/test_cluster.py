"""The tests' own database: real roles, committed work, swept afterwards."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg2.extensions
import pytest
from django.db import ProgrammingError, connection, connections

from access.models import Area, VisibilityKey

As = Callable[[str], AbstractContextManager[None]]


def _current_user(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        name: str = cursor.fetchone()[0]
    return name


@pytest.mark.parametrize(
    ("process", "default", "gate"),
    [("web", "jt_web", "jt_gate"), ("worker", "jt_worker", "jt_gate"), ("migrate", "jt_owner", "jt_owner")],
)
def test_each_process_logs_in_as_its_own_roles(db_as: As, process: str, default: str, gate: str) -> None:
    with db_as(process):
        assert (_current_user("default"), _current_user("gate")) == (default, gate)


def test_outside_a_process_tests_are_the_web_again(db_as: As) -> None:
    with db_as("worker"):
        _current_user("default")

    assert _current_user("default") == "jt_web"


@pytest.mark.django_db
def test_web_role_may_not_make_tables() -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("CREATE TABLE public.own (n int)")


@pytest.mark.django_db
def test_web_role_may_not_make_temporary_tables() -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("CREATE TEMP TABLE own (n int)")


@pytest.mark.django_db
def test_web_role_may_not_become_the_worker() -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("SET ROLE jt_worker")


@pytest.mark.parametrize("number", [1, 2])
def test_rows_of_one_test_are_gone_in_the_next(db_as: As, number: int) -> None:
    with db_as("migrate"):
        areas = Area.objects.count()
        VisibilityKey.objects.create(kind="officer", code="left by a test")

    assert areas == 376
    with db_as("migrate"):
        assert VisibilityKey.objects.filter(kind="officer").count() == 1


def test_superuser_sees_the_site_row(superuser: psycopg2.extensions.connection) -> None:
    with superuser.cursor() as cursor:
        cursor.execute("SELECT kind FROM site.site")
        assert cursor.fetchall() == [("training",)]
