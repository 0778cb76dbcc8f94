"""The envelope: manifests, signatures, seals, and what happens when one of them is not right."""

import hashlib
import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.envelope import AGE_MAGIC, open_sealed, seal, verify_signature
from feeds.manifest import EnvelopeError, Manifest
from feeds.sources import source_for

IDENTITY = pyrage.x25519.Identity.generate()
OTHER_IDENTITY = pyrage.x25519.Identity.generate()
SIGNING_KEY = Ed25519PrivateKey.generate()
PUBLIC_KEY = SIGNING_KEY.public_key().public_bytes_raw()
EXTRACT_AT = datetime(2026, 11, 24, 4, 10, tzinfo=UTC)
LARGE = bytes(range(256)) * 8192


def sealed(plain: bytes = b"some rows\r\n", **stated: Any) -> tuple[bytes, Manifest]:
    fields: dict[str, Any] = {
        "feed": "prison_roll",
        "supplier": "Invented Prisons",
        "extract_at": EXTRACT_AT,
        "sequence": 7,
        "rows": 1,
        "recipients": [str(IDENTITY.to_public())],
        "signing_key": SIGNING_KEY,
    }
    return seal(plain, **{**fields, **stated})


def opened(data: bytes, manifest: Manifest, *, identity: Any = IDENTITY, piece: int = 1000) -> bytes:
    pieces = (data[start : start + piece] for start in range(0, len(data), piece))
    with open_sealed(pieces, identity=str(identity), manifest=manifest) as stream:
        return stream.read()


def document(**changed: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(sealed()[1].to_json())
    return {**loaded, **changed}


def refusal(text: bytes) -> EnvelopeError:
    with pytest.raises(EnvelopeError) as refused:
        Manifest.from_json(text)
    return refused.value


def test_sealed_delivery_opens_to_what_was_sealed() -> None:
    data, manifest = sealed(LARGE)

    assert data.startswith(AGE_MAGIC)
    assert opened(data, manifest) == LARGE


def test_empty_plaintext_opens() -> None:
    assert opened(*sealed(b"")) == b""


def test_plaintext_may_come_from_an_open_file() -> None:
    data, manifest = sealed(io.BytesIO(LARGE))  # type: ignore[arg-type] # sealed() says bytes for the other tests

    assert manifest.sha256 == hashlib.sha256(LARGE).hexdigest()
    assert opened(data, manifest) == LARGE


def test_sealed_file_may_be_given_as_a_stream() -> None:
    data, manifest = sealed(LARGE)

    with open_sealed(io.BytesIO(data), identity=str(IDENTITY), manifest=manifest) as stream:
        assert stream.read() == LARGE
        assert stream.complete


def test_each_of_several_recipients_can_open() -> None:
    data, manifest = sealed(recipients=[str(IDENTITY.to_public()), str(OTHER_IDENTITY.to_public())])

    assert opened(data, manifest) == opened(data, manifest, identity=OTHER_IDENTITY)


def test_newer_of_two_identities_opens() -> None:
    data, manifest = sealed()

    assert opened(data, manifest, identity=f"{OTHER_IDENTITY}\n{IDENTITY}\n") == b"some rows\r\n"


def test_nothing_counts_before_the_end_was_reached() -> None:
    data, manifest = sealed(LARGE)

    with open_sealed(io.BytesIO(data), identity=str(IDENTITY), manifest=manifest) as stream:
        stream.read(100)
        assert not stream.complete


def test_pieces_are_fetched_in_the_readers_own_thread() -> None:
    data, manifest = sealed(LARGE)
    threads = set()

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(data), 100_000):
            threads.add(threading.current_thread())
            yield data[start : start + 100_000]

    with open_sealed(pieces(), identity=str(IDENTITY), manifest=manifest) as stream:
        stream.read()

    assert threads == {threading.current_thread()}


def test_no_more_is_fetched_than_is_read() -> None:
    data, manifest = sealed(LARGE * 8)
    fetched = []

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(data), 65_536):
            fetched.append(start)
            yield data[start : start + 65_536]

    with open_sealed(pieces(), identity=str(IDENTITY), manifest=manifest) as stream:
        stream.read(10)

    assert len(fetched) * 65_536 < len(data) / 2


def test_abandoned_stream_leaves_no_thread_behind() -> None:
    data, manifest = sealed(LARGE * 8)

    with open_sealed(io.BytesIO(data), identity=str(IDENTITY), manifest=manifest) as stream:
        stream.read(10)

    assert "age-decrypt" not in {thread.name for thread in threading.enumerate()}


