"""People, and the facts that source records state about who they are.

A fact belongs to a source record and is only ever inserted. Which person a
record speaks of is said by its live RecordLink and by nothing else.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from vault.fields import SealedCharField, SealedDateField, SealedJSONField, SealedTextField


def visible_to_field() -> "ArrayField[list[int], list[int]]":
    """Return the routing column that row security reads; only the worker sets it."""
    return ArrayField(models.IntegerField(), default=list, editable=False)


class Offender(models.Model):
    """One person. Holds nothing but a random id and who may see it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    visible_to = visible_to_field()

    def __str__(self) -> str:
        return f"offender {self.pk}"


class RecordLink(models.Model):
    """Says that a source record speaks of this person, since when and by which rule."""

    class Rule(models.TextChoices):
        """Why the record was linked."""

        OWN_RECORD = "own", "The scheme's own record of the person"
        IDENTIFIER = "identifier", "An identifier agrees, and the surname or date of birth"
        JOINED = "joined", "A third record's identifiers show that two people are one"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    feed = models.CharField(max_length=20)
    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="links")
    rule = models.CharField(max_length=20, choices=Rule.choices)
    model = models.CharField(max_length=20, default="rules-1")
    weight = models.FloatField(null=True)
    delivery_id = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    visible_to = visible_to_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_id"],
                condition=Q(ended_at__isnull=True),
                name="recordlink_one_live_per_record",
            ),
            models.CheckConstraint(
                condition=Q(delivery_id__isnull=False) | Q(decided_by__isnull=False),
                name="recordlink_says_who_or_what_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"link of record {self.record_id}"


class RecordFact(models.Model):
    """What one source record stated from a moment on; superseded, never updated."""

    sealed_subject = "record_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.UUIDField()
    delivery_id = models.UUIDField()
    valid_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    visible_to = visible_to_field()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["record_id", "valid_at"])]

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


class PersonalDetails(RecordFact):
    """Name, date of birth and sex as a record stated them."""

    surname = SealedCharField(label="offenders.personaldetails.surname", max_length=100)
    forenames = SealedCharField(label="offenders.personaldetails.forenames", max_length=150)
    date_of_birth = SealedDateField(label="offenders.personaldetails.date_of_birth", null=True)
    sex = SealedCharField(label="offenders.personaldetails.sex", max_length=20)
    aliases = SealedJSONField(label="offenders.personaldetails.aliases", null=True)


class Identifier(RecordFact):
    """A PNC ID, CRO number or prison number; searched by blind index, kept as stated too.

    ``index`` is null when the stated form breaks the rule of its kind: such a
    number is shown, but links nothing. Source: feeds.md 10.3.
    """

    kind = models.CharField(max_length=20)
    value = SealedCharField(label="offenders.identifier.value", max_length=40)
    index = models.BinaryField(max_length=16, null=True)

    class Meta(RecordFact.Meta):
        indexes = [
            models.Index(fields=["record_id", "valid_at"]),
            models.Index(fields=["kind", "index"]),
        ]


class Address(RecordFact):
    """A home, discharge or scheme address as a record stated it."""

    class Kind(models.TextChoices):
        """Which address of the person it is."""

        HOME = "home", "Home address"
        DISCHARGE = "discharge", "Discharge address"
        SCHEME = "scheme", "Address held by the scheme"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    lines = SealedJSONField(label="offenders.address.lines")
    postcode = SealedCharField(label="offenders.address.postcode", max_length=10)


class SchemeMembership(RecordFact):
    """What a PPO scheme said of its person: adopted where and how, or removed.

    ``strand`` is blank once removed. The area and the rest are sealed: routing
    opens them in the worker, and ``visible_to`` carries the result.
    """

    class Strand(models.TextChoices):
        """The three strands of the PPO programme. Source: feeds.md 5."""

        PREVENT_AND_DETER = "PREVENT_AND_DETER", "Prevent and deter"
        CATCH_AND_CONVICT = "CATCH_AND_CONVICT", "Catch and convict"
        REHABILITATE_AND_RESETTLE = "REHABILITATE_AND_RESETTLE", "Rehabilitate and resettle"

    strand = models.CharField(max_length=30, choices=Strand.choices, blank=True)
    area_code = SealedCharField(label="offenders.schememembership.area_code", max_length=4)
    reference = SealedCharField(label="offenders.schememembership.reference", max_length=40)
    adopted_on = SealedDateField(label="offenders.schememembership.adopted_on", null=True)
    removed_on = SealedDateField(label="offenders.schememembership.removed_on", null=True)
    removal_reason = SealedTextField(label="offenders.schememembership.removal_reason")
    lead_officer = SealedCharField(label="offenders.schememembership.lead_officer", max_length=100)
    mappa_level = SealedCharField(label="offenders.schememembership.mappa_level", max_length=1)
    sex_offender = SealedCharField(label="offenders.schememembership.sex_offender", max_length=1)


class Supersession(models.Model):
    """Says that a fact no longer stands, and which delivery showed it."""

    fact_id = models.UUIDField(primary_key=True)
    record_id = models.UUIDField(db_index=True)
    delivery_id = models.UUIDField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    because = models.CharField(max_length=12)
    visible_to = visible_to_field()

    def __str__(self) -> str:
        return f"supersession of {self.fact_id}"


class Profile(models.Model):
    """Who the person is, at a glance: derived from the facts, rebuilt at any time."""

    sealed_subject = "offender_id"
    sealed_row = "offender_id"

    offender = models.OneToOneField(Offender, primary_key=True, on_delete=models.CASCADE)
    strand = models.CharField(max_length=30, blank=True)
    surname = SealedCharField(label="offenders.profile.surname", max_length=100)
    forenames = SealedCharField(label="offenders.profile.forenames", max_length=150)
    date_of_birth = SealedDateField(label="offenders.profile.date_of_birth", null=True)
    sex = SealedCharField(label="offenders.profile.sex", max_length=20)
    scheme = SealedJSONField(label="offenders.profile.scheme")
    digest = models.BinaryField(max_length=16)
    visible_to = visible_to_field()

    def __str__(self) -> str:
        return f"profile of {self.pk}"
