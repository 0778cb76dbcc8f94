"""The commands that make officers."""

import io
import stat
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from access.models import Account, Grant
from access.training import ACCOUNTS
from jtrack.home import Home
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db

AsRole = Callable[[str], AbstractContextManager[None]]


def create(*arguments: str, password: str = PASSWORD, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    out = io.StringIO()
    call_command("create_officer", *arguments, stdout=out)
    return out.getvalue()


def test_officer_is_created_with_one_role(db_as: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    with db_as("migrate"):
        said = create("kim", "--name=Kim", "--role=area_officer", "--area=00DA", monkeypatch=monkeypatch)

    assert said == "Created 1 officer with 1 role: Area officer.\n"
    grant = Grant.objects.get()
    assert (grant.role, grant.area_id) == ("area_officer", "00DA")


WRONG = {
    "unknown area": (("kim", "--name=Kim", "--role=cps", "--area=ZZZZ"), PASSWORD, "no area of that code"),
    "unknown force": (("kim", "--name=Kim", "--role=cps", "--force=99"), PASSWORD, "no force of that code"),
    "weak password": (("kim", "--name=Kim", "--role=cps", "--area=00DA"), "short", "too short"),
    "unknown role": (("kim", "--name=Kim", "--role=king"), PASSWORD, "invalid choice"),
}


@pytest.mark.parametrize(("arguments", "password", "reason"), WRONG.values(), ids=WRONG)
def test_wrong_argument_creates_nobody(
    db_as: AsRole, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], password: str, reason: str
) -> None:
    with db_as("migrate"), pytest.raises(CommandError, match=reason):
        create(*arguments, password=password, monkeypatch=monkeypatch)

    assert not Account.objects.exists()


def test_user_name_is_taken_once(db_as: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    with db_as("migrate"):
        create("kim", "--name=Kim", "--role=national", monkeypatch=monkeypatch)
        with pytest.raises(CommandError, match="taken"):
            create("kim", "--name=Kim", "--role=national", monkeypatch=monkeypatch)


def test_training_accounts_are_made_once_and_kept_in_a_private_file(
    db_as: AsRole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("access.training.is_training", lambda: True)
    first, second = io.StringIO(), io.StringIO()

    with db_as("migrate"), override_settings(HOME=Home(tmp_path)):
        call_command("create_training_accounts", stdout=first)
        call_command("create_training_accounts", stdout=second)

    kept = tmp_path / "training-accounts.txt"
    lines = dict(line.split("\t") for line in kept.read_text(encoding="ascii").splitlines())
    assert set(lines) == {account.username for account in ACCOUNTS}
    assert len(set(lines.values())) == len(ACCOUNTS)
    assert all(password in first.getvalue() for password in lines.values())
    assert not any(password in second.getvalue() for password in lines.values())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert Account.objects.get(username="leeds.officer").check_password(lines["leeds.officer"])


def test_live_site_gets_no_training_accounts(db_as: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.training.is_training", lambda: False)

    with db_as("migrate"), pytest.raises(CommandError, match="not a training site"):
        call_command("create_training_accounts")
    assert not Account.objects.exists()
