"""Many values as one parameter: the text of a PostgreSQL array, which both sides write and read fast.

The driver would adapt each value by itself and the server parse each as a literal of its own; for the tens of
thousands of ids and tokens of a national file that is most of the time.
"""

from collections.abc import Iterable
from uuid import UUID


def of_bytes(values: Iterable[bytes]) -> str:
    """Return the text of a text array of hexadecimal values: `decode(value, 'hex')` or a cast to uuid takes each."""
    return "{" + ",".join([value.hex() for value in values]) + "}"


def of_uuids(values: Iterable[UUID]) -> str:
    """Return the text of a uuid array."""
    return "{" + ",".join(map(str, values)) + "}"


def of_words(values: Iterable[str]) -> str:
    """Return the text of a text array of plain words: letters, digits and underscores."""
    return "{" + ",".join(values) + "}"
