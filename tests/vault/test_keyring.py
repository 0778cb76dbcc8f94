"""Key files: made once, refused when others can read them, found again after a rotation."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import override_settings

from vault import keyring as keyring_module
from vault.keyring import (
    PURPOSES,
    Keyring,
    KeyringError,
    add_key,
    generate,
    key_file_faults,
    keyring,
    keyring_in,
    random_keyring,
    use_keyring,
)


def test_generating_makes_a_private_key_for_every_purpose(tmp_path: Path) -> None:
    made = generate(tmp_path / "keys")

    assert made == [f"{purpose}.1" for purpose in PURPOSES]
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_generating_twice_changes_no_key(tmp_path: Path) -> None:
    generate(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    made = generate(tmp_path)

    assert made == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_generating_leaves_a_rotated_purpose_alone(tmp_path: Path) -> None:
    generate(tmp_path)
    add_key(tmp_path, "fields")
    (tmp_path / "fields.1").unlink()

    generate(tmp_path)

    assert not (tmp_path / "fields.1").exists()


def test_the_highest_key_id_is_the_primary_one_also_beyond_nine(tmp_path: Path) -> None:
    generate(tmp_path)

    added = [add_key(tmp_path, "fields") for _ in range(9)]

    assert added == list(range(2, 11))
    assert keyring_in(tmp_path).primary("fields") == 10


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o610, 0o644])
def test_a_key_file_open_to_others_is_refused_by_name(tmp_path: Path, mode: int) -> None:
    generate(tmp_path)
    (tmp_path / "fields.1").chmod(mode)

    with pytest.raises(KeyringError, match=rf"fields\.1 has mode {mode:04o}, open to others; set it to 0600"):
        keyring_in(tmp_path).primary("fields")


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_private_key_file_is_accepted(tmp_path: Path, mode: int) -> None:
    generate(tmp_path)
    (tmp_path / "fields.1").chmod(mode)

    assert keyring_in(tmp_path).kids("fields") == (1,)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda text: text[:20], id="cut short"),
        pytest.param(lambda text: text.strip() + text, id="twice the key"),
        pytest.param(lambda text: b"!" + text[1:], id="not base64url"),
    ],
)
def test_a_damaged_key_file_is_refused_without_showing_it(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    generate(tmp_path)
    path = tmp_path / "audit.1"
    original = path.read_bytes()
    path.write_bytes(spoil(original))

    with pytest.raises(KeyringError, match=r"audit\.1 does not hold 32 bytes") as refusal:
        keyring_in(tmp_path).primary("audit")

    assert original.decode()[:10] not in str(refusal.value)


def test_a_key_without_base64_padding_is_read(tmp_path: Path) -> None:
    generate(tmp_path)
    wanted = keyring_in(tmp_path).derive("fields", "x", 1)
    path = tmp_path / "fields.1"
    path.write_bytes(path.read_bytes().strip().rstrip(b"="))

    assert keyring_in(tmp_path).derive("fields", "x", 1) == wanted


def test_a_missing_purpose_names_the_cure(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="holds no key for match; `make keys` makes"):
        keyring_in(tmp_path).primary("match")


def test_an_unknown_purpose_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="no purpose 'photos'"):
        keyring_in(tmp_path).primary("photos")
    with pytest.raises(KeyringError, match="no purpose 'photos'"):
        add_key(tmp_path, "photos")


def test_a_process_reads_only_the_purposes_it_uses() -> None:
    read: list[str] = []
    masters = {1: bytes(32)}

    def reader(purpose: str) -> dict[int, bytes]:
        read.append(purpose)
        return masters

    Keyring(reader).derive("fields", "x", 1)

    assert read == ["fields"]


def test_keys_differ_by_purpose_label_and_key_id() -> None:
    ring = random_keyring(kids=2)

    keys = {ring.derive(p, label, kid) for p in PURPOSES for label in ("a", "b") for kid in (1, 2)}

    assert len(keys) == len(PURPOSES) * 4
    assert {len(key) for key in keys} == {32}


def test_a_derived_key_is_the_same_every_time_and_in_every_process(tmp_path: Path) -> None:
    generate(tmp_path)

    assert keyring_in(tmp_path).derive("fields", "a", 1) == keyring_in(tmp_path).derive("fields", "a", 1)


def test_a_derived_key_follows_the_published_rule() -> None:
    ring = Keyring(lambda _: {1: bytes(range(32))})

    # HKDF-SHA256 of master 00..1f, no salt, info "jtrack 1 a": old values stop opening when this changes.
    assert ring.derive("fields", "a", 1).hex() == "0fc2c7dbf96131798bf10b96b65166f33fd96cc4b1413dca2fbd8c3a011a8281"


def test_the_kept_keys_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring_module, "DERIVED_KEPT", 3)
    ring = random_keyring()
    first = ring.derive("rows", "0", 1)

    for number in range(10):
        ring.derive("rows", str(number), 1)

    assert len(ring._derived) <= 3
    assert ring.derive("rows", "0", 1) == first


def test_a_key_added_after_the_start_is_found_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring_module, "REREAD_SECONDS", 0.0)
    generate(tmp_path)
    ring = keyring_in(tmp_path)
    ring.derive("fields", "a", 1)

    add_key(tmp_path, "fields")

    assert ring.derive("fields", "a", 2) == keyring_in(tmp_path).derive("fields", "a", 2)


def test_forged_key_ids_do_not_make_the_files_be_read_again_and_again() -> None:
    reads: list[str] = []

    def reader(purpose: str) -> dict[int, bytes]:
        reads.append(purpose)
        return {1: bytes(32)}

    ring = Keyring(reader)

    for kid in range(2, 50):
        with pytest.raises(KeyringError, match=rf"fields\.{kid} is not on the keyring"):
            ring.derive("fields", "a", kid)

    assert reads == ["fields"]


def test_other_files_beside_the_keys_are_not_taken_for_keys(tmp_path: Path) -> None:
    generate(tmp_path)
    for name in ("fields.0", "fields.01", "fields.1.old", "fields.99999", ".fields.7", "age.pub"):
        (tmp_path / name).write_text("not a key")

    assert keyring_in(tmp_path).kids("fields") == (1,)
    assert key_file_faults(tmp_path) == []


def test_every_fault_of_the_key_files_is_listed(tmp_path: Path) -> None:
    generate(tmp_path)
    (tmp_path / "fields.1").chmod(0o644)
    (tmp_path / "audit.1").write_text("")

    faults = key_file_faults(tmp_path)

    assert [fault.split()[2] for fault in faults] == ["fields.1", "audit.1"]


def test_a_folder_that_does_not_exist_yet_has_no_faults(tmp_path: Path) -> None:
    assert key_file_faults(tmp_path / "none") == []


def test_no_draft_of_a_key_is_left_behind(tmp_path: Path) -> None:
    generate(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{purpose}.1" for purpose in PURPOSES)


def test_a_key_made_by_another_process_meanwhile_is_kept(tmp_path: Path) -> None:
    generate(tmp_path)
    before = (tmp_path / "fields.1").read_bytes()

    written = keyring_module._write_master(tmp_path / "fields.1")

    assert not written
    assert (tmp_path / "fields.1").read_bytes() == before


def test_two_processes_that_add_a_key_at_once_do_not_both_succeed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path)
    monkeypatch.setattr(keyring_module, "_write_master", lambda _: False)

    with pytest.raises(KeyringError, match=r"fields\.2 was made by someone else"):
        add_key(tmp_path, "fields")


def test_a_key_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fields.1").mkdir()

    with pytest.raises(KeyringError, match=r"fields\.1 cannot be read"):
        keyring_in(tmp_path).primary("fields")


def test_a_key_without_a_label_is_refused() -> None:
    with pytest.raises(ValueError, match="label must not be empty"):
        random_keyring().derive("fields", "", 1)


def test_the_process_reads_the_keys_of_its_settings_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate(tmp_path)
    monkeypatch.setattr("vault.keyring._Current.ring", None)

    with override_settings(KEYS_DIRECTORY=tmp_path):
        ring = keyring()

    assert ring.derive("fields", "a", 1) == keyring_in(tmp_path).derive("fields", "a", 1)
    assert keyring() is ring


def test_another_keyring_is_in_force_only_inside_its_block() -> None:
    before = keyring()

    with use_keyring() as inside:
        assert keyring() is inside

    assert keyring() is before