def test_failure_to_fetch_a_piece_is_raised_as_it_is() -> None:
    data, manifest = sealed(LARGE)

    def pieces() -> Iterator[bytes]:
        yield data[:50_000]
        raise ConnectionError("the database went away")

    with (
        open_sealed(pieces(), identity=str(IDENTITY), manifest=manifest) as stream,
        pytest.raises(ConnectionError),
    ):
        stream.read()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        pytest.param(lambda data: data[: len(data) // 2], "E-02", id="cut in half"),
        pytest.param(lambda data: data[:-1], "E-02", id="last byte missing"),
        pytest.param(lambda data: data + b"x", "E-02", id="byte added"),
        pytest.param(lambda data: data[:9000] + bytes([data[9000] ^ 1]) + data[9001:], "E-02", id="bit flipped"),
        pytest.param(lambda _: b"", "E-02", id="empty"),
        pytest.param(lambda _: LARGE, "E-02", id="not an age file"),
    ],
)
def test_altered_file_is_refused(spoil: Any, code: str) -> None:
    data, manifest = sealed(LARGE)

    with pytest.raises(EnvelopeError) as refused:
        opened(spoil(data), manifest)

    assert refused.value.code == code


def manifest_with(manifest: Manifest, **changed: Any) -> Manifest:
    return Manifest.from_json(json.dumps({**json.loads(manifest.to_json()), **changed}).encode())


def test_file_cut_by_its_sender_is_refused() -> None:
    data, manifest = sealed(LARGE)
    cut = data[:200_000]

    with pytest.raises(EnvelopeError) as refused:
        opened(cut, manifest_with(manifest, sealed_sha256=hashlib.sha256(cut).hexdigest()))

    assert refused.value.code == "E-04"


def test_file_for_another_recipient_is_refused() -> None:
    with pytest.raises(EnvelopeError) as refused:
        opened(*sealed(), identity=OTHER_IDENTITY)

    assert refused.value.code == "E-04"


def test_other_plaintext_than_stated_is_refused() -> None:
    data, manifest = sealed(LARGE)

    with pytest.raises(EnvelopeError) as refused:
        opened(data, manifest_with(manifest, sha256="0" * 64))

    assert refused.value.code == "E-05"


def test_too_large_a_plaintext_is_refused() -> None:
    data, manifest = sealed(LARGE)

    with (
        open_sealed([data], identity=str(IDENTITY), manifest=manifest, most_bytes=1_000_000) as stream,
        pytest.raises(EnvelopeError) as refused,
    ):
        stream.read()

    assert refused.value.code == "E-06"


def test_wrong_identity_text_is_refused() -> None:
    data, manifest = sealed()

    with pytest.raises(EnvelopeError) as refused:
        open_sealed([data], identity="AGE-SECRET-KEY-1NONE", manifest=manifest)

    assert refused.value.code == "E-03"


def test_wrong_recipient_text_is_refused() -> None:
    with pytest.raises(EnvelopeError) as refused:
        sealed(recipients=["age1none"])

    assert refused.value.code == "E-03"


def test_signature_of_the_supplier_is_accepted() -> None:
    verify_signature(sealed()[1], PUBLIC_KEY)


def test_signature_covers_canonical_json_of_all_but_itself() -> None:
    manifest = sealed()[1]
    unsigned = {key: value for key, value in json.loads(manifest.to_json()).items() if key != "signature"}

    assert manifest.signed_bytes() == json.dumps(unsigned, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "changed",
    [
        {"sequence": 8},
        {"rows": 2},
        {"supplier": "Somebody Else"},
        {"extract_at": "2026-11-25T04:10:00+00:00"},
        {"corrects": 3},
        {"sha256": "0" * 64},
        {"sealed_sha256": "0" * 64},
        {"encoding": "cp1252"},
        {"forces": ["13"]},
        {"feed": "ppo"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_changed_statement_breaks_the_signature(changed: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeError) as refused:
        verify_signature(manifest_with(sealed()[1], **changed), PUBLIC_KEY)

    assert refused.value.code == "E-01"


@pytest.mark.parametrize(
    "key", [Ed25519PrivateKey.generate().public_key().public_bytes_raw(), b"short"], ids=["another key", "no key"]
)
def test_signature_under_another_key_is_refused(key: bytes) -> None:
    with pytest.raises(EnvelopeError) as refused:
        verify_signature(sealed()[1], key)

    assert refused.value.code == "E-01"


def test_manifest_survives_writing_and_reading() -> None:
    manifest = sealed(corrects=3, forces=("13", "14"))[1]

    assert Manifest.from_json(manifest.to_json()) == manifest


def test_extract_day_is_the_british_one() -> None:
    manifest = sealed(extract_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))[1]

    assert manifest.extract_day.isoformat() == "2026-07-01"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(b"", "M-01", id="empty"),
        pytest.param(b"\xff\xfe{", "M-01", id="not UTF-8"),
        pytest.param(b"[]", "M-01", id="a list"),
        pytest.param(b"[" * 60_000, "M-01", id="deeply nested"),
        pytest.param(b'{"rows": ' + b"9" * 10_000 + b"}", "M-01", id="endless number"),
        pytest.param(b" " * 70_000, "M-01", id="too large"),
        pytest.param(b'{"feed": "ppo", "feed": "prison_roll"}', "M-02", id="key twice"),
        pytest.param(b"{}", "M-03", id="nothing stated"),
    ],
)
def test_text_that_is_no_manifest_is_refused(text: bytes, code: str) -> None:
    assert refusal(text).code == code


