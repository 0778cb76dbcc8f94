"""Writes the sealed roll: source records, row versions and tokens, in batches.

A version is written only where a row's content differs from the nearest
earlier one. A late delivery pins what the next one said before it changes what
"nearest earlier" means.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from django.db import connection

from feeds import arrays
from feeds.behind import Behind
from feeds.models import Delivery
from feeds.readings import tokens_of
from feeds.sources.rows import Content, Mark, ParsedRow, SameRow
from feeds.written import State, Written
from vault.index import blind_index, match_token
from vault.seal import Sealer, sealer

__all__ = ["VersionWriter", "Written", "canonical", "content_mac", "opened_content", "record_token"]

BATCH: Final = 1000
CONTENT_LABEL: Final = "feeds.rowversion.content"
RECORD_KIND: Final = {"prison_roll": "prison_number", "ppo": "ppo_reference"}
# OFFSET 0 keeps the look-up of each token a look-up in the index: the planner would rather read the whole table into a
# hash for every batch, which makes the time of a file grow with its square.
# Which of a batch state, to the letter, what the nearest earlier version of their record stated.
SAME: Final = """
SELECT n.at, v.content_mac
  FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS n (token, stated, at)
  JOIN LATERAL (
       SELECT id FROM feeds_sourcerecord
        WHERE feed = %s AND supplier_id = %s AND token = decode(n.token, 'hex') OFFSET 0) r ON true
  JOIN LATERAL (
       SELECT stated_mac, content_mac FROM feeds_rowversion
        WHERE record_id = r.id AND position < %s ORDER BY position DESC LIMIT 1) v
    ON v.stated_mac = decode(n.stated, 'hex')
"""
# For each token of a batch: its record and the nearest earlier content.
FIND: Final = """
SELECT n.at, r.id, v.content_mac, v.content
  FROM unnest(%s::text[]) WITH ORDINALITY AS n (token, at)
  JOIN LATERAL (
       SELECT id FROM feeds_sourcerecord
        WHERE feed = %s AND supplier_id = %s AND token = decode(n.token, 'hex') OFFSET 0) r ON true
  LEFT JOIN LATERAL (
       SELECT content_mac, content FROM feeds_rowversion
        WHERE record_id = r.id AND position < %s ORDER BY position DESC LIMIT 1) v ON true
"""
INSERT_RECORDS: Final = """
INSERT INTO feeds_sourcerecord (id, feed, supplier_id, token)
SELECT n.id, %s, %s, decode(n.token, 'hex') FROM unnest(%s::uuid[], %s::text[]) AS n (id, token)
ON CONFLICT DO NOTHING
"""
INSERT_VERSIONS: Final = """
INSERT INTO feeds_rowversion (id, record_id, delivery_id, position, content_mac, stated_mac, content)
SELECT gen_random_uuid(), n.record, %s, %s, decode(n.mac, 'hex'), decode(nullif(n.stated, '-'), 'hex'),
       decode(n.content, 'hex')
  FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS n (record, mac, stated, content)
ON CONFLICT DO NOTHING
"""
# A token that a record already carries is left as it is.
INSERT_TOKENS: Final = """
INSERT INTO feeds_sourcetoken (record_id, kind, token)
SELECT n.record, n.kind, decode(n.token, 'hex')
  FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS n (record, kind, token)
ON CONFLICT DO NOTHING
"""
# What a later delivery said by silence is written down before a late version changes what silence means. That
# is the first that held the record's row and could read it; a row in quarantine says nothing.
PIN: Final = """
INSERT INTO feeds_rowversion (id, record_id, delivery_id, position, content_mac, stated_mac, content)
SELECT gen_random_uuid(), r.id, d.id, d.position, v.content_mac, v.stated_mac, v.content
  FROM feeds_sourcerecord r
  JOIN LATERAL (
       SELECT content_mac, stated_mac, content FROM feeds_rowversion
        WHERE record_id = r.id AND position < %(at)s ORDER BY position DESC LIMIT 1) v ON true
  JOIN LATERAL (
       SELECT d.id, d.position
         FROM feeds_delivery d
         JOIN feeds_deliverymember m ON m.feed = d.feed AND m.supplier_id = d.supplier_id AND m.token = r.token
                                    AND d.position BETWEEN m.first_seen AND coalesce(m.last_seen, d.position)
        WHERE d.feed = r.feed AND d.supplier_id = r.supplier_id AND d.state = 'published' AND d.position > %(at)s
          AND NOT EXISTS (SELECT FROM feeds_quarantinedrow q WHERE q.delivery_id = d.id AND q.token = r.token)
        ORDER BY d.position LIMIT 1) d ON true
 WHERE r.id = ANY(%(records)s::uuid[])
   AND NOT EXISTS (SELECT FROM feeds_rowversion n WHERE n.record_id = r.id AND n.position = d.position)
