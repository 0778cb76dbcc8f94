"""The event: one line of the trail, never changed and pointing at nothing."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, F, Func, Max

from audit.codes import Code, Outcome

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    TextField = models.Field[str, str]
else:
    TextField = models.Field


class TransactionIdField(TextField):
    """The eight-byte transaction id that orders events for sealing."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 - Django's signature
        """Return the column's type in PostgreSQL."""
        return "xid8"


class EventQuerySet(models.QuerySet["Event"]):
    """Words about events."""

    def by_actor(self, actor_id: uuid.UUID) -> EventQuerySet:
        """Keep what one officer or service did."""
        return self.filter(actor_id=actor_id)

    def denied(self) -> EventQuerySet:
        """Keep what was refused."""
        return self.filter(outcome=Outcome.DENIED)

    def since(self, start: datetime) -> EventQuerySet:
        """Keep what happened from a moment on."""
        return self.filter(at__gte=start)

    def count_by_code(self) -> list[tuple[str, int]]:
        """Return how often each thing happened, in words, the most frequent first."""
        counted = self.order_by().values_list("code").annotate(times=Count("id")).order_by("-times", "code")
        return [(Code(code).description, times) for code, times in counted]

    def count_by_actor(self) -> list[dict[str, Any]]:
        """Return each officer or service with their number of events, people and the last time."""
        counted = self.order_by().values("actor_id", "actor_name")
        return [dict(row) for row in counted.annotate(times=Count("id"), last=Max("at")).order_by("-times")]

    def count_by_person(self) -> list[dict[str, Any]]:
        """Return each person's reference with how often and by how many officers they were looked at."""
        each = self.order_by().annotate(person=Func(F("people"), function="unnest")).values("person")
        counted = each.annotate(times=Count("id"), officers=Count("actor_id", distinct=True))
        return [dict(row) for row in counted.order_by("-times")]


class Event(models.Model):
    """Who did what to which references, by value: it outlives everything that it names.

    Source: security.md 3.1; Data Protection Act 2018, section 62.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(editable=False)
    xid = TransactionIdField(editable=False)
    written_at = models.DateTimeField()
    writer = models.CharField(max_length=80)
    writer_seq = models.BigIntegerField()
    request_id = models.UUIDField(null=True)
    category = models.CharField(max_length=12)
    code = models.CharField(max_length=30)
    outcome = models.CharField(max_length=6)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    actor_area = models.CharField(max_length=200, blank=True)
    actor_role = models.CharField(max_length=200, blank=True)
    session_hash = models.CharField(max_length=64, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    reason_sealed = models.BinaryField(null=True)
    people = ArrayField(models.UUIDField(), default=list)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    fields = ArrayField(models.CharField(max_length=120), default=list)
    terms_sealed = models.BinaryField(null=True)
    result_count = models.IntegerField(null=True)
    delivery_id = models.UUIDField(null=True)
    disclosure_id = models.UUIDField(null=True)
    mac = models.BinaryField()

    objects = EventQuerySet.as_manager()

    class Meta:
        """Read by time, by actor and by person; a writer uses each number once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["writer", "writer_seq"], name="event_writer_seq_once")]
        indexes: ClassVar = [
            models.Index(fields=["at"], name="event_at"),
            models.Index(fields=["actor_id", "at"], name="event_actor_at"),
            GinIndex(fields=["people"], name="event_people"),
        ]

    def __str__(self) -> str:
        """Return the code and outcome."""
        return f"{self.code} {self.outcome}"

    @property
    def description(self) -> str:
        """What happened, in words."""
        return Code(self.code).description
