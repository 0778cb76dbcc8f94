"""What steers the caseload: the choices of the filter, headings that sort, and the links to further pages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from custody.forms import ABSENT_CHOICES, DUE_CHOICES, MAPPA_CHOICES, NO_DATE, PASSED, STATUSES
from custody.pages.people import Person
from custody.pages.signs import HELD
from offenders.models import SchemeMembership

COLUMNS: Final = (
    ("name", "Name"),
    ("age", "Age"),
    ("strand", "Strand"),
    ("where", "Where now"),
    ("release", "Next release"),
    ("certainty", "How sure"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to filter by, and how many people it would leave."""

    value: str
    words: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that sorts: its words, the query that sorts by it, and how the table is sorted now."""

    code: str
    words: str
    query: str
    order: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Where the page stands among its pages; ``earlier`` and ``later`` are query strings."""

    number: int
    count: int
    earlier: str
    later: str


def columns_of(asked: Mapping[str, Any], sort: str) -> Iterable[Column]:
    """Return the headings; the one sorted by turns the order round."""
    for code, words in (*COLUMNS, ("changed", "Last change")):
        order = {code: "ascending", f"-{code}": "descending"}.get(sort, "none")
        wanted = f"-{code}" if sort == code else code
        yield Column(code, words, _query(asked, sort=wanted, page=None), order)


def pages_of(asked: Mapping[str, Any], number: int, count: int) -> Pages:
    """Return the links to the pages before and after, with the filter kept."""
    return Pages(
        number=number,
        count=count,
        earlier=_query(asked, page=number - 1) if number > 1 else "",
        later=_query(asked, page=number + 1) if number < count else "",
    )


def prison_of(person: Person) -> str:
    """Return the code of the establishment that answers for somebody held."""
    return person.state.establishment_code if person.state.whereabouts in HELD else ""


def _query(asked: Mapping[str, Any], **changes: Any) -> str:
    wanted = {**asked, **changes}
    return urlencode({name: value for name, value in wanted.items() if value}, doseq=True)


def filters_of(
    people: Sequence[Person], asked: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, tuple[Choice, ...]]:
    """Return the choices of each part of the filter with the people behind them."""
    statuses = Counter(person.state.whereabouts for person in people)
    strands = Counter(person.profile.strand for person in people)
    prisons = Counter(prison_of(person) for person in people)
    listed = sorted((code for code in prisons if code), key=lambda code: names.get(code, code))
    return {
        "statuses": _choices(STATUSES, asked.get("status"), statuses),
        "strands": _choices(SchemeMembership.Strand.choices, asked.get("strand"), strands),
        "mappa": _choices(MAPPA_CHOICES, asked.get("mappa"), None),
        "absent": _choices(ABSENT_CHOICES, asked.get("absent"), None),
        "due": _choices(DUE_CHOICES, [asked.get("due") or ""], _due_counts(people)),
        "prisons": _choices([(code, names.get(code, code)) for code in listed], [asked.get("prison")], prisons),
    }


def _due_counts(people: Sequence[Person]) -> Counter[str]:
    counts: Counter[str] = Counter({"": len(people)})
    for value, _ in DUE_CHOICES[1:]:
        counts[value] = sum(is_due(person, value) for person in people)
    return counts


def is_due(person: Person, window: str) -> bool:
    """Say whether somebody's next release lies in the window asked for; days that have passed are within each."""
    if window == NO_DATE:
        return person.due is None and person.state.whereabouts in HELD
    if person.due is None:
        return False
    return person.due.is_past if window == PASSED else person.due.days_to_go <= int(window)


def _choices(
    offered: Iterable[tuple[Any, Any]], chosen: Sequence[Any] | None, counts: Mapping[Any, int] | None
) -> tuple[Choice, ...]:
    wanted = set(chosen or ())
    return tuple(
        Choice(str(value), str(words), counts.get(value, 0) if counts is not None else None, value in wanted)
        for value, words in offered
    )
