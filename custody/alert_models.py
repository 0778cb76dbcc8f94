"""Alerts, who got them, who acknowledged them, how they were passed on, and the mails that say so."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from custody.alert_kinds import ALWAYS_ON, AlertKind, Side
from offenders.models import Offender, visible_to_field
from vault.fields import SealedTextField

KIND_CHOICES = [(kind.value, kind.label) for kind in AlertKind]
SIDE_CHOICES = [
    (Side.MANAGING.value, "The area manages the person"),
    (Side.RELEASING.value, "The person is released to the area"),
]
PRECISIONS = [("day", "Day"), ("second", "Second")]


class AlertQuerySet(models.QuerySet["Alert"]):
    """Words about alerts. None of them asks whose they are: row security does."""

    def live(self) -> "AlertQuerySet":
        """Keep those that nothing has withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def told(self) -> "AlertQuerySet":
        """Keep those that have gone out."""
        return self.filter(delivered_at__isnull=False)

    def waiting(self) -> "AlertQuerySet":
        """Keep those that somebody still has to acknowledge. The partial index has this very condition."""
        return self.told().live().filter(acknowledged_at__isnull=True)

    def once(self) -> "AlertQuerySet":
        """Keep one of those that the reader sees of one occasion: managing first, then the first area's."""
        other = Alert.objects.filter(offender_id=OuterRef("offender_id"), occasion=OuterRef("occasion"))
        first = other.filter(
            Q(side__lt=OuterRef("side")) | Q(side=OuterRef("side"), area_code__lt=OuterRef("area_code"))
        )
        return self.exclude(Exists(first.live()))


class Alert(models.Model):
    """What one area is told of one occasion. Raised once, whatever is delivered twice.

    ``delivered_at``: told from then on; before, it waits for the settling window to end.
    ``late``: kept and not sent, because it was before tracking or its moment had passed.
    ``level``: how far it has been passed on unacknowledged; 1 supervisors, 2 the whole area.
    """

    class Because(models.TextChoices):
        """Why an alert was withdrawn."""

        CORRECTION = "correction", "A corrected file says otherwise"
        LATE_FILE = "late_file", "A file that came late says otherwise"
        STATED = "stated", "A newer file says otherwise"
        AREA = "area", "It concerns another area"
        JOINED = "joined", "The record was joined to another person’s"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="alerts")
    event_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=24, choices=KIND_CHOICES)
    side = models.CharField(max_length=10, choices=SIDE_CHOICES)
    area_code = models.CharField(max_length=4)
    key_id = models.IntegerField()
    occasion = models.BinaryField(max_length=16)
    occurred_at = models.DateTimeField()
    precision = models.CharField(max_length=6, choices=PRECISIONS)
    learned_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    settle_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=12, choices=Because.choices, blank=True, default="")
    old_date = models.DateField(null=True)
    new_date = models.DateField(null=True)
    day_out = models.DateField(null=True)
    certainty = models.CharField(max_length=12, blank=True, default="")
    from_establishment = models.CharField(max_length=6, blank=True, default="")
    to_establishment = models.CharField(max_length=6, blank=True, default="")
    escalates = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=0)
    next_hop_at = models.DateTimeField(null=True)
    visible_to = visible_to_field()

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offender", "occasion", "area_code", "side"],
                condition=Q(withdrawn_at__isnull=True),
                name="alert_live_once_per_occasion_and_side",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
                name="alert_withdrawn_for_a_reason",
                violation_error_message="A withdrawn alert says why.",
            ),
            models.CheckConstraint(
                condition=Q(late=False) | Q(delivered_at__isnull=True),
                name="alert_late_is_not_sent",
                violation_error_message="A late alert is kept and not sent.",
            ),
            models.CheckConstraint(
                condition=Q(next_hop_at__isnull=True) | Q(delivered_at__isnull=False),
                name="alert_escalates_after_it_is_told",
                violation_error_message="Only an alert that was told can be passed on.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AlertKind]),
                name="alert_kind_is_known",
                violation_error_message="The kind is one of the kinds of alert.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["settle_until"],
                condition=Q(delivered_at__isnull=True, late=False, withdrawn_at__isnull=True),
                name="alert_settling",
            ),
            models.Index(
                fields=["next_hop_at"],
                condition=Q(acknowledged_at__isnull=True, withdrawn_at__isnull=True, next_hop_at__isnull=False),
                name="alert_to_pass_on",
            ),
            models.Index(fields=["offender", "occurred_at"], name="alert_of_person"),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"


