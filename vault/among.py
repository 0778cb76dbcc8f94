"""Ask for the rows whose id is among many: one parameter, however many there are.

Django's ``__in`` makes a parameter of each id, which for the thousands that an import asks for takes longer than the
query itself.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import BooleanField, CharField, F, Func, Value


class _Among(Func):
    template = "%(expressions)s::uuid[])"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def among(column: str, ids: Iterable[UUID]) -> Func:
    """Return the condition, for ``filter()``, that a column of UUIDs holds one of the ids."""
    return _Among(F(column), Value("{" + ",".join(map(str, ids)) + "}", output_field=CharField()))
