"""What every source's reader hands over: rows, row faults, file faults, and its counts."""

import dataclasses
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from feeds.manifest import Manifest

Value = str | list[str]
Content = dict[str, Value]


class Mark(NamedTuple):
    """What the keeper of earlier rows says of a record before its values are judged.

    ``token`` is the key's; ``stated`` the keyed digest of the used columns as they stand. ``held`` is the digest of
    the content kept for the same columns, or None when the nearest earlier row of the key stated others.
    """

    token: bytes
    stated: bytes
    held: bytes | None


# Asked for many records at once: the sender's key and the used columns as one text.
Keeper = Callable[[Sequence[tuple[str, str]]], Sequence[Mark]]


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One good record: its physical line, the sender's own key for the person, the used values.

    ``content`` holds canonical texts under short permanent keys, empty values left out. ``raw`` is the
    record as it stood, for one that must go back after all. ``mark`` is the keeper's, where one was asked.
    """

    line: int
    key: str
    content: Content
    raw: bytes = field(repr=False, compare=False, default=b"")
    mark: Mark | None = field(repr=False, compare=False, default=None)


class SameRow(NamedTuple):
    """A good record that states, to the letter, what the keeper holds of its key: its values need no second look.

    ``held`` is the digest of the content kept; ``filled`` names the keys that the content has.
    """

    line: int
    token: bytes
    held: bytes
    filled: frozenset[str]


@dataclass(frozen=True, slots=True)
class RowFault:
    """One record that goes to quarantine; no value of it stands in any text here.

    ``key`` is the sender's key as far as it could be read; ``also`` holds further keys that a broken
    line carries, so that nobody vanishes through it. ``raw`` is the record as it stood: it goes back to
    the sender, sealed, and nowhere else. Source: feeds.md 3.
    """

    line: int
    code: str
    field: str
    message: str
    cure: str
    key: str | None = None
    also: tuple[str, ...] = ()
    raw: bytes = dataclasses.field(repr=False, compare=False, default=b"")


class FileFault(Exception):  # noqa: N818 – the feeds' own word for it
    """A file that cannot be taken as a whole. ``code`` is stable; ``cure`` says what to do."""

    def __init__(self, code: str, message: str, cure: str) -> None:
        super().__init__(f"{message}; {cure}")
        self.code = code
        self.message = message
        self.cure = cure


class BadValueError(Exception):
    """A value that sends its row to quarantine. ``field`` names the column as the sender knows it."""

    def __init__(self, code: str, field: str, message: str, cure: str) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message
        self.cure = cure

    def as_fault(self, line: int, raw: bytes, key: str | None, also: tuple[str, ...] = ()) -> RowFault:
        """Return the fault of the row that starts in the line."""
        message = f"line {line}: {self.message}"
        return RowFault(line, self.code, self.field, message, self.cure, key, also, raw)


@dataclass(frozen=True)
class Known:
    """The codes of the reference data that a file may use; None takes any, for a supplier's own check.

    ``areas`` gives each area's force.
    """

    establishments: frozenset[str] | None = None
    areas: Mapping[str, str] | None = None


@dataclass
class Reader(ABC):
    """Reads one delivery's records in the order of the file; made for one pass.

    ``rows_seen`` counts data records, quarantined and doubled ones included. ``mended`` counts the dirt
    that was mended, by kind; ``noted`` what was kept as stated though it is not right (``bad_pnc``,
    ``bad_cro``). ``overridden`` holds codes of file faults that an operator has decided to pass over.
    """

    stream: BinaryIO
    manifest: Manifest
    known: Known = Known()
    overridden: frozenset[str] = frozenset()
    rows_seen: int = 0
    mended: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)

    @abstractmethod
    def __iter__(self) -> Iterator[ParsedRow | RowFault]:
        """Give each record once. Raises: FileFault, at once or at the end of the file."""

    def beside(self, keeper: Keeper) -> Iterator[ParsedRow | RowFault | SameRow]:  # noqa: ARG002 - for those who can
        """Give each record once, and a SameRow for one that states what the keeper of earlier rows holds.

        A form that cannot tell so reads every row.
        """
        yield from self

    def raise_unless_overridden(self, fault: FileFault) -> None:
        """Raise the fault, unless an operator has decided to pass over its code."""
        if fault.code not in self.overridden:
            raise fault


@dataclass(frozen=True)
class Source:
    """One feed's form: how it is read and what its manifest must say."""

    feed: str
    read: Callable[..., Reader]
    encodings: tuple[str, ...]
    names_forces: bool