class AlertReceipt(models.Model):
    """That one officer got an alert: one for each, whatever is delivered twice.

    ``told_at`` is null for a late alert: it says who would have got it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="receipts")
    officer_id = models.UUIDField()
    told_at = models.DateTimeField(null=True)
    withdrawal_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "officer_id"], name="alertreceipt_once_per_recipient"),
            models.CheckConstraint(
                condition=Q(withdrawal_told_at__isnull=True) | Q(told_at__isnull=False),
                name="alertreceipt_withdrawal_to_those_told",
                violation_error_message="A withdrawal goes to those who were told.",
            ),
        ]
        indexes = [models.Index(fields=["officer_id"])]

    def __str__(self) -> str:
        return f"receipt {self.pk}"


class Acknowledgement(models.Model):
    """An officer's word that the area knows; written by the officer, never changed."""

    sealed_subject = "offender_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="acknowledgements")
    offender_id = models.UUIDField()
    officer_id = models.UUIDField()
    officer_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    note = SealedTextField(label="custody.acknowledgement.note")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert", "officer_id"], name="acknowledgement_once_per_officer"),
        ]

    def __str__(self) -> str:
        return f"acknowledgement {self.pk}"


class AlertHop(models.Model):
    """That an alert was passed on because nobody had acknowledged it when the clock ran out."""

    class Level(models.TextChoices):
        """To whom it went. The order is that of the hops."""

        SUPERVISOR = "supervisor", "The supervisors"
        AREA = "area", "The whole area"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="hops")
    level = models.CharField(max_length=10, choices=Level.choices)
    due_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "level"], name="alerthop_once_per_level")]

    def __str__(self) -> str:
        return f"hop {self.pk}"


class AlertSetting(models.Model):
    """How an officer wants to be told; the newest row counts, and none is ever changed."""

    id = models.BigAutoField(primary_key=True)
    officer_id = models.UUIDField()
    kinds_off = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    by_mail = models.BooleanField(default=True)
    digest_hour = models.PositiveSmallIntegerField(default=7)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest_hour__lt=24),
                name="alertsetting_hour_of_the_day",
                violation_error_message="The hour is one of 0 to 23.",
            ),
            models.CheckConstraint(
                condition=~Q(kinds_off__overlap=sorted(kind.value for kind in ALWAYS_ON)),
                name="alertsetting_keeps_what_must_stay_on",
                violation_error_message="These kinds of alert cannot be switched off.",
            ),
        ]
        indexes = [models.Index(fields=["officer_id", "-id"], name="alertsetting_newest")]

    def __str__(self) -> str:
        return f"alert setting {self.pk}"


class Notice(models.Model):
    """A mail to one officer, written down with what it tells of and sent afterwards: the outbox.

    ``items`` counts up until a sender claims it; then it is closed, and the next item opens another.
    """

    class Kind(models.TextChoices):
        """What the mail counts."""

        URGENT = "urgent", "Alerts mailed at once"
        DIGEST = "digest", "Alerts of a day"
        WITHDRAWN = "withdrawn", "Alerts withdrawn"
        ESCALATED = "escalated", "Alerts passed on"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    items = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer_id", "kind"],
                condition=Q(claimed_at__isnull=True),
                name="notice_one_open_per_officer_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(claimed_at__isnull=False),
                name="notice_claimed_before_it_is_sent",
                violation_error_message="A mail is claimed before it is sent.",
            ),
            models.CheckConstraint(
                condition=Q(items__gt=0) & Q(due_at__gte=F("made_at")),
                name="notice_tells_something_in_time",
                violation_error_message="A mail tells of something, and not before it was written.",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at__isnull=True), name="notice_to_send")]

    def __str__(self) -> str:
        return f"notice {self.pk}"
