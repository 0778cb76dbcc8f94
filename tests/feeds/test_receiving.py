"""Taking a sealed file in: who may send what, unchanged and in order, and nothing kept of what is refused."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from feeds.manifest import LONDON, EnvelopeError, Manifest
from feeds.models import Delivery, DeliveryPiece, Supplier
from feeds.receiving import PIECE_BYTES, check_manifest, receive_delivery
from tests.factories import Desk, SealedFile, days, publish

AsRole = Callable[[str], AbstractContextManager[None]]
ONE, TWO = days(2)


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered; the test goes on as the worker."""
    with db_as("worker"):
        yield Desk()


def refused(file: SealedFile, pieces: Iterable[bytes] | None = None, *, manifest: bytes | None = None) -> str:
    """Hand a file in, insist that it is refused and that nothing is kept, and return the code."""
    before = Delivery.objects.count(), DeliveryPiece.objects.count()
    with pytest.raises(EnvelopeError) as caught:
        receive_delivery(manifest or file.manifest.to_json(), pieces or [file.sealed], received_by=None)
    assert (Delivery.objects.count(), DeliveryPiece.objects.count()) == before
    return caught.value.code


def test_file_is_kept_as_it_was_sealed(desk: Desk) -> None:
    file = desk.roll(ONE, [{}])

    receipt = receive_delivery(file.manifest.to_json(), [file.sealed[:10], file.sealed[10:]], received_by=None)

    pieces = DeliveryPiece.objects.order_by("number").values_list("ciphertext", flat=True)
    assert b"".join(bytes(piece) for piece in pieces) == file.sealed
    assert (receipt.is_repeat, receipt.delivery.state, receipt.delivery.size) == (False, "received", len(file.sealed))


def test_large_file_is_kept_in_pieces_of_a_megabyte(desk: Desk) -> None:
    file = desk.roll(ONE, ({3: f"A{number}XY", 6: "Q" * 200} for number in range(1000, 4500)))

    receive_delivery(file.manifest.to_json(), iter([file.sealed]), received_by=None)

    sizes = [len(piece) for piece in DeliveryPiece.objects.order_by("number").values_list("ciphertext", flat=True)]
    assert len(sizes) > 1
    assert set(sizes[:-1]) == {PIECE_BYTES}


def test_manifest_that_is_no_manifest_is_refused(desk: Desk) -> None:
    assert refused(desk.roll(ONE, [{}]), manifest=b"no JSON") == "M-01"


def test_signature_by_another_key_is_refused(desk: Desk) -> None:
    desk.keys["prison_roll"] = Ed25519PrivateKey.generate()

    assert refused(desk.roll(ONE, [{}])) == "E-01"


@pytest.mark.parametrize("field", ["rows", "sequence", "extract_at", "sealed_sha256"])
def test_manifest_changed_after_signing_is_refused(desk: Desk, field: str) -> None:
    file = desk.roll(ONE, [{}])
    document = json.loads(file.manifest.to_json())
    changed = {"rows": 7, "sequence": 7, "extract_at": "2026-11-02T04:30:00+00:00", "sealed_sha256": "0" * 64}
    document[field] = changed[field]

    assert refused(file, manifest=json.dumps(document).encode()) == "E-01"


def test_unknown_supplier_is_refused(desk: Desk) -> None:
    Supplier.objects.filter(pk="Invented Prisons").update(feeds=["ppo"])
    file = desk.roll(ONE, [{}])
    stranger = replace(file.manifest, supplier="Somebody Else")

    assert refused(file, manifest=stranger.to_json()) == "E-SUP"


def test_feed_that_the_supplier_may_not_send_is_refused(desk: Desk) -> None:
    file = desk.roll(ONE, [{}])
    Supplier.objects.filter(pk="Invented Prisons").update(feeds=["ppo"])

    assert refused(file) == "E-FEED"


@pytest.mark.parametrize("kept", [slice(-1), slice(0)], ids=["the last byte missing", "nothing there"])
def test_file_cut_on_the_way_is_refused(desk: Desk, kept: slice) -> None:
    file = desk.roll(ONE, [{}])

    assert refused(file, [file.sealed[kept]]) == "E-HASH"


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"PK\x03\x04 plain zip"], id="a zip"),
        pytest.param([b"age-encryption.org/v2\n"], id="another version"),
    ],
)
def test_file_that_is_not_sealed_is_refused(desk: Desk, pieces: list[bytes]) -> None:
    assert refused(desk.roll(ONE, [{}]), pieces) == "E-AGE"


def test_same_file_again_is_the_same_delivery(desk: Desk) -> None:
    file = desk.roll(ONE, [{}])
    first = receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None)

    again = receive_delivery(file.manifest.to_json(), [file.sealed], received_by=None)

    assert (again.is_repeat, again.delivery.pk) == (True, first.delivery.pk)
    assert DeliveryPiece.objects.count() == 1


def test_same_content_sealed_anew_under_its_sequence_is_the_same_delivery(desk: Desk) -> None:
    publish(desk.roll(ONE, [{}], sequence=5))
    sealed_anew = desk.roll(ONE, [{}], sequence=5)

    receipt = receive_delivery(sealed_anew.manifest.to_json(), [sealed_anew.sealed], received_by=None)

    assert (receipt.is_repeat, Delivery.objects.count()) == (True, 1)


def test_same_sequence_with_other_content_is_refused(desk: Desk) -> None:
    publish(desk.roll(ONE, [{}], sequence=5))

    assert refused(desk.roll(TWO, [{2: "MDI"}], sequence=5)) == "E-SEQ"


def test_gap_in_the_sequence_is_accepted(desk: Desk) -> None:
    publish(desk.roll(ONE, [{}], sequence=5))

    assert publish(desk.roll(TWO, [{}], sequence=9)).state == Delivery.State.PUBLISHED


@pytest.mark.parametrize(("minutes", "code"), [(14, None), (16, "E-TIME")], ids=["within the allowance", "beyond it"])
def test_extract_from_the_future(desk: Desk, minutes: int, code: str | None) -> None:
    now = timezone.now()
    manifest = _stated_at(desk, now + timedelta(minutes=minutes))

    found = None
    try:
        check_manifest(manifest, now=now)
    except EnvelopeError as fault:
        found = fault.code

    assert found == code


def _stated_at(desk: Desk, moment: datetime) -> Manifest:
    return desk.sealed("prison_roll", ["x"], "", moment.astimezone(LONDON), None, None).manifest


def test_refusal_names_no_value(desk: Desk) -> None:
    file = desk.roll(date(2026, 11, 2), [{6: "THISTLEWOOD"}])

    with pytest.raises(EnvelopeError) as caught:
        receive_delivery(file.manifest.to_json(), [file.sealed[:-1]], received_by=None)

    assert "THISTLEWOOD" not in str(caught.value)
