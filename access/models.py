"""Forces, areas, visibility keys, accounts, officers, grants and sessions."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q


class Force(models.Model):
    """A territorial police force of England and Wales, by its PNC code."""

    code = models.CharField(primary_key=True, max_length=2)
    name = models.CharField(max_length=80, unique=True)

    class Meta:
        """Forces list by code."""

        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        """Return the force's public name."""
        return self.name


class Area(models.Model):
    """A community safety partnership, the unit that manages people."""

    code = models.CharField(primary_key=True, max_length=4)
    name = models.CharField(max_length=80)
    force = models.ForeignKey(Force, on_delete=models.PROTECT, related_name="areas")

    class Meta:
        """Areas list by name."""

        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        """Return the area's public name."""
        return self.name


class VisibilityKey(models.Model):
    """One number that rows carry and officers hold; sharing one makes a row visible."""

    class Kind(models.TextChoices):
        """What sort of thing a key's code names."""

        AREA = "area", "managed by the area"
        RELEASING = "releasing", "releasing to the area"
        DIP = "dip", "on the area's drug intervention caseload"
        CANDIDATE = "candidate", "qualifying, adopted by nobody"
        ESTABLISHMENT = "establishment", "held at the establishment"
        REVIEW = "review", "waiting at the match desk"
        OFFICER = "officer", "restricted to a named officer"

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=13, choices=Kind.choices)
    code = models.CharField(max_length=36)

    class Meta:
        """A kind and code have one key for ever."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "code"], name="visibilitykey_once")]

    def __str__(self) -> str:
        """Return the kind and code, such as area:00DA."""
        return f"{self.kind}:{self.code}"


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts with a hashed password."""

    def create_account(self, *, username: str, password: str) -> Account:
        """Store and return a new active account."""
        account = self.model(username=self.model.normalize_username(username))
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """What someone signs in with; never read by the web role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    previous_sign_in_at = models.DateTimeField(null=True, blank=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        """Return the account's own number, which names nobody."""
        return f"account {self.id}"


class Officer(models.Model):
    """The person at work behind an account, as colleagues know them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True, default="")
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="officer")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Return the officer's number."""
        return f"officer {self.id}"


class GrantQuerySet(models.QuerySet["Grant"]):
    """Words about grants."""

    def live(self, now: object) -> GrantQuerySet:
        """Keep the grants that stand at this moment."""
        return self.filter(starts_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))


class Grant(models.Model):
    """One role for one officer, over an area, a force, an establishment or nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True)
    force = models.ForeignKey(Force, on_delete=models.PROTECT, null=True, blank=True)
    establishment = models.CharField(max_length=3, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.UUIDField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        """A grant covers at most one place and ends after it starts."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(area=None, force=None) | Q(area=None, establishment="") | Q(force=None, establishment="")),
                name="grant_covers_one_place",
                violation_error_message="A grant covers one area, one force or one establishment.",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="grant_ends_after_start",
                violation_error_message="A grant ends after it starts.",
            ),
        ]

    def __str__(self) -> str:
        """Return the role and the place's code."""
        place = self.area_id or self.force_id or self.establishment or "no place"
        return f"{self.role} at {place}"


class Session(models.Model):
    """A signed-in browser and, in the same row, the row-security context it may use.

    The browser's cookie and the context token are kept as hashes only.
    """

    session_key = models.CharField(primary_key=True, max_length=64)
    context_hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True)
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, null=True)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    data = models.BinaryField()

    class Meta:
        """An officer's context is opened only for their signed-in account."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(officer=None) | Q(account__isnull=False),
                name="session_officer_has_account",
            )
        ]

    def __str__(self) -> str:
        """Return when the session was opened."""
        return f"session opened {self.opened_at:%Y-%m-%d %H:%M}"


class UsedCode(models.Model):
    """A second-factor code that was spent; the database lets each be spent once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    timestep = models.BigIntegerField()
    used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One account spends one time step once, whichever worker asks."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "timestep"], name="usedcode_once")]

    def __str__(self) -> str:
        """Return the time step."""
        return f"code of step {self.timestep}"


class FailedAttempt(models.Model):
    """A password or code that was refused, counted by the digest of the name that was typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        """Counted by name within the last minutes."""

        indexes: ClassVar = [models.Index(fields=["name_digest", "at"], name="failedattempt_recent")]

    def __str__(self) -> str:
        """Return when it was made."""
        return f"failed attempt at {self.at:%Y-%m-%d %H:%M}"


class BreakGlass(models.Model):
    """Sixty minutes' sight of one person outside the officer's places, for a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    offender_id = models.UUIDField()
    reason_code = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """It ends after it begins."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="breakglass_ends_after_start")
        ]

    def __str__(self) -> str:
        """Return when it was opened."""
        return f"break-glass opened {self.opened_at:%Y-%m-%d %H:%M}"
