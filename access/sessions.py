"""Sealed sessions in our own table: one row is a signed-in browser and its row-security context."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from access.models import Officer, Session
from access.row_security import context_token
from audit.trail import Actor, Code, acting_as, record
from vault.seal import SealError, seal, unseal

# Also in sec.officer(), which refuses an idle context by itself.
IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=8)
TOUCH_AFTER = timedelta(seconds=20)
LABEL = "access.session"
METHODS_KEY = "account_authentication_methods"


class SealingSerializer:
    """Turns a session's content into a sealed token and back; allauth keeps whole forms in it."""

    def __init__(self, row: bytes = b"session") -> None:
        """Bind the tokens to one session's row."""
        self.row = row

    def dumps(self, obj: dict[str, Any]) -> bytes:
        """Return the sealed JSON text of a session."""
        return seal(json.dumps(obj).encode(), purpose="sessions", label=LABEL, row=self.row)

    def loads(self, data: bytes) -> dict[str, Any]:
        """Return the content of a sealed session.

        Raises: SealError when it was sealed for another session or altered.
        """
        content: dict[str, Any] = json.loads(unseal(bytes(data), purpose="sessions", label=LABEL, row=self.row))
        return content


class SessionStore(SessionBase):
    """Keeps sessions by the hash of their cookie, and ends them by time or by hand."""

    def __init__(self, session_key: str | None = None) -> None:
        """Take the cookie's value, if there was one."""
        super().__init__(session_key)
        self.row: Session | None = None

    def exists(self, session_key: str) -> bool:
        """Say whether a cookie's value is taken."""
        return Session.objects.filter(pk=key_hash(session_key)).exists()

    def load(self) -> dict[str, Any]:
        """Return the content of the live session behind the cookie, or start an empty one."""
        row = Session.objects.select_related("account", "officer").filter(pk=key_hash(self.session_key or "")).first()
        if row is None or not _is_live(row):
            self._session_key = None
            return {}
        try:
            content = SealingSerializer(row.pk.encode()).loads(bytes(row.data))
        except SealError:
            self._session_key = None
            return {}
        self.row = row
        return content

    def create(self) -> None:
        """Store an empty session under a new cookie value."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # not in stubs
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's own signature
        """Store the content; binding an account ends that account's other sessions.

        Raises: CreateError when the value is taken; UpdateError when the session has ended meanwhile.
        """
        if self.session_key is None:
            self.create()
            return
        content = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # not in stubs
        row_key = key_hash(self.session_key)
        bound = _binding(content)
        data = SealingSerializer(row_key.encode()).dumps(content)
        if must_create:
            self.row = _inserted(self.session_key, data, bound)
            return
        changed = Session.objects.filter(pk=row_key, revoked_at=None).update(data=data, **bound)
        if not changed:
            raise UpdateError
        if bound["account_id"] and (self.row is None or self.row.account_id != bound["account_id"]):
            end_sessions(bound["account_id"], but=row_key)

    def delete(self, session_key: str | None = None) -> None:
        """End a session for good."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(pk=key_hash(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the sessions that ended by their absolute limit."""
        Session.objects.filter(expires_at__lte=timezone.now()).delete()


def key_hash(cookie: str) -> str:
    """Return under what a session is stored: whoever reads the table cannot take a session over."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def end_sessions(account_id: uuid.UUID, *, but: str = "") -> int:
    """End an account's sessions at once and return how many there were."""
    live = Session.objects.filter(account_id=account_id, revoked_at=None).exclude(pk=but)
    return live.update(revoked_at=timezone.now())


def touch(row: Session) -> None:
    """Note that the session is in use; its idle limit counts from here."""
    now = timezone.now()
    if now - row.seen_at >= TOUCH_AFTER:
        Session.objects.filter(pk=row.pk, revoked_at=None).update(seen_at=now)
        row.seen_at = now


def ends_at(row: Session) -> datetime:
    """Return when the session ends if nothing more is asked of it."""
    return min(row.expires_at, row.seen_at + IDLE_LIMIT)


def _is_live(row: Session) -> bool:
    if row.revoked_at is not None or (row.account and not row.account.is_active):
        return False
    if timezone.now() < ends_at(row):
        return True
    _time_out(row)
    return False


def _time_out(row: Session) -> None:
    ended, _ = Session.objects.filter(pk=row.pk).delete()
    if ended and row.account_id:
        officer = Officer.objects.using("gate").filter(account_id=row.account_id).first()
        actor = Actor(id=officer.pk if officer else None, name=officer.name if officer else "", session_hash=row.pk)
        with acting_as(actor):
            record(Code.SESSION_TIMED_OUT)


def _binding(content: dict[str, Any]) -> dict[str, uuid.UUID | None]:
    """Return whose session it is; the officer, and with it any row, only after a second factor."""
    account = content.get(SESSION_KEY)
    if not account:
        return {"account_id": None, "officer_id": None}
    methods = content.get(METHODS_KEY) or []
    officer = None
    if any(method.get("method") == "mfa" for method in methods):
        officer = Officer.objects.using("gate").filter(account_id=account).values_list("pk", flat=True).first()
    return {"account_id": uuid.UUID(account), "officer_id": officer}


def _inserted(cookie: str, data: bytes, bound: dict[str, uuid.UUID | None]) -> Session:
    now = timezone.now()
    row = Session(
        session_key=key_hash(cookie),
        context_hash=hashlib.sha256(context_token(cookie).encode()).hexdigest(),
        opened_at=now,
        seen_at=now,
        expires_at=now + ABSOLUTE_LIMIT,
        data=data,
        **bound,
    )
    try:
        row.save(force_insert=True)
    except IntegrityError as error:
        raise CreateError from error
    except DatabaseError as error:
        raise UpdateError from error
    return row
