"""Writes the sealed roll: source records, row versions and tokens, in batches.

A version is written only where a row's content differs from the nearest
earlier one. A late delivery pins what the next one said before it changes what
"nearest earlier" means.
"""

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection
from psycopg2.extras import execute_values

from feeds.models import Delivery
from feeds.readings import tokens_of
from feeds.sources.rows import Content, ParsedRow
from vault.index import blind_index, match_token
from vault.seal import Sealer, sealer

BATCH: Final = 2000
CONTENT_LABEL: Final = "feeds.rowversion.content"
RECORD_KIND: Final = {"prison_roll": "prison_number", "ppo": "ppo_reference"}
# For each token of a batch: its record and the nearest earlier content.
FIND: Final = """
SELECT r.token, r.id, v.content_mac, v.content
  FROM feeds_sourcerecord r
  LEFT JOIN LATERAL (
       SELECT content_mac, content FROM feeds_rowversion
        WHERE record_id = r.id AND position < %s ORDER BY position DESC LIMIT 1) v ON true
 WHERE r.feed = %s AND r.supplier_id = %s AND r.token = ANY(%s)
"""
# What a later delivery said by silence is written down before a late version changes what silence means. That
# is the first that held the record's row and could read it; a row in quarantine says nothing.
PIN: Final = """
INSERT INTO feeds_rowversion (id, record_id, delivery_id, position, content_mac, content)
SELECT gen_random_uuid(), r.id, d.id, d.position, v.content_mac, v.content
  FROM feeds_sourcerecord r
  JOIN LATERAL (
       SELECT content_mac, content FROM feeds_rowversion
        WHERE record_id = r.id AND position < %(at)s ORDER BY position DESC LIMIT 1) v ON true
  JOIN LATERAL (
       SELECT d.id, d.position
         FROM feeds_delivery d
         JOIN feeds_deliverymember m ON m.feed = d.feed AND m.supplier_id = d.supplier_id AND m.token = r.token
                                    AND d.position BETWEEN m.first_seen AND coalesce(m.last_seen, d.position)
        WHERE d.feed = r.feed AND d.supplier_id = r.supplier_id AND d.state = 'published' AND d.position > %(at)s
          AND NOT EXISTS (SELECT FROM feeds_quarantinedrow q WHERE q.delivery_id = d.id AND q.token = r.token)
        ORDER BY d.position LIMIT 1) d ON true
 WHERE r.id = ANY(%(records)s)
   AND NOT EXISTS (SELECT FROM feeds_rowversion n WHERE n.record_id = r.id AND n.position = d.position)
"""
# A row taken back takes its tokens with it, but for those that another version of its record carries.
FORGET: Final = """
DELETE FROM feeds_sourcetoken
 WHERE record_id = %s AND (kind, token) NOT IN (SELECT * FROM unnest(%s::text[], %s::bytea[]))
"""


def record_token(feed: str, key: str) -> bytes:
    """Return the token of a sender's own key for a person."""
    return blind_index(RECORD_KIND[feed], key)


def content_mac(content: Content) -> bytes:
    """Return the keyed digest by which two rows' used columns are compared.

    Source: feeds.md 3, "unchanged means".
    """
    return match_token("row", canonical(content))


