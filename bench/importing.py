"""Publish one sealed file through the product's own pipeline, in this process, and tell what that took."""

from pathlib import Path
from typing import Any

from django.db import connection

from audit.trail import SERVICE, acting_as
from bench.measure import effort_of
from bench.sessions import session_of
from feeds.dropping import MANIFEST_SUFFIX, read_pieces
from feeds.models import Delivery
from feeds.pipeline import import_delivery
from feeds.receiving import receive_delivery


def publish(sealed: str) -> dict[str, Any]:
    """Receive the file, then publish it; return seconds, computing, megabytes, rows and steps of publishing.

    Receiving – hashing and storing the ciphertext – is not in the time: the floor does not do it either.
    Raises: SystemExit when it was not published.
    """
    file = Path(sealed)
    manifest = file.with_name(file.name.removesuffix(".age") + MANIFEST_SUFFIX)
    with acting_as(SERVICE, because="bench"):
        receipt = receive_delivery(manifest.read_bytes(), read_pieces(file), received_by=None)
        effort = effort_of(lambda: import_delivery(receipt.delivery.pk), session=session_of(connection))
    delivery = Delivery.objects.get(pk=receipt.delivery.pk)
    if delivery.state != Delivery.State.PUBLISHED or delivery.statement is None:
        raise SystemExit(f"bench: {file.name} was not published: {delivery.fault_code} {delivery.fault_message}")
    return {**effort.as_json(), "rows": delivery.rows, "steps": delivery.statement["steps"]}
