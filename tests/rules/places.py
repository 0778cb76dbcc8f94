"""The places where a value could come to lie in the clear, how each is read, and a control planted in each.

A control is one value of one more canary, in one form. Every form has a canary of its own, so that what is
found says by itself which form was seen where.
"""

import base64
import gzip
import json
import os
import subprocess
import threading
import time
import urllib.parse
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

import psycopg2
import psycopg2.extensions
import redis
from django.core import mail
from psycopg2 import sql

from jtrack.postgres import POSTGRES_BINARIES, Cluster
from jtrack.roles import DATABASE, password
from tests.rules.canaries import Canary

PAGE_BYTES = 8192
LARGEST_FILE = 256 << 20
CONTROL_FORMS: dict[str, Callable[[str], bytes]] = {
    "as written": str.encode,
    "capitals": lambda text: text.upper().encode(),
    "small letters": lambda text: text.lower().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, one byte before": lambda text: base64.b64encode(b"." + text.encode()),
    "base64, two bytes before": lambda text: base64.b64encode(b".." + text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "utf-16, little end": lambda text: text.encode("utf-16-le"),
    "utf-16, big end": lambda text: text.encode("utf-16-be"),
    "deflate": lambda text: zlib.compress(text.encode()),
    "gzip": lambda text: gzip.compress(text.encode()),
    "url": lambda text: urllib.parse.quote(text).encode(),
    "json": lambda text: json.dumps(text).encode(),
}
# So that one that straddles the edge of a page of the log is not the only one.
TIMES = 3
Bytes = Iterator[bytes]


@dataclass(frozen=True)
class Control:
    """A value in the clear, to be found again."""

    number: int
    form: str
    payload: bytes

    @property
    def is_text(self) -> bool:
        """Whether a log line, a column of text or a message can carry it."""
        return self.payload.isascii() or self.form in {"as written", "capitals", "small letters"}

    @property
    def text(self) -> str:
        """The payload of a text form."""
        return self.payload.decode()


@dataclass(frozen=True)
class Place:
    """Somewhere that is searched, and how a control gets there, unless another place's brings it along."""

    name: str
    read: Callable[[], Bytes]
    plant: Callable[[Sequence[Control]], None] = lambda _: None


def controls_of(canaries: Sequence[Canary]) -> list[Control]:
    """Return one control a form, each of its own canary."""
    pairs = zip(CONTROL_FORMS.items(), canaries, strict=True)
    return [Control(canary.number, form, write(canary.street)) for (form, write), canary in pairs]


def written_since(folder: Path, start: float, *, but: Sequence[Path] = (), largest: int = LARGEST_FILE) -> Bytes:
    """Give the content of every file below a folder that was written since a moment: others hold nothing of ours."""
    for directory, names, files in os.walk(folder):
        here = Path(directory)
        names[:] = [name for name in names if here / name not in but and not (here / name).is_symlink()]
        for path in (here / name for name in files if here / name not in but):
            try:
                status = path.lstat()
                if S_ISREG(status.st_mode) and status.st_mtime >= start and status.st_size <= largest:
                    yield without_holes(path.read_bytes())
            except OSError:
                continue  # gone meanwhile, or somebody else's


def without_holes(data: bytes) -> bytes:
    """Leave out pages that hold nothing but zeros."""
    hole = bytes(PAGE_BYTES)
    pages = (data[start : start + PAGE_BYTES] for start in range(0, len(data), PAGE_BYTES))
    return b"".join(page for page in pages if page != hole)


def into_file(path: Path) -> Callable[[Sequence[Control]], None]:
    """Return what plants controls at the end of a file."""

    def plant(controls: Sequence[Control]) -> None:
        with path.open("ab") as file:
            file.writelines(b"\n" + control.payload + b"\n" for control in controls)

    return plant


def dump_as(cluster: Cluster, role: str, *options: str) -> tuple[int, bytes]:
    """Return the exit code and everything that pg_dump prints for a role, kept in memory."""
    answer = subprocess.run(
        [str(POSTGRES_BINARIES / "pg_dump"), "-h", str(cluster.home.sockets), "-U", role, *options, DATABASE],
        env={**os.environ, "PGPASSWORD": password(cluster.home.passwords, role)},
        capture_output=True,
        check=False,
    )
    return answer.returncode, answer.stdout + answer.stderr


@dataclass
class Watcher:
    """Keeps what the database shows of its sessions while the run goes on."""

    cluster: Cluster
    seen: set[bytes] = field(default_factory=set)
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watcher":
        self._eye = self.cluster.superuser()
        self._eye.autocommit = True
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._eye.close()

    def look(self) -> None:
        """Take one look, as the superuser, to whom everything is shown."""
        with self._eye.cursor() as cursor:
            cursor.execute("SELECT t::text FROM pg_stat_activity t WHERE pid <> pg_backend_pid()")
            self.seen.update(row[0].encode() for row in cursor.fetchall())

    def plant(self, controls: Sequence[Control]) -> None:
        """Ask for each control in a query, and look."""
        connection = self.cluster.superuser()
        for control in controls:
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT %s", [_value(control)])
                self.look()
        connection.close()

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            self.look()


@dataclass
class Database:
    """What the superuser reads out of the running database, and plants in it."""

    connection: psycopg2.extensions.connection

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        """Execute one statement."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)

    def rows_of(self, table: str) -> Bytes:
        """Give each row of a table, text and bytea alike."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.SQL(table)))
            yield b"\n".join(str(row[0]).encode() for row in cursor.fetchall())

    def statistics(self) -> Bytes:
        """Give every view in which the database keeps account of columns, queries and sessions."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace"
                " AND c.relkind IN ('v', 'r') AND (relname LIKE 'pg\\_stat%' OR relname = 'pg_prepared_statements')"
            )
            views = [row[0] for row in cursor.fetchall()]
        for view in views:
            yield from self.rows_of(view)

    def plant_table(self, controls: Sequence[Control]) -> None:
        """Make a table with plain columns."""
        self.run("CREATE TABLE IF NOT EXISTS public.canary_control (said text, kept bytea)")
        for _ in range(TIMES):
            for control in controls:
                column = "said" if control.is_text else "kept"
                self.run(f"INSERT INTO public.canary_control ({column}) VALUES (%s)", [_value(control)])
        self.run("ANALYZE public.canary_control")

    def plant_sessions(self, controls: Sequence[Control]) -> None:
        """Store unsealed sessions."""
        for control in controls:
            self.run(
                "INSERT INTO access_session (session_key, context_hash, opened_at, seen_at, expires_at, data)"
                " VALUES (gen_random_uuid()::text, gen_random_uuid()::text, now(), now(), now(), %s)",
                [psycopg2.Binary(control.payload)],
            )

    def plant_audit(self, controls: Sequence[Control]) -> None:
        """Store events with something personal in a plain column, or unsealed terms."""
        for control in controls:
            self.run(
                "INSERT INTO audit_event (id, written_at, writer, writer_seq, category, code, outcome, actor_name,"
                " actor_area, actor_role, session_hash, ip, device, reason_code, people, object_type, object_id,"
                " fields, terms_sealed, mac) VALUES (gen_random_uuid(), now(), 'control', %s, 'admin', 'help.view',"
                " 'ok', '', '', '', '', '', %s, '', '{}', '', '', '{}', %s, '')",
                [
                    control.number,
                    control.text if control.is_text else "",
                    None if control.is_text else psycopg2.Binary(control.payload),
                ],
            )


@dataclass
class Keys:
    """The broker's keys and files."""

    client: redis.Redis
    folder: Path

    def read(self) -> Bytes:
        """Give the name and content of every key, whatever its type."""
        readers: dict[bytes, Callable[[bytes], object]] = {
            b"string": self.client.get,
            b"list": lambda key: self.client.lrange(key, 0, -1),
            b"set": self.client.smembers,
            b"hash": self.client.hgetall,
            b"zset": lambda key: self.client.zrange(key, 0, -1, withscores=True),
        }
        for key in self.client.scan_iter():
            kind = self.client.type(key)
            assert isinstance(kind, bytes)
            yield key
            yield b"\n".join(_flat(readers[kind](key)))

    def plant(self, controls: Sequence[Control]) -> None:
        """Store a key for each control."""
        for control in controls:
            self.client.set(f"control:{control.form}", control.payload)

    def save(self) -> None:
        """Write everything to disk: the append-only file as it stands, and a snapshot beside it."""
        self.client.config_set("rdbcompression", "no")
        before = self.client.lastsave()
        time.sleep(1.1)
        self.client.bgsave()
        while self.client.lastsave() == before:
            time.sleep(0.05)


def outbox() -> Bytes:
    """Give each mail that was sent, head, text and attachments."""
    for message in getattr(mail, "outbox", []):
        yield message.message().as_bytes()
        yield message.body.encode()
        yield from (
            content if isinstance(content, bytes) else content.encode() for _, content, _ in message.attachments
        )


def plant_mail(controls: Sequence[Control]) -> None:
    """Send a mail with each control."""
    for control in controls:
        message = mail.EmailMessage("control", control.text if control.is_text else "", to=["nobody@example.test"])
        if not control.is_text:
            message.attach("control.bin", control.payload, "application/octet-stream")
        message.send()


def _flat(value: object) -> Bytes:
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _flat(pair)
    elif isinstance(value, (list, tuple, set)):
        for part in value:
            yield from _flat(part)


def _value(control: Control) -> object:
    return control.text if control.is_text else psycopg2.Binary(control.payload)
