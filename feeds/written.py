"""What the rows of one delivery came to, kept so that it costs a national file a few megabytes.

What grows with the file is one dictionary from each person's 16-byte token to a number, and packed columns beside it:
about 150 bytes a row for the dictionary – the token has to be at hand, because a second row of the same key may come
on the last line – and 21 bytes a row packed, 37 where the row is new.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, KeysView
from enum import IntEnum
from typing import Final

MAC_BYTES: Final = 16


class State(IntEnum):
    """What became of a person's row."""

    SAME = 0
    CHANGED = 1
    NEW = 2
    CONFLICT = 3


class Written:
    """The people of a delivery in the order of the file, and the state of each one's row."""

    def __init__(self) -> None:
        """Start with nobody."""
        self.duplicates = 0
        self.conflicts: dict[bytes, list[int]] = {}
        self.changed_fields: Counter[str] = Counter()
        self._places: dict[bytes, int] = {}
        self._macs = bytearray()
        self._lines = array("I")
        self._states = bytearray()
        self._repeats: dict[bytes, list[int]] = {}
        self._changed_places = array("I")
        self._changed_records = bytearray()

    def take(self, token: bytes, mac: bytes, line: int, state: State) -> int | None:
        """Account for a good row; return the person's place, or None when they stand in the file already."""
        place = len(self._lines)
        known = self._places.setdefault(token, place)
        if known != place:
            self._take_again(token, known, mac, line)
            return None
        self._macs += mac
        self._lines.append(line)
        self._states.append(state)
        return place

    def change(self, place: int, record: bytes, state: State) -> None:
        """Say that a row was written, to which record, and whether that is a new one."""
        self._states[place] = state
        self._changed_places.append(place)
        self._changed_records += record

    def disown(self, token: bytes) -> State:
        """Take a row out of the account that another of its key contradicts; return its state before."""
        place = self._places[token]
        before, self._states[place] = State(self._states[place]), State.CONFLICT
        return before

    @property
    def tokens(self) -> KeysView[bytes]:
        """Everybody who stands in the file with a row that can be read."""
        return self._places.keys()

    def count(self, state: State) -> int:
        """Return how many people's rows are in that state."""
        return self._states.count(state)

    @property
    def people(self) -> int:
        """Return how many people's rows were accepted."""
        return len(self._states) - self.count(State.CONFLICT)

    def state_of(self, token: bytes) -> State | None:
        """Return the state of a person's row, or None when the file holds none that was accepted."""
        place = self._places.get(token)
        if place is None or self._states[place] == State.CONFLICT:
            return None
        return State(self._states[place])

    def accepted(self, *, new: bool) -> Iterator[bytes]:
        """Yield the tokens of those accepted who are new to the feed, or of all the others."""
        wanted = {State.NEW} if new else {State.SAME, State.CHANGED}
        states = self._states
        return (token for token, place in self._places.items() if states[place] in wanted)

    def changed_records(self) -> Iterator[bytes]:
        """Yield the ids of the records that were written to, 16 bytes each."""
        for at, place in enumerate(self._changed_places):
            if self._states[place] != State.CONFLICT:
                yield bytes(self._changed_records[MAC_BYTES * at : MAC_BYTES * (at + 1)])

    def _take_again(self, token: bytes, place: int, mac: bytes, line: int) -> None:
        """Source: feeds.md 10.4."""
        if token in self.conflicts:
            self.conflicts[token].append(line)
        elif self._macs[MAC_BYTES * place : MAC_BYTES * (place + 1)] == mac:
            self.duplicates += 1
            self._repeats.setdefault(token, []).append(line)
        else:
            repeats = self._repeats.get(token, [])
            self.duplicates -= len(repeats)
            self.conflicts[token] = [self._lines[place], *repeats, line]
