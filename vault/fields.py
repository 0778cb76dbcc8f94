"""Model fields whose values are sealed in the database and opened, on record, when they are read.

The field machinery is django-cryptography's; its cipher, its pickling and its one key are not used.
"""

import datetime
import json
from abc import abstractmethod
from typing import Any, NoReturn, TypeVar, cast
from uuid import UUID

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from vault.attributes import Bound, Sealed, SealedAttribute, refresher, row_bytes
from vault.field_bases import CharBase, DateBase, JSONBase, Machinery, TextBase
from vault.seal import SealError, key_id, sealer

UNIQUE_FOR = ("unique_for_date", "unique_for_month", "unique_for_year")

# What an attribute of the field may be set to, and what reading it gives.
_Set_contra = TypeVar("_Set_contra", contravariant=True)
_Get_co = TypeVar("_Get_co", covariant=True)


class SealedMixin(Machinery[_Set_contra, _Get_co]):
    """Makes a field sealed: its label, its row and its subject, and what it refuses.

    A model names the attributes that hold the row and the subject of its sealed values as `sealed_row` and
    `sealed_subject`; each is the primary key unless named. Both are copied into migrations, so that a migration's
    models seal for the same row.
    """

    descriptor_class = SealedAttribute
    base_class: "type[models.Field[Any, Any]]" = models.Field
    wasinstance = True
    label: str
    purpose: str

    def __init__(
        self, *args: Any, label: str, purpose: str = "fields", row: str = "pk", subject: str = "pk", **kwargs: Any
    ) -> None:
        """Take the column's permanent label and, rarely, another purpose of keys."""
        if "key" in kwargs or "ttl" in kwargs:
            raise TypeError("a sealed field takes its key from the keyring and never expires; leave out key and ttl")
        self.label = label
        self.purpose = purpose
        self.row_attname = row
        self.subject_attname = subject
        super().__init__(*args, **kwargs)

    # --- declaration ---

    def contribute_to_class(
        self,
        cls: type[models.Model],
        name: str,
        private_only: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> None:
        self.row_attname = getattr(cls, "sealed_row", self.row_attname)
        self.subject_attname = getattr(cls, "sealed_subject", self.subject_attname)
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        self.record_name = f"{cls._meta.label_lower}.{name}"
        if "refresh_from_db" not in cls.__dict__:
            cls.refresh_from_db = refresher(cls)  # type: ignore[method-assign]  # on purpose

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["label"] = self.label
        chosen = (
            ("purpose", self.purpose, "fields"),
            ("row", self.row_attname, "pk"),
            ("subject", self.subject_attname, "pk"),
        )
        kwargs |= {key: value for key, value, default in chosen if value != default}
        return name, path, args, kwargs

    def clone(self) -> "SealedMixin[_Set_contra, _Get_co]":
        _, _, args, kwargs = self.deconstruct()
        return self.__class__(*args, **kwargs)

    # --- reading ---

    def from_db_value(self, value: Any, *args: Any, **kwargs: Any) -> Sealed | None:  # noqa: ARG002 - Django's signature
        return None if value is None else Sealed(bytes(value))

    def opened(self, token: bytes, instance: models.Model) -> Any:
        """Return a token's plain value for the instance's row, without recording it.

        Raises: SealError, KeyringError.
        """
        return self.decode(sealer(self.purpose, self.label).unseal(token, self.row_of(instance)))

    def row_of(self, instance: models.Model) -> bytes:
        """Return the bytes of the row that the instance's value is sealed for.

        Raises: SealError when the instance has no row yet.
        """
        return row_bytes(getattr(instance, self.row_attname))

    def subject_of(self, instance: models.Model) -> UUID:
        """Return whose value the instance's is.

        Raises: SealError when that is no UUID.
        """
        subject = getattr(instance, self.subject_attname)
        if not isinstance(subject, UUID):
            raise SealError(f"{self.record_name} is of nobody: {self.subject_attname} holds no UUID; set it first")
        return subject

    # --- writing ---

    def pre_save(self, model_instance: models.Model, add: bool) -> Bound | None:  # noqa: ARG002, FBT001 - Django's signature
        held = cast(SealedAttribute, getattr(type(model_instance), self.attname)).held(model_instance)
        if held is None:
            return None
        row = self.row_of(model_instance)
        if isinstance(held, Sealed):
            return Bound(self._kept(held.token, row))
        return Bound(self.seal_value(held, row))

    def seal_value(self, value: Any, row: bytes) -> bytes:
        """Return the token of a plain value for a row; for writers that bypass model instances.

        Raises: SealError when the value is of another type than the field's; its message names the type only.
        """
        return sealer(self.purpose, self.label).seal(self._encoded(value), row)

    def _kept(self, token: bytes, row: bytes) -> bytes:
        """Return an unchanged value's token, under the primary key.

        It is opened, though not shown to anybody, to find out whether it still belongs to the row: an instance whose
        row was changed after reading would otherwise be written with values that never open again.
        """
        column = sealer(self.purpose, self.label)
        plain = column.unseal(token, row)
        return token if key_id(token) == column.primary else column.seal(plain, row)

    def _encoded(self, value: Any) -> bytes:
        try:
            return self.encode(value)
        except (TypeError, ValueError):
            pass
        # Raised outside the handler: the original error carries the value, and would follow as its context.
        raise SealError(
            f"a value of type {type(value).__name__} cannot be sealed as {self.label}; assign one of the field's type"
        )

    def get_prep_value(self, value: Any) -> Bound | None:
        if value is None or isinstance(value, Bound):
            return value
        raise FieldError(
            f"{self.label} is sealed row by row; use save() or bulk_create(), "
            "neither update(), bulk_update(), raw loading nor a filter"
        )

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 - Django's signature
        bound = self.get_prep_value(value)
        return None if bound is None else connection.Database.Binary(bound.token)  # type: ignore[attr-defined]  # not in stubs

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        # Django lets expressions through at this point; one such is what bulk_update() and F() are made of.
        return self.get_db_prep_value(value, connection)

    # --- refusals ---

    def value_from_object(self, obj: models.Model) -> NoReturn:  # noqa: ARG002 - Django's signature
        # dumpdata asks here first, and writes a date without ever calling value_to_string.
        raise FieldError(f"{self.label} is sealed: it is not dumped, and forms are filled from the attribute")

    def value_to_string(self, obj: models.Model) -> NoReturn:
        self.value_from_object(obj)

    def _dump(self, value: Any) -> NoReturn:  # noqa: ARG002 - Django's signature
        raise FieldError(f"{self.label} is sealed with its row; django-cryptography's own token is not used")

    def _load(self, value: bytes) -> NoReturn:
        self._dump(value)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_options()]

    def _check_options(self) -> list[checks.CheckMessage]:
        asked = {
            option: getattr(self, option, False)
            for option in ("unique", "db_index", "primary_key", "auto_now", "auto_now_add", *UNIQUE_FOR)
        }
        asked["db_default"] = self.has_db_default()
        return [
            checks.Error(
                f"A sealed field cannot have {option}: equal values differ once they are sealed.",
                hint="Search by a blind index; set values when the row is made.",
                obj=self,
                id="vault.E003",
            )
            for option, is_asked in asked.items()
            if is_asked
        ]

    # --- what kinds of field fill in ---

    @abstractmethod
    def encode(self, value: Any) -> bytes:
        """Return the bytes to be sealed. Raises: TypeError, ValueError."""

    @abstractmethod
    def decode(self, plain: bytes) -> Any:
        """Return the value of the opened bytes."""


