"""Settings from the environment: a bad value stops the start and says how to mend it."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from jtrack import env

NAME = "JTRACK_TRIED_IN_A_TEST"
MAIL_KEYS = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_USE_SSL", "EMAIL_USE_TLS")


def test_unset_and_blank_variables_take_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "  ")

    assert env.text(NAME, default="left out") == "left out"


def test_word_outside_the_list_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "root")

    with pytest.raises(ImproperlyConfigured, match="must be one of web, worker"):
        env.choice(NAME, allowed=("web", "worker"), default="web")


@pytest.mark.parametrize("value", ["eighty", "-1", "80", "70000", "8000.5"])
def test_number_that_is_none_or_out_of_limits_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match="whole number from 1024 to 65535"):
        env.integer(NAME, default=8000, lowest=1024, highest=65535)


@pytest.mark.parametrize(("value", "expected"), [("yes", True), ("no", False)])
def test_flag_is_yes_or_no(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:  # noqa: FBT001 - the case's own value and a pattern
    monkeypatch.setenv(NAME, value)

    assert env.flag(NAME, default=not expected) is expected


def test_words_are_parted_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "one, two,,three ")

    assert env.words(NAME) == ["one", "two", "three"]


def test_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "forms.secret"
    file.write_text("words\n", encoding="ascii")
    file.chmod(0o640)

    with pytest.raises(ImproperlyConfigured, match="open to others"):
        env.secret(file)


@pytest.mark.parametrize("content", [None, "\n"], ids=["missing", "empty"])
def test_secret_that_is_not_there_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "forms.secret"
    if content is not None:
        file.touch(mode=0o600)
        file.write_text(content, encoding="ascii")

    with pytest.raises(ImproperlyConfigured, match="missing|empty"):  # noqa: RUF043 - the case's own value and a pattern
        env.secret(file)


def test_database_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "postgresql://db.internal/jtrack?sslmode=verify-full")

    assert env.database(NAME) == {
        "HOST": "db.internal",
        "PORT": "5432",
        "NAME": "jtrack",
        "OPTIONS": {"sslmode": "verify-full"},
    }


@pytest.mark.parametrize(
    "address",
    ["postgresql://me:secret@db/jtrack", "postgresql://me@db/jtrack", "mysql://db/jtrack", "postgresql://db"],
    ids=["with a password", "with a login", "of another kind", "without a database"],
)
def test_database_address_is_refused_without_quoting_it(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(NAME, address)

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.database(NAME)

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("written", "share"), [("0", 0.0), ("0.2", 0.2), ("1", 1.0), ("1.0", 1.0)], ids=["none", "a fifth", "all", "one"]
)
def test_share_is_read(monkeypatch: pytest.MonkeyPatch, written: str, share: float) -> None:
    monkeypatch.setenv("JTRACK_TRIED_IN_A_TEST", written)

    assert env.share("JTRACK_TRIED_IN_A_TEST", default=0.5) == share


@pytest.mark.parametrize("written", ["1.01", "-0.1", "20", "20%", "nan", "inf", "1e-1", "0,2", ".5"])
def test_what_is_no_share_stops_the_start(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("JTRACK_TRIED_IN_A_TEST", written)

    with pytest.raises(ImproperlyConfigured, match="JTRACK_TRIED_IN_A_TEST must be a share from 0 to 1"):
        env.share("JTRACK_TRIED_IN_A_TEST", default=0.5)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("smtp://mail.internal", ("mail.internal", 25, "", False, False)),
        ("smtp://jtrack@mail.internal:587", ("mail.internal", 587, "jtrack", False, True)),
        ("smtps://jtrack@mail.internal", ("mail.internal", 465, "jtrack", True, False)),
    ],
    ids=["a relay of the house", "encrypted after the greeting", "encrypted from the start"],
)
def test_mail_server_is_taken_apart(
    monkeypatch: pytest.MonkeyPatch, address: str, told: tuple[str, int, str, bool, bool]
) -> None:
    monkeypatch.setenv(NAME, address)

    found = env.mail_server(NAME)

    assert tuple(found[key] for key in MAIL_KEYS) == told


def test_site_without_a_mail_server_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)

    assert env.mail_server(NAME) == {"EMAIL_HOST": ""}


@pytest.mark.parametrize(
    "address",
    ["smtp://me:secret@mail", "http://mail", "smtp://", "smtp://mail/inbox"],
    ids=["with a password", "of another kind", "without a host", "with a path"],
)
def test_mail_server_is_refused_without_quoting_it(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(NAME, address)

    with pytest.raises(ImproperlyConfigured) as refusal:
        env.mail_server(NAME)

    assert "secret" not in str(refusal.value)
