"""Password files: random, private, and never written twice."""

import stat
from pathlib import Path

from jtrack.roles import ROLES, SUPERUSER, make_passwords, make_secret


def test_every_role_gets_a_password_of_its_own(tmp_path: Path) -> None:
    make_passwords(tmp_path)

    words = {(tmp_path / role).read_text(encoding="ascii") for role in (SUPERUSER, *ROLES)}
    assert len(words) == len(ROLES) + 1


def test_secret_is_open_to_us_alone(tmp_path: Path) -> None:
    make_secret(tmp_path / "secret")

    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_secret_that_is_there_is_kept(tmp_path: Path) -> None:
    make_secret(tmp_path / "secret")
    before = (tmp_path / "secret").read_bytes()

    make_secret(tmp_path / "secret")

    assert (tmp_path / "secret").read_bytes() == before


def test_half_written_secret_of_a_killed_run_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.new").write_text("half", encoding="ascii")

    make_secret(tmp_path / "secret")

    assert len((tmp_path / "secret").read_text(encoding="ascii").strip()) == 64
