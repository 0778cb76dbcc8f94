"""The floor of an import: the least that anybody must do who keeps the used columns sealed in an indexed table.

For each row of the file, in one process and one transaction:
  1. decode the line, cut it at its separators, take the used columns that are not empty – no blank is mended, no
     value, date, code or order of dates is checked, no row is refused, none is compared with the day before;
  2. write those values as one JSON text and seal it once with AES-256-GCM, a random nonce and the row's id as
     associated data – the way in which the roll is kept by us, and cheaper than sealing value by value;
  3. insert it with `execute_values`, 2,000 rows a statement, into a table with the indexes of our row versions: the
     primary key, a unique pair of record and position, an index on the delivery. No row security, no foreign keys.
The plain text lies in memory before the clock starts: opening the age file and checking its hash is not in it. Nor
are tokens, links, facts, events, routing, counts or the statement: all that we do beyond these three steps is what
the ratio shows.
"""

import csv
import json
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connections, transaction
from psycopg2.extras import execute_values

from bench.measure import effort_of
from bench.routers import PLAIN
from bench.sessions import session_of
from feeds.dropping import MANIFEST_SUFFIX, read_pieces
from feeds.envelope import open_sealed
from feeds.keys import service_identity
from feeds.manifest import Manifest
from feeds.sources.ppo_values import COLUMNS
from feeds.sources.roll_layout import USED

BATCH: Final = 2000
NONCE_BYTES: Final = 12
MAKE: Final = """
DROP TABLE IF EXISTS floor;
CREATE TABLE floor (
    id uuid PRIMARY KEY, record_id uuid NOT NULL, delivery_id uuid NOT NULL, position bigint NOT NULL,
    content bytea NOT NULL, UNIQUE (record_id, position));
CREATE INDEX ON floor (delivery_id)
"""
INSERT: Final = "INSERT INTO floor (id, record_id, delivery_id, position, content) VALUES %s"
Row = tuple[uuid.UUID, uuid.UUID, uuid.UUID, int, bytes]
Cut = Callable[[bytes], dict[str, str]]


def floor(sealed: str) -> dict[str, Any]:
    """Return what the floor takes for one sealed file of either feed; see the module."""
    lines = plain_lines(Path(sealed))
    cut = _cut_ppo if b"ppo_reference" in lines[0] else _cut_roll
    rows = lines[1:] if cut is _cut_ppo else lines
    connection = connections[PLAIN]
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
    effort = effort_of(lambda: _import(rows, cut), session=session_of(connection))
    return {**effort.as_json(), "rows": len(rows)}


def plain_lines(sealed: Path) -> list[bytes]:
    """Return the lines of a sealed file, opened in memory."""
    manifest = sealed.with_name(sealed.name.removesuffix(".age") + MANIFEST_SUFFIX)
    stated = Manifest.from_json(manifest.read_bytes())
    with open_sealed(read_pieces(sealed), identity=service_identity(), manifest=stated) as stream:
        return stream.readall().splitlines()


def _import(rows: Iterable[bytes], cut: Cut) -> None:
    connection = connections[PLAIN]
    with transaction.atomic(using=PLAIN), connection.cursor() as cursor:
        execute_values(cursor.cursor, INSERT, _sealed(rows, cut), page_size=BATCH)


def _sealed(rows: Iterable[bytes], cut: Cut) -> Iterator[Row]:
    cipher, delivery = AESGCM(AESGCM.generate_key(256)), uuid.uuid4()
    for line in rows:
        content = json.dumps(cut(line), ensure_ascii=False, separators=(",", ":")).encode()
        row, nonce = uuid.uuid4(), os.urandom(NONCE_BYTES)
        yield row, uuid.uuid4(), delivery, 1, nonce + cipher.encrypt(nonce, content, row.bytes)


def _cut_roll(line: bytes) -> dict[str, str]:
    columns = line.decode()[1:-1].split('"|"')
    return {str(index): columns[index] for index in USED if columns[index]}


def _cut_ppo(line: bytes) -> dict[str, str]:
    values = next(csv.reader([line.decode()]))
    return {name: value for name, value in zip(COLUMNS, values, strict=True) if value}
