"""Custody facts of source records, the events they raise and the projection pages read."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from custody.alert_models import Alert  # noqa: F401 - Django looks for models here
from custody.calendar_models import CalendarLink  # noqa: F401 - Django looks for models here
from custody.release_dates import Certainty
from custody.search_models import SavedSearch  # noqa: F401 - Django looks for models here
from offenders.models import Offender, RecordFact, visible_to_field
from vault.fields import SealedCharField

CERTAINTIES = [(certainty.value, certainty.label) for certainty in Certainty]


class Establishment(models.Model):
    """A prison of the register, active or closed. Source: reference/prisons.csv."""

    code = models.CharField(primary_key=True, max_length=6)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=60)
    town = models.CharField(max_length=60, blank=True)
    active = models.BooleanField()

    def __str__(self) -> str:
        return self.name


class MovementReason(models.Model):
    """A reason code of a movement type. Source: reference/movement_reasons.csv."""

    movement_type = models.CharField(max_length=3)
    code = models.CharField(max_length=12)
    description = models.CharField(max_length=120)
    active = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["movement_type", "code"], name="movementreason_once_per_type")]

    def __str__(self) -> str:
        return f"{self.movement_type}/{self.code}"


class PostcodeDistrict(models.Model):
    """Which areas a postcode district releases to, already resolved by the rule."""

    district = models.CharField(primary_key=True, max_length=4)
    area_codes = ArrayField(models.CharField(max_length=4))

    def __str__(self) -> str:
        return self.district


class CustodyStatus(models.TextChoices):
    """Custody status as the prison feeds state it; blank when absent from the roll."""

    ACTIVE_IN = "ACTIVE IN", "In the establishment"
    ACTIVE_OUT = "ACTIVE OUT", "At court or on temporary absence"
    INACTIVE_TRN = "INACTIVE TRN", "Between establishments"
    INACTIVE_OUT = "INACTIVE OUT", "Released"
    ABSENT = "ABSENT", "Not in the roll"


class CustodyStatement(RecordFact):
    """What the roll said of a person's custody from one extract on.

    ABSENT states that the complete snapshot did not hold the person;
    ``last_seen_at`` is then the last extract that did.
    """

    custody_status = models.CharField(max_length=12, choices=CustodyStatus.choices)
    establishment_code = models.CharField(max_length=6, blank=True)
    legal_status = SealedCharField(label="custody.custodystatement.legal_status", max_length=60)
    booking_number = SealedCharField(label="custody.custodystatement.booking_number", max_length=10)
    first_received_on = models.DateField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    class Meta(RecordFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(custody_status="ABSENT", last_seen_at__isnull=False)
                | (~Q(custody_status="ABSENT") & Q(last_seen_at__isnull=True)),
                name="custodystatement_absence_has_last_seen",
            )
        ]


class Movement(RecordFact):
    """A movement as a row stated it: type, direction, reason, establishment and time.

    ``valid_at`` is when it happened, ``learned_at`` the extract that first said so.
    """

    class Precision(models.TextChoices):
        """How exactly the time is known."""

        DAY = "day", "Day"
        SECOND = "second", "Second"

    movement_type = models.CharField(max_length=3)
    direction = models.CharField(max_length=3)
    precision = models.CharField(max_length=6, choices=Precision.choices)
    establishment_code = models.CharField(max_length=6, blank=True)
    reason_code = SealedCharField(label="custody.movement.reason_code", max_length=12)
    learned_at = models.DateTimeField()


class ReleaseDate(RecordFact):
    """A release date of one type as stated from one extract on; null is a withdrawal.

    A form that carries both what was calculated and what an officer set against it states two facts.
    """

    class Basis(models.TextChoices):
        """Where the date comes from, as the form says; blank where it carries one value alone."""

        CALCULATED = "calculated", "Calculated"
        OVERRIDDEN = "overridden", "Set by the prison against the calculation"

    date_type = models.CharField(max_length=10)
    date = models.DateField(null=True)
    basis = models.CharField(max_length=10, choices=Basis.choices, blank=True, default="")

    class Meta(RecordFact.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(basis__in=["", "calculated", "overridden"]),
                name="releasedate_basis_is_known",
                violation_error_message="The basis is blank, calculated or overridden.",
            )
        ]


class EventKind(models.TextChoices):
    """What can happen to a person in custody. Labels are the words of the pages."""

    ENTERED = "entered", "entered custody"
    TRANSFERRED = "transferred", "transferred"
    AT_COURT = "at_court", "taken to court"
    RETURNED_FROM_COURT = "returned_from_court", "returned from court"
    TEMPORARY_ABSENCE = "temporary_absence", "left on temporary absence"
    RETURNED_FROM_ABSENCE = "returned_from_absence", "returned from temporary absence"
    IN_TRANSIT = "in_transit", "left for another prison"
    RELEASED = "released", "released"
    RECALLED = "recalled", "recalled to prison"
    ESCAPED = "escaped", "escaped"
    ABSCONDED = "absconded", "absconded"
    UNLAWFULLY_AT_LARGE = "at_large", "unlawfully at large"
    RECAPTURED = "recaptured", "back in custody after being at large"
    TO_HOSPITAL = "to_hospital", "moved to hospital"
    REMOVED = "removed", "removed from the country"
    DIED = "died", "died"
    MISSING_FROM_FEED = "missing_from_feed", "missing from the prison file"
    BACK_IN_FEED = "back_in_feed", "back in the prison file"
    RELEASE_DATE_SET = "release_date_set", "release date set"
    RELEASE_DATE_CHANGED = "release_date_changed", "release date changed"
    RELEASE_DATE_WITHDRAWN = "release_date_withdrawn", "release date withdrawn"
    RELEASE_DATE_CONFIRMED = "release_date_confirmed", "release date confirmed"
    ADOPTED_IN_CUSTODY = "adopted_in_custody", "adopted, found in custody"


class CustodyEvent(models.Model):
    """Something that happened, derived from the facts; withdrawn when they disprove it.

    ``certainty`` is that of the new date, blank where there is none.
    """

    sealed_subject = "offender_id"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offender = models.ForeignKey(Offender, on_delete=models.PROTECT, related_name="events")
    record_id = models.UUIDField()
    kind = models.CharField(max_length=24, choices=EventKind.choices)
    key = models.BinaryField(max_length=16)
    occurred_at = models.DateTimeField()
    precision = models.CharField(max_length=6, choices=Movement.Precision.choices)
    learned_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    delivery_id = models.UUIDField()
    from_establishment = models.CharField(max_length=6, blank=True)
    to_establishment = models.CharField(max_length=6, blank=True)
    old_date = models.DateField(null=True)
    new_date = models.DateField(null=True)
    certainty = models.CharField(max_length=12, choices=CERTAINTIES, blank=True, default="")
    reason_code = SealedCharField(label="custody.custodyevent.reason_code", max_length=12)
    before_tracking = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    visible_to = visible_to_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offender", "key"],
                condition=Q(withdrawn_at__isnull=True),
                name="custodyevent_live_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="custodyevent_withdrawn_by_a_delivery",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values),
                name="custodyevent_kind_is_known",
                violation_error_message="The kind is one of the kinds of event.",
            ),
            models.CheckConstraint(
                condition=Q(certainty__in=["", *(code for code, _ in CERTAINTIES)]),
                name="custodyevent_certainty_is_known",
                violation_error_message="The certainty is blank or one of the five.",
            ),
        ]
        indexes = [
            models.Index(fields=["recorded_at"]),
            models.Index(fields=["offender", "occurred_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Whereabouts(models.TextChoices):
    """Where a person is now, as the facts say. Labels are the words of the pages."""

    IN_CUSTODY = "in_custody", "In custody"
    AT_COURT = "at_court", "At court"
    TEMPORARY_ABSENCE = "temporary_absence", "Temporary absence"
    IN_TRANSIT = "in_transit", "Between prisons"
    MISSING = "missing", "Missing from feed"
    COMMUNITY = "community", "In the community"
    UNLAWFULLY_AT_LARGE = "at_large", "Unlawfully at large"
    HOSPITAL = "hospital", "In hospital"
    REMOVED = "removed", "Removed from the country"
    DIED = "died", "Died"


class CustodyState(models.Model):
    """One row per person: the state the facts amount to. Rebuilt by check_projection."""

    sealed_subject = "offender_id"
    sealed_row = "offender_id"

    offender = models.OneToOneField(Offender, primary_key=True, on_delete=models.CASCADE, related_name="custody_state")
    whereabouts = models.CharField(max_length=20, choices=Whereabouts.choices)
    establishment_code = models.CharField(max_length=6, blank=True)
    since = models.DateTimeField(null=True)
    in_custody_since = models.DateTimeField(null=True)
    unconfirmed_since = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    release_date = models.DateField(null=True)
    release_date_type = models.CharField(max_length=10, blank=True)
    certainty = models.CharField(max_length=12, blank=True)
    eligible_date = models.DateField(null=True)
    eligible_date_type = models.CharField(max_length=10, blank=True)
    legal_status = SealedCharField(label="custody.custodystate.legal_status", max_length=60)
    last_event_kind = models.CharField(max_length=24, blank=True)
    last_event_at = models.DateTimeField(null=True)
    digest = models.BinaryField(max_length=16)
    visible_to = visible_to_field()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(whereabouts__in=Whereabouts.values),
                name="custodystate_whereabouts_is_known",
                violation_error_message="The whereabouts are one of the list.",
            ),
            models.CheckConstraint(
                condition=Q(certainty__in=["", *(code for code, _ in CERTAINTIES)]),
                name="custodystate_certainty_is_known",
                violation_error_message="The certainty is blank or one of the five.",
            ),
        ]

    def __str__(self) -> str:
        return f"custody state of {self.pk}"
