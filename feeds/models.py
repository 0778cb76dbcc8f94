"""Deliveries, the sealed roll they carry and the account that is given of every row."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from offenders.models import visible_to_field
from vault.fields import SealedJSONField, SealedTextField

SEQUENCE_BITS = 24


def position_of(*, extract_epoch: int, sequence: int) -> int:
    """Return where a delivery stands among those of its feed and supplier.

    Orders by extract time, then by sequence: a corrected file of one extract
    stands right behind the file it corrects.
    """
    return (extract_epoch << SEQUENCE_BITS) | sequence


class Supplier(models.Model):
    """Who may send which feeds, and the Ed25519 key their manifests are signed with.

    ``recipient`` is the supplier's own age key, for rows that go back; blank when it has given none.
    """

    name = models.CharField(primary_key=True, max_length=60)
    public_key = models.BinaryField(max_length=32)
    recipient = models.CharField(max_length=100, blank=True)
    feeds = ArrayField(models.CharField(max_length=20))
    registered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One sealed file as it came in, and what became of it."""

    class State(models.TextChoices):
        """The only states a delivery can be in. Source: feeds.md 1."""

        RECEIVED = "received", "Received"
        PUBLISHED = "published", "Published"
        REFUSED = "refused", "Refused"
        WAITING = "waiting", "Waiting for override"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.CharField(max_length=20)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    sequence = models.PositiveIntegerField()
    extract_at = models.DateTimeField()
    position = models.BigIntegerField()
    corrects = models.PositiveIntegerField(null=True)
    forces = ArrayField(models.CharField(max_length=2), default=list)
    rows = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    sealed_sha256 = models.CharField(max_length=64, unique=True)
    manifest = models.JSONField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    fault_code = models.CharField(max_length=12, blank=True)
    fault_message = models.CharField(max_length=300, blank=True)
    fault_cure = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    statement = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "supplier", "sequence"], name="delivery_sequence_once"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="delivery_published_has_time",
            ),
        ]
        indexes = [models.Index(fields=["feed", "supplier", "position"])]

    def __str__(self) -> str:
        return f"{self.feed} {self.sequence}"


class DeliveryPiece(models.Model):
    """A megabyte of the ciphertext, kept until 28 days after publishing."""

    # Made here: to be told a number by the database, the web role would have to be able to read the table.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    ciphertext = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="deliverypiece_once")]

    def __str__(self) -> str:
        return f"piece {self.number} of {self.delivery_id}"


class SourceRecord(models.Model):
    """A feed's own record of a person: the sender's key, as a token only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.CharField(max_length=20)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, db_index=False)
    token = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "supplier", "token"], name="sourcerecord_token_once")]

    def __str__(self) -> str:
        return f"{self.feed} record {self.pk}"


class RowVersion(models.Model):
    """What a record's row said from one delivery on, sealed whole.

    ``content_mac`` is the keyed digest of the content, ``stated_mac`` that of the columns it was read from: a later
    row with the same one need not be read. It is null where a row must be judged each time it comes.
    """

    sealed_row = "record_id"
    sealed_subject = "record_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Found by its record through the constraint's index.
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="versions", db_index=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT)
    position = models.BigIntegerField()
    content_mac = models.BinaryField(max_length=16)
    stated_mac = models.BinaryField(max_length=16, null=True)
    content = SealedJSONField(label="feeds.rowversion.content")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "position"], name="rowversion_once")]

    def __str__(self) -> str:
        return f"version {self.pk}"


class SourceToken(models.Model):
    """An identifier or match token that some version of a record has carried."""

    record = models.ForeignKey(SourceRecord, on_delete=models.CASCADE, related_name="tokens", db_index=False)
    kind = models.CharField(max_length=16)
    token = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "kind", "token"], name="sourcetoken_once")]
        indexes = [models.Index(fields=["kind", "token"])]

    def __str__(self) -> str:
        return f"{self.kind} token of {self.record_id}"


class DeliveryMember(models.Model):
    """A run of deliveries that a person's token stood in, by position, both ends included.

    ``last_seen`` is null while the newest delivery holds the person. Kept for
    ever: it answers whether someone was in a given file. Source: feeds.md 8.
    """

    feed = models.CharField(max_length=20)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, db_index=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, db_index=False)
    token = models.BinaryField(max_length=16)
    first_seen = models.BigIntegerField()
    last_seen = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "supplier", "token", "first_seen"], name="deliverymember_once"),
            models.CheckConstraint(
                condition=Q(last_seen__isnull=True) | Q(last_seen__gte=models.F("first_seen")),
                name="deliverymember_run_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"member run {self.pk}"


class QuarantinedRow(models.Model):
    """A row that could not be taken: where it stood, what is wrong, how to mend it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="quarantine")
    line = models.PositiveIntegerField()
    code = models.CharField(max_length=8)
    field = models.CharField(max_length=60)
    message = models.CharField(max_length=300)
    cure = models.CharField(max_length=300)
    token = models.BinaryField(max_length=16, null=True)
    raw = SealedTextField(label="feeds.quarantinedrow.raw", null=True)

    def __str__(self) -> str:
        return f"line {self.line}: {self.code}"


