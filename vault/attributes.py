"""The attribute of a sealed field on a model, and what it holds: opaque values that open on record when read."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NoReturn, Protocol
from uuid import UUID

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from vault.opened import note
from vault.seal import SealError

# While set, reading a sealed attribute hands its token on unopened.
_carrying: ContextVar[bool] = ContextVar("carrying", default=False)


class Sealed:
    """A value as it lies in the database: it says nothing, compares with nothing and is not pickled."""

    __slots__ = ("token",)

    def __init__(self, token: bytes) -> None:
        """Hold the token of a value."""
        self.token = token

    def __repr__(self) -> str:
        return "<sealed>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sealed value is not pickled; pass the id of its row instead")

    def __copy__(self) -> "Sealed":
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "Sealed":
        return self


class Bound:
    """A token that pre_save has sealed for the row being written; nothing else may be written to the column."""

    __slots__ = ("token",)

    def __init__(self, token: bytes) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "<sealed>"


class SealedColumn(Protocol):
    """What the attribute asks of its field."""

    attname: str
    record_name: str

    def opened(self, token: bytes, instance: models.Model) -> Any:
        """Return a token's plain value for the instance's row, without recording it."""

    def subject_of(self, instance: models.Model) -> UUID:
        """Return whose value the instance's is."""


class SealedAttribute(DeferredAttribute):
    """The attribute of a sealed field: opens a sealed value for its row on reading, and records that.

    It has `__set__`, because without one the instance's `__dict__` would answer before it.
    """

    field: SealedColumn  # type: ignore[assignment]  # the protocol keeps fields.py above this module

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        held = self.held(instance)
        if not isinstance(held, Sealed) or _carrying.get():
            return held
        plain = self.field.opened(held.token, instance)
        note(self.field.record_name, self.field.subject_of(instance))
        return plain

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value

    def held(self, instance: models.Model) -> Any:
        """Return what the instance holds, sealed or assigned, without opening it; a deferred value is fetched."""
        data = instance.__dict__
        name = self.field.attname
        if name not in data:
            rows = type(instance)._base_manager.using(instance._state.db).filter(pk=instance.pk)
            data[name] = rows.values_list(name, flat=True).get()
        return data[name]


def row_bytes(value: object) -> bytes:
    """Return the associated bytes of a row's id: 16 of a UUID, 8 of a whole number, UTF-8 of a text.

    Raises: SealError when the row has no id yet, or one of another type.
    """
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, str) and value:
        return value.encode()
    if isinstance(value, int) and not isinstance(value, bool):
        return value.to_bytes(8, "big", signed=True)
    raise SealError("a sealed value needs the id of its row before it is saved or read; set the id first")


def refresher(cls: type[models.Model]) -> Callable[..., None]:
    """Return a model's `refresh_from_db` that moves sealed values without opening them."""

    def refresh_from_db(self: models.Model, *args: Any, **kwargs: Any) -> None:
        """Reload values from the database; sealed ones stay sealed, so this opens nothing."""
        carrying = _carrying.set(True)
        try:
            super(cls, self).refresh_from_db(*args, **kwargs)  # type: ignore[misc]  # cls is only known when running
        finally:
            _carrying.reset(carrying)

    return refresh_from_db