"""
# A row taken back takes its tokens with it, but for those that another version of its record carries.
FORGET: Final = """
DELETE FROM feeds_sourcetoken
 WHERE record_id = %s AND (kind, token) NOT IN (SELECT * FROM unnest(%s::text[], %s::bytea[]))
"""
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


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
    return _CANONICAL.encode(content)


def opened_content(record: uuid.UUID, token: bytes) -> Content:
    """Return a version's content; for the importer, which reads thousands and shows none.

    Raises: SealError when the token is not of this record.
    """
    content: Content = json.loads(sealer("fields", CONTENT_LABEL).unseal(token, record.bytes))
    return content


class _Known(NamedTuple):
    """A record and what its nearest earlier version holds, if it has one."""

    record: bytes
    mac: bytes | None
    content: bytes | None


class _Waiting(NamedTuple):
    """A good row that is not yet written: where it stands in the account, and its canonical text."""

    place: int
    token: bytes
    mac: bytes
    text: str
    row: ParsedRow


class VersionWriter:
    """Takes good rows one by one, within a ``with``, and writes what is new in them, a batch at a time."""

    def __init__(self, delivery: Delivery, *, earlier: Delivery | None, later: Delivery | None) -> None:
        """Write for this delivery; ``earlier`` and ``later`` are its published neighbours, if it has any."""
        self.delivery = delivery
        self.earlier = earlier
        self.later = later
        self.written = Written()
        self._waiting: list[_Waiting] = []
        self._behind = Behind()
        self._today: date = delivery.extract_at.date()
        self._sealer: Sealer = sealer("fields", CONTENT_LABEL)

    def marks(self, asked: Sequence[tuple[str, str]]) -> list[Mark]:
        """Return what is held of records before their values are judged; see ``feeds.sources.rows.Keeper``."""
        feed, delivery = self.delivery.feed, self.delivery
        tokens = [record_token(feed, key) for key, _ in asked]
        stated = [match_token("stated", text) for _, text in asked]
        held: dict[int, bytes] = {}
        if self.earlier is not None and asked:
            values = [arrays.of_bytes(tokens), arrays.of_bytes(stated), feed, delivery.supplier_id, delivery.position]
            held = {at - 1: bytes(mac) for at, mac in _rows(SAME, values)}
        return [Mark(token, text, held.get(at)) for at, (token, text) in enumerate(zip(tokens, stated, strict=True))]

    def add(self, row: ParsedRow | SameRow) -> None:
        """Take one good row; a second one of the same key is a duplicate or a conflict.

        Source: feeds.md 10.4.
        """
        if isinstance(row, SameRow):
            self.written.take(row.token, row.held, row.line, State.SAME)
            return
        token = row.mark.token if row.mark is not None else record_token(self.delivery.feed, row.key)
        text = canonical(row.content)
        mac = match_token("row", text)
        place = self.written.take(token, mac, row.line, State.SAME)
        if place is not None:
            self._waiting.append(_Waiting(place, token, mac, text, row))
            if len(self._waiting) >= BATCH:
                self.flush()

    def __enter__(self) -> Self:
        self._behind.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()
        self._behind.__exit__(kind, error, trace)

    def flush(self) -> None:
        """Write the rows that wait, behind whoever goes on reading; at the end of the ``with`` all are written."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        known = self._find([row.token for row in rows])
        changed = [
            (row, before) for row, before in zip(rows, known, strict=True) if before is None or before.mac != row.mac
        ]
        self._pin([before.record for _, before in changed if before is not None])
        self._insert(changed)

    def take_back_conflicts(self) -> None:
        """Undo what was written for keys that turned out to stand there with two contents."""
        for token in self.written.conflicts:
            state = self.written.disown(token)
            if state != State.SAME:
                self._take_back(token, is_new=state == State.NEW)

    def _take_back(self, token: bytes, *, is_new: bool) -> None:
        (known,) = self._find([token])
        assert known is not None
        record_id = uuid.UUID(bytes=known.record)
        values: list[Any] = [record_id, self.delivery.position]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM feeds_rowversion WHERE record_id = %s AND position = %s", values)
            cursor.execute("SELECT content FROM feeds_rowversion WHERE record_id = %s", [record_id])
            contents = [json.loads(self._sealer.unseal(bytes(row[0]), record_id.bytes)) for row in cursor.fetchall()]
            kept = [one for c in contents for one in tokens_of(self.delivery.feed, c, today=self._today)]
            cursor.execute(FORGET, [record_id, [one.kind for one in kept], [one.token for one in kept]])
            if is_new:
                cursor.execute("DELETE FROM feeds_sourcerecord WHERE id = %s", [record_id])

    def _find(self, tokens: Sequence[bytes]) -> list[_Known | None]:
        """Return what is held of each token; nothing is where the stream has no other delivery."""
        found: list[_Known | None] = [None] * len(tokens)
        delivery = self.delivery
        if self.earlier is None and self.later is None and not self.written.conflicts:
            return found
        for at, record, mac, content in _rows(
            FIND, [arrays.of_bytes(tokens), delivery.feed, delivery.supplier_id, delivery.position]
        ):
            found[at - 1] = _Known(record.bytes, mac and bytes(mac), content and bytes(content))
        return found

    def _pin(self, records: Sequence[bytes]) -> None:
        if self.later is None or not records:
            return
        with connection.cursor() as cursor:
            cursor.execute(PIN, {"at": self.delivery.position, "records": arrays.of_bytes(records)})

    def _insert(self, changed: Sequence[tuple[_Waiting, _Known | None]]) -> None:
        delivery, fresh, records, contents, tokens = self.delivery, [], [], [], []
        for row, known in changed:
            record = uuid.uuid4().bytes if known is None else known.record
            if known is None:
                fresh.append((record, row.token))
            elif known.content is not None:
                self._count_fields(known.record, known.content, row.row.content)
            self.written.change(row.place, record, State.NEW if known is None else State.CHANGED)
            records.append(record)
            contents.append(self._sealer.seal(row.text.encode(), record))
            tokens += [(record, *one) for one in tokens_of(delivery.feed, row.row.content, today=self._today)]
        ids, of_fresh = (arrays.of_bytes(column) for column in (zip(*fresh, strict=True) if fresh else ((), ())))
        macs, stated = arrays.of_bytes(row.mac for row, _ in changed), _stated(row.row.mark for row, _ in changed)
        columns = [arrays.of_bytes(records), macs, stated, arrays.of_bytes(contents)]
        owners, kinds, values = zip(*tokens, strict=True) if tokens else ((), (), ())
        of_tokens = [arrays.of_bytes(owners), arrays.of_words(kinds), arrays.of_bytes(values)]
        self._behind.run(
            [
                (INSERT_RECORDS, [delivery.feed, delivery.supplier_id, ids, of_fresh]),
                (INSERT_VERSIONS, [delivery.pk, delivery.position, *columns]),
                (INSERT_TOKENS, of_tokens),
            ]
        )

    def _count_fields(self, record: bytes, token: bytes, content: Content) -> None:
        before: Content = json.loads(self._sealer.unseal(token, record))
        for name in before.keys() | content.keys():
            if before.get(name) != content.get(name):
                self.written.changed_fields[name] += 1


def _stated(marks: Iterable[Mark | None]) -> str:
    """The digests by which the next file is compared; none where a row must be judged each time it comes."""
    return arrays.of_words(mark.stated.hex() if mark is not None and mark.stated else "-" for mark in marks)


def _rows(query: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        yield from cursor.fetchall()
