"""Writes events: sealed where they hold words, numbered and authenticated by the process that writes them."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections
from prometheus_client import Counter

from audit.authentication import authenticate
from audit.codes import Code, Outcome
from audit.numbers import current_number
from vault.seal import seal

__all__ = ["SERVICE", "Actor", "AuditUnavailableError", "Code", "Outcome", "acting_as", "current_actor", "record"]

ALIAS = "gate"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
COLUMNS = (
    "id", "written_at", "writer", "writer_seq", "request_id", "category", "code", "outcome", "actor_id",
    "actor_name", "actor_area", "actor_role", "session_hash", "ip", "device", "reason_code", "reason_sealed",
    "people", "object_type", "object_id", "fields", "terms_sealed", "result_count", "delivery_id",
    "disclosure_id", "mac",
)  # fmt: skip
INSERT = (
    f"INSERT INTO audit_event ({', '.join(COLUMNS)}) "  # noqa: S608 - the columns are the constant above
    f"VALUES ({', '.join('%s' for _ in COLUMNS)})"
)


EVENTS = Counter("jtrack_audit_events", "Events written to the trail, by code and outcome.", ["code", "outcome"])
LOST = Counter("jtrack_audit_refusals", "Events that the trail could not take, by code.", ["code"])


class AuditUnavailableError(Exception):
    """The event could not be written, so nothing that it would have covered may be answered."""


@dataclass(frozen=True)
class Actor:
    """Who acts, as values that outlive the account."""

    id: uuid.UUID | None
    name: str
    area: str = ""
    role: str = ""
    session_hash: str = ""
    ip: str = ""
    device: str = ""
    request_id: uuid.UUID | None = None
    because: str = ""


SERVICE = Actor(id=None, name="service", role="service")
NOBODY = Actor(id=None, name="", role="")

_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


class _Writer:
    """Numbers this process's events without a gap; a fork or a failed insert starts a new writer."""

    def __init__(self) -> None:
        self.after_fork()

    def renew(self) -> None:
        """Take a new name and count from one."""
        boot = BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else "unknown"
        self.name = f"{boot}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        self.next_number = 1

    def after_fork(self) -> None:
        """Drop the parent's lock, which another thread may have held, and its name."""
        self.lock = threading.Lock()
        self.renew()


_writer = _Writer()
os.register_at_fork(after_in_child=_writer.after_fork)


@contextmanager
def acting_as(actor: Actor, *, because: str = "") -> Iterator[Actor]:
    """Let every event inside carry this actor; commands and tasks enter with SERVICE and a reason."""
    named = replace(actor, because=because) if because else actor
    token = _actor.set(named)
    try:
        yield named
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    """Return who acts now."""
    return _actor.get()


def record(  # noqa: PLR0913 - an event has many sides, all of them named by the caller
    code: Code,
    *,
    outcome: Outcome = Outcome.OK,
    people: Iterable[uuid.UUID] = (),
    fields: Iterable[str] = (),
    result_count: int | None = None,
    object_type: str = "",
    object_id: object = "",
    terms: str | None = None,
    reason_code: str = "",
    reason: str | None = None,
    delivery_id: uuid.UUID | None = None,
    disclosure_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write one event on the gate connection, committed when this returns, and return its id.

    Raises: AuditUnavailableError when it could not be written.
    """
    event_id = uuid.uuid4()
    why = reason or current_actor().because
    _insert(
        {
            "id": event_id,
            "category": code.category.value,
            "code": code.value,
            "outcome": outcome.value,
            "reason_code": reason_code,
            "reason_sealed": _sealed(why, label="audit.reason", row=event_id),
            "people": sorted(set(people)),
            "object_type": object_type,
            "object_id": str(object_id),
            "fields": sorted(set(fields)),
            "terms_sealed": _sealed(terms, label="audit.terms", row=event_id),
            "result_count": result_count,
            "delivery_id": delivery_id,
            "disclosure_id": disclosure_id,
            **_actor_columns(current_actor()),
        }
    )
    return event_id


def _actor_columns(actor: Actor) -> dict[str, Any]:
    return {
        "request_id": actor.request_id or current_number(),
        "actor_id": actor.id,
        "actor_name": actor.name[:120],
        "actor_area": actor.area[:200],
        "actor_role": actor.role[:200],
        "session_hash": actor.session_hash,
        "ip": actor.ip[:45],
        "device": actor.device[:200],
    }


def _sealed(text: str | None, *, label: str, row: uuid.UUID) -> bytes | None:
    return seal(text.encode(), purpose="audit", label=label, row=row.bytes) if text else None


def _insert(values: dict[str, Any]) -> None:
    with _writer.lock:
        values |= {
            "written_at": datetime.now(UTC),
            "writer": _writer.name,
            "writer_seq": _writer.next_number,
        }
        values["mac"] = authenticate(values)
        try:
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(INSERT, [values[column] for column in COLUMNS])
        except DatabaseError as error:
            # Whether the row is there is unknown, so its number must not be used again.
            _writer.renew()
            LOST.labels(values["code"]).inc()
            raise AuditUnavailableError("the audit trail refused an event; see the database's log") from error
        _writer.next_number += 1
    EVENTS.labels(values["code"], values["outcome"]).inc()
