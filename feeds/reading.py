"""Reads a delivery to its clean end: good rows to the writer, faulty ones to quarantine."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from access.models import Area
from custody.models import Establishment
from feeds.envelope import open_sealed
from feeds.fields import FieldCounts
from feeds.keys import service_identity
from feeds.manifest import Manifest
from feeds.models import Delivery, DeliveryPiece, QuarantinedRow
from feeds.overriding import overruled_codes
from feeds.progress import ProgressTeller
from feeds.returning import RawRows, keep_returns
from feeds.sealed_stream import SealedStream
from feeds.sources import Known, Reader, RowFault, source_for
from feeds.sources.rows import SameRow
from feeds.thresholds import check_control_total
from feeds.versions import VersionWriter, record_token

EXTRA_ESTABLISHMENTS: Final = frozenset({"TRN", "OUT"})


@dataclass(slots=True)
class Quarantine:
    """The rows that could not be taken, and whose they are as far as that can be read."""

    rows: list[QuarantinedRow] = field(default_factory=list)
    tokens: set[bytes] = field(default_factory=set)
    raw: RawRows = field(default_factory=RawRows)

    def add(self, delivery: Delivery, fault: RowFault) -> None:
        """Keep a faulty row; a key that could be read says that its person is present."""
        keys = [key for key in (fault.key, *fault.also) if key]
        tokens = [record_token(delivery.feed, key) for key in keys]
        self.tokens |= set(tokens)
        self.raw.take(fault.line, fault.raw)
        self.rows.append(
            QuarantinedRow(
                delivery=delivery,
                line=fault.line,
                code=fault.code,
                field=fault.field[:60],
                message=fault.message[:300],
                cure=fault.cure[:300],
                token=tokens[0] if tokens else None,
            )
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a delivery came to."""

    reader: Reader
    quarantine: Quarantine
    fields: FieldCounts


def read_delivery(delivery: Delivery, writer: VersionWriter, teller: ProgressTeller) -> Reading:
    """Read the file to its clean end; nothing of it counts before that.

    Raises: FileFault or EnvelopeError when the file cannot be taken as a whole.
    """
    manifest = Manifest.from_json(json.dumps(delivery.manifest).encode())
    quarantine, fields = Quarantine(raw=RawRows(delivery.supplier.recipient)), FieldCounts()
    with _opened(delivery, manifest) as stream, writer:
        reader = _reader(delivery, manifest, stream)
        for row in reader.beside(writer.marks):
            teller.row()
            if isinstance(row, RowFault):
                quarantine.add(delivery, row)
                fields.add_fault(row)
                _insist_on_fewer_faults_than_rows(manifest, quarantine)
            else:
                writer.add(row)
                fields.add_row(row.filled if isinstance(row, SameRow) else row.content.keys())
        _insist_on_end(stream)
    check_control_total(manifest.rows, reader.rows_seen, reader.overridden)
    _quarantine_conflicts(quarantine, delivery, writer)
    _take_again(delivery, manifest, quarantine.raw, lines=writer.written.conflicts.values())
    return Reading(reader, quarantine, fields)


def _insist_on_fewer_faults_than_rows(manifest: Manifest, quarantine: Quarantine) -> None:
    """More faulty rows than the manifest states rows: read no further, or an endless file fills the memory."""
    if len(quarantine.rows) > manifest.rows:
        check_control_total(manifest.rows, len(quarantine.rows), frozenset())


def keep_quarantine(delivery: Delivery, quarantine: Quarantine) -> None:
    """Store what is wrong with each faulty row, and the rows themselves sealed to their sender."""
    QuarantinedRow.objects.bulk_create(quarantine.rows, batch_size=1000)
    keep_returns(delivery, quarantine.rows, quarantine.raw)


def _opened(delivery: Delivery, manifest: Manifest) -> SealedStream:
    return open_sealed(_ciphertext(delivery), identity=service_identity(), manifest=manifest)


def _ciphertext(delivery: Delivery) -> Iterator[bytes]:
    """One query a piece: without server-side cursors one query would bring the whole file into memory."""
    for piece_id in list(delivery.pieces.order_by("number").values_list("pk", flat=True)):
        yield bytes(DeliveryPiece.objects.values_list("ciphertext", flat=True).get(pk=piece_id))


def _reader(delivery: Delivery, manifest: Manifest, stream: SealedStream) -> Reader:
    return source_for(manifest).read(stream, manifest, known=_known(), overridden=overruled_codes(delivery))


def _take_again(delivery: Delivery, manifest: Manifest, raw: RawRows, *, lines: Iterable[Iterable[int]]) -> None:
    """Fetch good rows that turned out to contradict each other: they were not kept, for few ever do."""
    wanted = {line for some in lines for line in some}
    if not wanted or not raw.recipient:
        return
    with _opened(delivery, manifest) as stream:
        for row in _reader(delivery, manifest, stream):
            if row.line in wanted:
                raw.take(row.line, row.raw)


def _insist_on_end(stream: SealedStream) -> None:
    """Good plaintext comes out before a cut is known: read on until the last check has passed."""
    while not stream.complete and stream.read(65536):
        continue


def _quarantine_conflicts(quarantine: Quarantine, delivery: Delivery, writer: VersionWriter) -> None:
    """One key with two contents: which is right is for the sender to say. Source: feeds.md 10.4."""
    writer.take_back_conflicts()
    for token, lines in writer.written.conflicts.items():
        for line in lines:
            quarantine.rows.append(
                QuarantinedRow(
                    delivery=delivery,
                    line=line,
                    code="K-01",
                    field="key",
                    message=f"line {line}: the same key stands here with different content",
                    cure="Ask the sender which row is right, and for a corrected file",
                    token=token,
                )
            )


def _known() -> Known:
    establishments = Establishment.objects.values_list("code", flat=True)
    areas = dict(Area.objects.values_list("code", "force_id"))
    return Known(frozenset(establishments) | EXTRA_ESTABLISHMENTS, areas)