def test_unknown_key_is_refused_without_repeating_it() -> None:
    refused = refusal(json.dumps(document(canary="x")).encode())

    assert refused.code == "M-02"
    assert "canary" not in str(refused)


@pytest.mark.parametrize("key", list(document()))
def test_missing_key_is_refused_by_name(key: str) -> None:
    stated = document()
    del stated[key]

    refused = refusal(json.dumps(stated).encode())

    assert refused.code == "M-03"
    assert key in refused.thing


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("feed", ""),
        ("feed", "Prison Roll"),
        ("feed", None),
        ("supplier", ""),
        ("supplier", " "),
        ("supplier", "x" * 61),
        ("supplier", "a\nb"),
        ("supplier", "\ud800"),
        ("extract_at", "2026-11-24"),
        ("extract_at", "2026-11-24T04:10:00"),
        ("extract_at", "2026-11-24T04:10:00Z"),
        ("extract_at", "1999-11-24T04:10:00+00:00"),
        ("extract_at", 5),
        ("sequence", 0),
        ("sequence", 2**24),
        ("sequence", True),
        ("sequence", 1.0),
        ("sequence", "7"),
        ("corrects", 7),
        ("corrects", 0),
        ("corrects", "3"),
        ("forces", None),
        ("forces", "13"),
        ("forces", [13]),
        ("forces", ["13", "13"]),
        ("forces", [["13"]]),
        ("encoding", "latin-1"),
        ("encoding", ["utf-8"]),
        ("rows", -1),
        ("rows", 10**9),
        ("sha256", "0" * 63),
        ("sealed_sha256", "A" * 64),
        ("signature", "x"),
    ],
)
def test_value_that_a_manifest_may_not_hold_is_refused_by_name(key: str, value: Any) -> None:
    refused = refusal(json.dumps(document(**{key: value})).encode())

    assert (refused.code, refused.place) == ("M-04", key)
    assert refused.cure


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"feed": "weather"}, "M-05", id="unknown feed"),
        pytest.param({"feed": "ppo"}, "M-06", id="PPO without forces"),
        pytest.param({"feed": "ppo", "forces": ["13"], "encoding": "cp1252"}, "M-06", id="PPO as cp1252"),
        pytest.param({"forces": ["13"]}, "M-06", id="roll with forces"),
    ],
)
def test_manifest_that_does_not_suit_its_feed_is_refused(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(EnvelopeError) as refused:
        source_for(manifest_with(sealed()[1], **changed))

    assert refused.value.code == code


@settings(deadline=None)
@given(plain=st.binary(max_size=3000), piece=st.integers(1, 700))
def test_anything_sealed_opens_to_itself(plain: bytes, piece: int) -> None:
    data, manifest = sealed(plain)

    assert opened(data, manifest, piece=piece) == plain


SEALED_LARGE = sealed(LARGE[:200_000])


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_mutation_of_the_sealed_file_opens(data: st.DataObject) -> None:
    original, manifest = SEALED_LARGE
    raw = bytearray(original)
    start = data.draw(st.integers(0, len(raw)))
    raw[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))

    if raw == original:
        return
    with pytest.raises(EnvelopeError):
        opened(bytes(raw), manifest, piece=30_000)


MANIFEST_TEXT = sealed()[1].to_json()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_manifest_crashes_or_passes_as_signed(data: st.DataObject) -> None:
    raw = bytearray(MANIFEST_TEXT)
    start = data.draw(st.integers(0, len(raw)))
    raw[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))

    try:
        manifest = Manifest.from_json(bytes(raw))
        verify_signature(manifest, PUBLIC_KEY)
    except EnvelopeError:
        return
    assert manifest == Manifest.from_json(MANIFEST_TEXT)