def canonical(content: Content) -> str:
    """Return the one JSON text of a row's content."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(slots=True)
class Written:
    """What the rows of one delivery came to, so far."""

    tokens: dict[bytes, bytes] = field(default_factory=dict)
    new_records: set[uuid.UUID] = field(default_factory=set)
    new_tokens: set[bytes] = field(default_factory=set)
    changed: dict[bytes, uuid.UUID] = field(default_factory=dict)
    unchanged: int = 0
    duplicates: int = 0
    conflicts: dict[bytes, list[int]] = field(default_factory=dict)
    changed_fields: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Known:
    record_id: uuid.UUID
    mac: bytes | None
    content: bytes | None


class VersionWriter:
    """Takes good rows one by one and writes what is new in them, a batch at a time."""

    def __init__(self, delivery: Delivery, *, later: Delivery | None) -> None:
        """Write for this delivery; ``later`` is the next one already published, if any."""
        self.delivery = delivery
        self.later = later
        self.written = Written()
        self._first_lines: dict[bytes, int] = {}
        self._repeats: dict[bytes, list[int]] = {}
        self._waiting: list[tuple[bytes, bytes, ParsedRow]] = []
        self._today: date = delivery.extract_at.date()
        self._sealer: Sealer = sealer("fields", CONTENT_LABEL)

    def add(self, row: ParsedRow) -> None:
        """Take one good row; a second one of the same key is a duplicate or a conflict.

        Source: feeds.md 10.4.
        """
        token, mac = record_token(self.delivery.feed, row.key), content_mac(row.content)
        seen = self.written.tokens.get(token)
        if seen is None:
            self.written.tokens[token] = mac
            self._first_lines[token] = row.line
            self._waiting.append((token, mac, row))
            if len(self._waiting) >= BATCH:
                self.flush()
        elif token in self.written.conflicts:
            self.written.conflicts[token].append(row.line)
        elif seen == mac:
            self.written.duplicates += 1
            self._repeats.setdefault(token, []).append(row.line)
        else:
            lines = [self._first_lines[token], *self._repeats.get(token, ()), row.line]
            self.written.duplicates -= len(self._repeats.get(token, ()))
            self.written.conflicts[token] = lines

    def flush(self) -> None:
        """Write the rows that wait."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        known = self._find([token for token, _, _ in rows])
        changed = []
        for token, mac, row in rows:
            before = known.get(token)
            if before is not None and before.mac == mac:
                self.written.unchanged += 1
                continue
            changed.append((token, mac, row, before))
        self._pin([known.record_id for *_, known in changed if known is not None])
        self._insert(changed)

    def take_back_conflicts(self) -> None:
        """Undo what was written for keys that turned out to stand there with two contents."""
        for token in self.written.conflicts:
            record_id = self.written.changed.pop(token, None)
            if record_id is None:
                self.written.unchanged -= 1
            else:
                self._take_back(record_id)

    def _take_back(self, record_id: uuid.UUID) -> None:
        values: list[Any] = [record_id, self.delivery.position]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM feeds_rowversion WHERE record_id = %s AND position = %s", values)
            cursor.execute("SELECT content FROM feeds_rowversion WHERE record_id = %s", [record_id])
            contents = [json.loads(self._sealer.unseal(bytes(row[0]), record_id.bytes)) for row in cursor.fetchall()]
            kept = [one for c in contents for one in tokens_of(self.delivery.feed, c, today=self._today)]
            cursor.execute(FORGET, [record_id, [one.kind for one in kept], [one.token for one in kept]])
            if record_id in self.written.new_records:
                self.written.new_records.discard(record_id)
                cursor.execute("DELETE FROM feeds_sourcerecord WHERE id = %s", [record_id])

    def _find(self, tokens: Sequence[bytes]) -> dict[bytes, _Known]:
        delivery = self.delivery
        with connection.cursor() as cursor:
            cursor.execute(FIND, [delivery.position, delivery.feed, delivery.supplier_id, list(tokens)])
            return {
                bytes(token): _Known(record_id, mac and bytes(mac), content and bytes(content))
                for token, record_id, mac, content in cursor.fetchall()
            }

    def _pin(self, record_ids: Sequence[uuid.UUID]) -> None:
        if self.later is None or not record_ids:
            return
        with connection.cursor() as cursor:
            cursor.execute(PIN, {"at": self.delivery.position, "records": list(record_ids)})

    def _insert(self, changed: Sequence[tuple[bytes, bytes, ParsedRow, _Known | None]]) -> None:
        records, versions, tokens = [], [], []
        for token, mac, row, known in changed:
            record_id = known.record_id if known is not None else uuid.uuid4()
            if known is None:
                records.append((record_id, self.delivery.feed, self.delivery.supplier_id, token))
                self.written.new_records.add(record_id)
                self.written.new_tokens.add(token)
            elif known.content is not None:
                self._count_fields(known, row.content)
            self.written.changed[token] = record_id
            sealed = self._sealer.seal(canonical(row.content).encode(), record_id.bytes)
            versions.append((uuid.uuid4(), record_id, self.delivery.pk, self.delivery.position, mac, sealed))
            found = tokens_of(self.delivery.feed, row.content, today=self._today)
            tokens += [(record_id, one.kind, one.token) for one in found]
        _insert_rows("feeds_sourcerecord (id, feed, supplier_id, token)", records)
        _insert_rows(
            "feeds_rowversion (id, record_id, delivery_id, position, content_mac, content)",
            versions,
        )
        _insert_rows("feeds_sourcetoken (record_id, kind, token)", tokens)

    def _count_fields(self, known: _Known, content: Content) -> None:
        if known.content is None:
            return
        before: Content = json.loads(self._sealer.unseal(known.content, known.record_id.bytes))
        for name in before.keys() | content.keys():
            if before.get(name) != content.get(name):
                self.written.changed_fields[name] += 1


def _insert_rows(table: str, rows: Iterable[Sequence[object]]) -> None:
    """Insert many rows at once; a token that a record already carries is left as it is.

    COPY into a table under forced row security is refused. Source: security.md 2.4.
    """
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            f"INSERT INTO {table} VALUES %s ON CONFLICT DO NOTHING",  # noqa: S608 – constants of this file
            list(rows),
            page_size=BATCH,
        )
