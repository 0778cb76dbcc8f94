"""The envelope's keys: made once, private, and read back."""

from pathlib import Path

import pytest

from feeds import keys


def test_service_keys_are_made_once_and_private(tmp_path: Path) -> None:
    recipient = keys.make_service_keys(tmp_path)

    assert keys.make_service_keys(tmp_path) == recipient == keys.service_recipient(tmp_path)
    assert keys.service_identity(tmp_path).startswith("AGE-SECRET-KEY-1")
    assert (tmp_path / "age").stat().st_mode & 0o777 == 0o600


def test_signing_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "supplier"

    first = keys.make_signing_key(path)

    assert keys.public_key_text(keys.make_signing_key(path)) == keys.public_key_text(first)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "not base64!", "c2hvcnQ="], ids=["empty", "no base64", "too short"])
def test_damaged_signing_key_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "supplier"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(keys.FeedKeyError) as refused:
        keys.read_signing_key(path)

    assert not text or text not in str(refused.value)


def test_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    keys.make_service_keys(tmp_path)
    (tmp_path / "age").chmod(0o644)

    with pytest.raises(keys.FeedKeyError, match="0600"):
        keys.service_identity(tmp_path)


def test_damaged_identity_is_refused(tmp_path: Path) -> None:
    (tmp_path / "age").write_text("AGE-SECRET-KEY-1NONE")
    (tmp_path / "age").chmod(0o600)

    with pytest.raises(keys.FeedKeyError, match="no age identity"):
        keys.make_service_keys(tmp_path)
