"""The links by which calendar programs read how many people are due out each day."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from access.models import Officer


class CalendarLink(models.Model):
    """One officer's link for a calendar program. Only the hash of its unguessable part is kept.

    The web role adds links of its own officer and ends them; a definer function counts the reads.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="calendar_links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    hour_began_at = models.DateTimeField(null=True)
    reads_in_hour = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], condition=Q(revoked_at__isnull=True), name="calendarlink_one_live_per_officer"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")),
                name="calendarlink_expires_after_it_is_made",
                violation_error_message="A calendar link expires after it is made.",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar link {self.pk}"
