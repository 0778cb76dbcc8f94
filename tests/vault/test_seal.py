"""A sealed value opens for its own row of its own column, whole and unaltered, and never otherwise."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vault.keyring import Keyring, KeyringError, use_keyring
from vault.seal import NONCE_BYTES, SHORTEST_TOKEN, Sealer, SealError, key_id, seal, sealer, unseal

ROW = uuid.UUID("7b0d7b3e-9f5e-4a54-9c4e-1d2a8a3c5f10").bytes
OTHER_ROW = uuid.UUID("7b0d7b3e-9f5e-4a54-9c4e-1d2a8a3c5f11").bytes
SURNAME = "offenders.offender.surname"


def sealed(plain: bytes = b"EXAMPLE") -> bytes:
    return seal(plain, purpose="fields", label=SURNAME, row=ROW)


def opened(token: bytes, *, purpose: str = "fields", label: str = SURNAME, row: bytes = ROW) -> bytes:
    return unseal(token, purpose=purpose, label=label, row=row)


@given(plain=st.binary(max_size=300), row=st.binary(min_size=1, max_size=40), label=st.text(min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_every_value_comes_back_for_its_row(plain: bytes, row: bytes, label: str) -> None:
    with use_keyring():
        token = seal(plain, purpose="fields", label=label, row=row)

        assert unseal(token, purpose="fields", label=label, row=row) == plain


def test_no_single_flipped_bit_is_accepted() -> None:
    token = sealed()
    accepted = 0

    for bit in range(len(token) * 8):
        forged = bytearray(token)
        forged[bit // 8] ^= 1 << bit % 8
        try:
            opened(bytes(forged))
        except SealError:
            continue
        accepted += 1

    assert accepted == 0


def test_no_truncation_is_accepted() -> None:
    token = sealed(b"A" * 40)

    for size in range(len(token)):
        with pytest.raises(SealError):
            opened(token[:size])


@given(forged=st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_made_up_token_is_accepted(forged: bytes) -> None:
    with use_keyring(), pytest.raises(SealError):
        opened(forged)


def test_a_longer_token_is_refused() -> None:
    with pytest.raises(SealError):
        opened(sealed() + b"\0")


@pytest.mark.parametrize(
    ("purpose", "label", "row"),
    [
        pytest.param("fields", SURNAME, OTHER_ROW, id="another person's row"),
        pytest.param("fields", "offenders.offender.forenames", ROW, id="another column"),
        pytest.param("rows", SURNAME, ROW, id="another purpose"),
        pytest.param("fields", SURNAME + ROW[:1].decode("latin-1"), ROW[1:], id="the border of label and row moved"),
        pytest.param("fields", SURNAME, ROW + b"\0", id="a longer row"),
        pytest.param("fields", SURNAME, b"", id="no row"),
    ],
)
def test_a_token_carried_elsewhere_is_refused(purpose: str, label: str, row: bytes) -> None:
    token = sealed()

    with pytest.raises(SealError):
        opened(token, purpose=purpose, label=label, row=row)


def test_a_token_whose_key_id_was_changed_is_refused() -> None:
    token = sealed()
    assert key_id(token) == 2

    with pytest.raises(SealError, match="was altered"):
        opened(token[:1] + (1).to_bytes(2, "big") + token[3:])


@pytest.mark.parametrize(
    ("size", "length"),
    [
        pytest.param(0, 63, id="empty"),
        pytest.param(1, 63, id="one letter"),
        pytest.param(28, 63, id="the most that the first bucket holds"),
        pytest.param(29, 95, id="one more"),
        pytest.param(60, 95, id="the most that the second bucket holds"),
        pytest.param(61, 127, id="one more than that"),
    ],
)
def test_a_token_tells_only_the_bucket_of_its_value(size: int, length: int) -> None:
    assert len(sealed(b"A" * size)) == length


def test_a_token_is_laid_out_as_documented() -> None:
    token = sealed()

    assert len(token) == SHORTEST_TOKEN
    assert token[0] == 1
    # The database's count by key id reads the third byte: get_byte(column, 2).
    assert token[2] == 2


def test_equal_values_are_sealed_differently_each_time() -> None:
    tokens = {sealed() for _ in range(100)}

    assert len(tokens) == 100
    assert len({token[3 : 3 + NONCE_BYTES] for token in tokens}) == 100


def test_a_value_of_a_retired_key_still_opens(ring: Keyring) -> None:
    old = Keyring(lambda purpose: {1: ring._master(purpose, 1)})
    with use_keyring(old):
        token = sealed()

    assert key_id(token) == 1
    assert opened(token) == b"EXAMPLE"
    assert key_id(sealed()) == 2


def test_a_value_whose_key_was_taken_away_names_the_key(ring: Keyring) -> None:
    token = sealed()

    with (
        use_keyring(Keyring(lambda purpose: {1: ring._master(purpose, 1)})),
        pytest.raises(SealError, match=r"needs a missing key: key fields\.2 is not on the keyring"),
    ):
        opened(token)


def test_a_value_of_another_installation_is_refused() -> None:
    token = sealed()

    with use_keyring(), pytest.raises(SealError):
        opened(token)


def test_refusals_hold_neither_value_nor_row() -> None:
    token = sealed(b"SECRETNAME")

    with pytest.raises(SealError) as refusal:
        opened(token, row=OTHER_ROW)

    assert "SECRETNAME" not in str(refusal.value)
    assert token.hex() not in str(refusal.value)
    assert str(uuid.UUID(bytes=OTHER_ROW)) not in str(refusal.value)


def test_sealing_without_a_row_is_refused() -> None:
    with pytest.raises(SealError, match="has no row"):
        seal(b"x", purpose="fields", label=SURNAME, row=b"")


@pytest.mark.parametrize("label", ["", "x" * 256], ids=["empty", "256 bytes"])
def test_a_label_of_a_wrong_length_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="1 to 255 bytes"):
        Sealer("fields", label)


def test_a_sealer_of_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(KeyringError):
        Sealer("photos", "x")


def test_a_sealer_is_kept_and_follows_the_keyring() -> None:
    kept = sealer("fields", "kept")
    token = kept.seal(b"x", ROW)

    assert sealer("fields", "kept") is kept
    with use_keyring():
        assert kept.unseal(kept.seal(b"y", ROW), ROW) == b"y"
        assert kept.primary == 1
    assert kept.unseal(token, ROW) == b"x"


def test_the_kept_sealers_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vault.seal.SEALERS_KEPT", 3)

    for number in range(10):
        token = seal(b"x", purpose="rows", label=f"file {number}", row=ROW)
        assert unseal(token, purpose="rows", label=f"file {number}", row=ROW) == b"x"


def test_a_length_that_passes_the_end_is_refused() -> None:
    made = sealer("fields", SURNAME)
    nonce = bytes(NONCE_BYTES)
    body = (29).to_bytes(4, "big") + bytes(28)
    token = made._head + nonce + made._primary.encrypt(nonce, body, made._head + made._tail + ROW)

    with pytest.raises(SealError, match="wrong length inside"):
        opened(token)


@pytest.mark.parametrize("token", [b"", b"\1\0\1", b"\2" + bytes(62)], ids=["empty", "short", "version 2"])
def test_what_is_no_token_has_no_key_id(token: bytes) -> None:
    with pytest.raises(SealError):
        key_id(token)
