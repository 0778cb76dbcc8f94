"""The truth file: every event of the invented world in the product's words, and whether the files can show it.

It names invented people, so it is sealed like a delivery and never lies about in plain text.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import pyrage

from feeds.training.standings import Holding, Standing

DATES: Final = frozenset({"old_date", "new_date"})


@dataclass(frozen=True, slots=True)
class TruthEvent:
    """One event. ``occurred_at`` is aware; ``first_file`` is the sequence of the roll that first shows it.

    Of an observable event the prisons and dates are those between which the files see the change; of one that
    is not, what truly happened. ``why_not`` is a short code, empty when it is observable.
    """

    kind: str
    ppo_reference: str
    prison_number: str
    occurred_at: datetime
    observable: bool
    first_file: int | None = None
    from_establishment: str = ""
    to_establishment: str = ""
    old_date: date | None = None
    new_date: date | None = None
    before_tracking: bool = False
    why_not: str = ""
    # Sequence of the roll that told it by mistake; the next sequence put it right.
    mistaken_file: int | None = None

    def as_json(self) -> str:
        """Return the event as one line of JSON."""
        values: dict[str, Any] = asdict(self)
        values["occurred_at"] = self.occurred_at.isoformat()
        values["from"] = values.pop("from_establishment")
        values["to"] = values.pop("to_establishment")
        for name in DATES:
            day: date | None = values[name]
            values[name] = None if day is None else day.isoformat()
        return json.dumps(values, sort_keys=True)

    @classmethod
    def from_json(cls, line: str) -> "TruthEvent":
        """Return the event of one line of JSON."""
        values: dict[str, Any] = json.loads(line)
        values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
        values["from_establishment"] = values.pop("from")
        values["to_establishment"] = values.pop("to")
        for name in DATES:
            values[name] = None if values[name] is None else date.fromisoformat(values[name])
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


@dataclass(frozen=True, slots=True)
class Tracking:
    """From which PPO file to which a person is tracked; ``until`` is None while it lasts."""

    since: datetime
    until: datetime | None
    in_review: bool

    def covers(self, moment: datetime) -> bool:
        """Say whether the person is tracked at the moment."""
        return self.since <= moment and (self.until is None or moment < self.until)

    def mark(self, event: TruthEvent, *, file_at: Mapping[int, datetime]) -> TruthEvent:
        """Return the event as the tracking lets it be seen.

        Source: feeds.md 8; feeds.md 10, rulings 15 and 18.
        """
        marked = replace(event, before_tracking=event.occurred_at < self.since)
        if not event.observable:
            return marked
        if self.in_review:
            return replace(marked, observable=False, first_file=None, why_not="in_review")
        shown_at = event.occurred_at if event.first_file is None else file_at[event.first_file]
        if self.until is not None and shown_at >= self.until:
            return replace(marked, observable=False, first_file=None, why_not="tracking_ended")
        return marked


@dataclass(frozen=True, slots=True)
class HardCase:
    """One hard case that the files hold, with the numbers by which it can be found in them.

    ``other`` is the prison number of the second person, where there is one; ``file`` the roll that shows it.
    """

    case: str
    ppo_reference: str
    prison_number: str
    other: str = ""
    booking: str = ""
    file: int | None = None


Line = TruthEvent | HardCase | Standing | Holding


def seal_truth(lines: Iterable[Line], *, recipients: Iterable[str]) -> bytes:
    """Return events and what stands beside them as sealed JSON Lines."""
    text = "".join(f"{_as_line(line)}\n" for line in lines)
    keys = [pyrage.x25519.Recipient.from_str(text) for text in recipients]
    sealed: bytes = pyrage.encrypt(text.encode(), keys)
    return sealed


def read_truth(path: Path, identity: str) -> Iterator[TruthEvent]:
    """Yield the events of a sealed truth file. ``identity``: the text of an age identity (AGE-SECRET-KEY-…)."""
    yield from (TruthEvent.from_json(line) for line in _lines(path, identity, "event"))


def read_hard_cases(path: Path, identity: str) -> Iterator[HardCase]:
    """Yield the hard cases of a sealed truth file. ``identity``: as of `read_truth`."""
    yield from (HardCase(**json.loads(line)) for line in _lines(path, identity, "case"))


def read_standings(path: Path, identity: str) -> Iterator[Standing]:
    """Yield what each roll shows of each tracked person, where it changed, in order of the rolls."""
    for line in _lines(path, identity, "standing"):
        values = json.loads(line)
        values["extract_at"] = datetime.fromisoformat(values["extract_at"])
        values["operative"] = values["operative"] and date.fromisoformat(values["operative"])
        yield Standing(**values)


def read_holdings(path: Path, identity: str) -> Iterator[Holding]:
    """Yield which area held whom, from when to when."""
    for line in _lines(path, identity, "holding"):
        values = json.loads(line)
        for name in ("since", "until"):
            values[name] = values[name] and datetime.fromisoformat(values[name])
        yield Holding(**values)


def _lines(path: Path, identity: str, sort: str) -> Iterator[str]:
    plain: bytes = pyrage.decrypt(path.read_bytes(), [pyrage.x25519.Identity.from_str(identity.strip())])
    for line in plain.decode().splitlines():
        if line.startswith(f"{sort} "):
            yield line.removeprefix(f"{sort} ")


def _as_line(line: Line) -> str:
    if isinstance(line, TruthEvent):
        return f"event {line.as_json()}"
    sort = {HardCase: "case", Standing: "standing", Holding: "holding"}[type(line)]
    return f"{sort} {json.dumps(asdict(line), sort_keys=True, default=_iso)}"


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in the truth file; add how it is written")