class _SealedText(SealedMixin[_Set_contra, _Get_co]):
    def encode(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError
        return value.encode()

    def decode(self, plain: bytes) -> str:
        return plain.decode()


class SealedCharField(_SealedText[_Set_contra, _Get_co], CharBase[_Set_contra, _Get_co]):
    """A short text, sealed."""


class SealedTextField(_SealedText[_Set_contra, _Get_co], TextBase[_Set_contra, _Get_co]):
    """A long text, sealed."""


class SealedDateField(SealedMixin[_Set_contra, _Get_co], DateBase[_Set_contra, _Get_co]):
    """A calendar day, sealed; a time of day is refused."""

    def encode(self, value: Any) -> bytes:
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise TypeError
        return value.isoformat().encode()

    def decode(self, plain: bytes) -> datetime.date:
        return datetime.date.fromisoformat(plain.decode())


class SealedJSONField(SealedMixin[_Set_contra, _Get_co], JSONBase[_Set_contra, _Get_co]):
    """A JSON value, sealed; each reading makes a new object, so assign it to change it."""

    def encode(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def decode(self, plain: bytes) -> Any:
        return json.loads(plain)


def sealed_fields(model: type[models.Model]) -> list[SealedMixin[Any, Any]]:
    """Return the sealed fields that the model's own table holds."""
    return [field for field in model._meta.local_fields if isinstance(field, SealedMixin)]
