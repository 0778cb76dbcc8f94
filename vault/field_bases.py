"""The classes that sealed fields are built on, in a form that type checkers follow down to an attribute's type.

Django's fields take type arguments in their stubs only, and django-cryptography's mixin would hide the types.
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django_cryptography.fields import EncryptedMixin

if TYPE_CHECKING:
    Machinery = models.Field
    CharBase = models.CharField
    TextBase = models.TextField
    DateBase = models.DateField
    JSONBase = models.JSONField
else:

    class Machinery(EncryptedMixin):
        """django-cryptography's field machinery."""

        def __class_getitem__(cls, arguments: Any) -> type:
            return cls

    class _Bare:
        """Gives a field class back whatever type arguments are asked for."""

        def __init__(self, field_class: type) -> None:
            self.field_class = field_class

        def __getitem__(self, arguments: Any) -> type:
            return self.field_class

    CharBase = _Bare(models.CharField)
    TextBase = _Bare(models.TextField)
    DateBase = _Bare(models.DateField)
    JSONBase = _Bare(models.JSONField)
