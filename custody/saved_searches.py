"""Keep a filter of the caseload under a name, show an officer their own, and forget one.

Whose they are is said by row security: an officer reads, makes and forgets only their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from access.officers import OfficerContext
from custody.search_models import SavedSearch

MOST: Final = 20
KEPT: Final = ("status", "strand", "mappa", "due", "prison", "absent", "sort")


class TooManySearchesError(Exception):
    """An officer keeps as many searches as fit beside the filter already."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One search of the officer's own: its name, the query that asks it, and whether it is asked now."""

    id: UUID
    name: str
    query: str
    is_here: bool


def searches_of(asked: Mapping[str, Any]) -> list[Saved]:
    """Return the officer's searches in the order they were made. One query; opens their names."""
    now = query_of(asked)
    return [
        Saved(search.pk, search.name, search.query, search.query == now)
        for search in SavedSearch.objects.order_by("made_at")[:MOST]
    ]


def save_search(officer: OfficerContext, name: str, asked: Mapping[str, Any]) -> str:
    """Keep what is asked under a name and return its query.

    Raises: TooManySearchesError.
    """
    if SavedSearch.objects.count() >= MOST:
        raise TooManySearchesError(f"You keep {MOST} searches already; forget one first.")
    query = query_of(asked)
    SavedSearch.objects.create(officer_id=officer.id, name=name, query=query)
    return query


def forget_search(search_id: UUID) -> str:
    """Forget a search of the officer's own and return what it asked; nothing for one that is not there."""
    query = SavedSearch.objects.filter(pk=search_id).values_list("query", flat=True).first() or ""
    SavedSearch.objects.filter(pk=search_id).delete()
    return query


def query_of(asked: Mapping[str, Any]) -> str:
    """Return the query that asks the same again: codes only, no page, in one order."""
    return urlencode([(name, asked[name]) for name in KEPT if asked.get(name)], doseq=True)