class MatchCase(models.Model):
    """A doubtful match for a person to decide, with its own sealed copy of the fields."""

    class Rule(models.TextChoices):
        """Why it could not be decided by rule. Source: feeds.md 10.18."""

        CONTRADICTED = "contradicted", "An identifier agrees; surname and date of birth do not"
        NAME_ONLY = "name_only", "Name and date of birth agree; no identifier does"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    other_record_id = models.UUIDField()
    feed = models.CharField(max_length=20)
    rule = models.CharField(max_length=20, choices=Rule.choices)
    deciding_fields = SealedJSONField(label="feeds.matchcase.deciding_fields")
    delivery_id = models.UUIDField()
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    visible_to = visible_to_field()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_id", "other_record_id", "rule"], name="matchcase_once")]

    def __str__(self) -> str:
        return f"match case {self.pk}"


class Override(models.Model):
    """An operator's decision to publish a held delivery all the same; the worker carries it out.

    The reason is free text and may name somebody, so it is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="overrides")
    fault_code = models.CharField(max_length=12)
    officer_id = models.UUIDField()
    officer_name = models.CharField(max_length=120)
    reason = SealedTextField(label="feeds.override.reason")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "fault_code"], name="override_once_per_fault")]

    def __str__(self) -> str:
        return f"override of {self.delivery_id}"


class RefusedFile(models.Model):
    """A file that was refused on arrival, before it became a delivery; nothing of it was kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    came_by = models.CharField(max_length=10)
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.UUIDField(null=True)
    code = models.CharField(max_length=12)
    place = models.CharField(max_length=100)
    message = models.CharField(max_length=300)
    cure = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["received_at"])]

    def __str__(self) -> str:
        return f"refused file {self.pk}"


class ReturnPackage(models.Model):
    """A delivery's quarantined rows, sealed to the sender's own key: nobody here can open it."""

    delivery = models.OneToOneField(Delivery, primary_key=True, on_delete=models.CASCADE, related_name="returns")
    rows = models.PositiveIntegerField()
    ciphertext = models.BinaryField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"return package of {self.delivery_id}"


class OverlapCount(models.Model):
    """How many people of a delivery stand in one combination of feeds, and a digest of who they are.

    Source: security.md 4.2 (the overlap ledger): how the sets overlapped, on any date.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="overlaps")
    feeds = ArrayField(models.CharField(max_length=20))
    known_before = models.BooleanField()
    people = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "feeds", "known_before"], name="overlapcount_region_once")
        ]

    def __str__(self) -> str:
        return f"overlap of {self.delivery_id}"


class FeedIncident(models.Model):
    """A feed that is late: raised when its day has passed, ended by the delivery that comes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.CharField(max_length=20)
    expected_on = models.DateField()
    raised_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Delivery, null=True, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed"], condition=Q(ended_at__isnull=True), name="feedincident_one_open_per_feed"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="feedincident_ended_by_a_delivery",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feed} late since {self.expected_on}"
