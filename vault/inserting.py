"""Insert many rows of one model in one statement, sealed fields sealed: what an import does tens of thousands of times.

Each column travels as one array, written and read in one go. Django's own bulk insert makes an expression of every
single value, and the server parses each as a literal of its own.
"""

import datetime
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from django.db import connections, models
from django.db.models import Model
from django.utils import timezone

from vault.fields import SealedMixin

BATCH: Final = 1000
NULL: Final = "NULL"


class _Column(NamedTuple):
    """How one column's values travel: the array's type, how the server takes a value from it, how we write it."""

    type: str
    taken: str
    text: Callable[[Any], str]


def insert_all(rows: Sequence[Model], *, using: str = "default", routed: bool = False) -> None:
    """Insert the rows, all of one model, a thousand at a time; times of insertion are set as by ``save()``.

    With ``routed`` the column ``visible_to`` is left to the table's trigger. Made for keys that are set in Python:
    an automatic number is not read back.
    Raises: TypeError for a kind of column that does not travel so.
    """
    _stamp(rows)
    rest = iter(rows)
    while some := list(islice(rest, BATCH)):
        _insert(some, using, routed=routed)


def _stamp(rows: Sequence[Model]) -> None:
    """Set times of insertion a microsecond apart: rows are read back in this order, and set at once they would tie."""
    now = timezone.now()
    for field in rows[0]._meta.local_concrete_fields if rows else ():
        if getattr(field, "auto_now_add", False):
            for number, row in enumerate(rows):
                setattr(row, field.attname, now + datetime.timedelta(microseconds=number))


def _insert(rows: Sequence[Model], using: str, *, routed: bool) -> None:
    meta, connection = rows[0]._meta, connections[using]
    fields = [
        f
        for f in meta.local_concrete_fields
        if not (isinstance(f, models.AutoField) or (routed and f.name == "visible_to"))
    ]
    columns = [_column(field) for field in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    places = [f"c{number}" for number in range(len(fields))]
    taken = ", ".join(column.taken.format(place) for column, place in zip(columns, places, strict=True))
    arrays = ", ".join(f"%s::{column.type}[]" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(meta.db_table)} ({names}) "  # noqa: S608 - quoted names of our own models
            f"SELECT {taken} FROM unnest({arrays}) AS n ({', '.join(places)})",
            [_array(field, column, rows) for field, column in zip(fields, columns, strict=True)],
        )


def _array(field: "models.Field[Any, Any]", column: _Column, rows: Sequence[Model]) -> str:
    # The times of insertion are set already; before saving a field would set them anew.
    is_stamp = getattr(field, "auto_now_add", False)
    values = [getattr(row, field.attname) if is_stamp else field.pre_save(row, add=True) for row in rows]
    return "{" + ",".join([NULL if value is None else column.text(value) for value in values]) + "}"


def _column(field: "models.Field[Any, Any]") -> _Column:
    """Return how a field's column travels. Raises: TypeError."""
    if isinstance(field, SealedMixin):
        return SEALED
    kind: models.Field[Any, Any] = field.target_field if isinstance(field, models.ForeignKey) else field
    for kinds, column in COLUMNS:
        if isinstance(kind, kinds):
            return column
    if field.name == "visible_to":
        return KEYS
    raise TypeError(f"{field.model.__name__}.{field.name} cannot be inserted in bulk: say how in {__name__}")


def _quoted(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _moment(value: datetime.date) -> str:
    return value.isoformat()


SEALED: Final = _Column("text", "decode({}, 'hex')", lambda bound: bound.token.hex())
# An array of arrays would be taken apart to its single numbers, so each travels as its own text.
KEYS: Final = _Column("text", "{}::int[]", lambda keys: _quoted("{" + ",".join(map(str, keys)) + "}"))
# The first kind that fits counts: a moment is a day too, and in Django's eyes as well.
COLUMNS: Final[tuple[tuple[Any, _Column], ...]] = (
    (models.UUIDField, _Column("uuid", "{}", str)),
    (models.BinaryField, _Column("text", "decode({}, 'hex')", lambda value: bytes(value).hex())),
    (models.DateTimeField, _Column("timestamptz", "{}", _moment)),
    (models.DateField, _Column("date", "{}", _moment)),
    (models.BooleanField, _Column("bool", "{}", str)),
    (models.FloatField, _Column("float8", "{}", repr)),
    (models.IntegerField, _Column("int8", "{}", str)),
    ((models.CharField, models.TextField), _Column("text", "{}", _quoted)),
)
