"""Doubtful matches for the plain list: the deciding fields of two records side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.paginator import Page, Paginator

from custody.pages.people import capitals
from custody.wording import full_date
from feeds.models import MatchCase
from feeds.words import FEED_WORDS, IDENTIFIER_WORDS

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubtful match: which rule found it, since when, and the deciding fields of both records."""

    rule: str
    feed: str
    opened_at: datetime
    fields: tuple[tuple[str, str, str], ...]


def matches_page(number: str | None) -> tuple[Page[MatchCase], list[Doubt]]:
    """Return a page of the open doubtful matches, oldest first, opened side by side. Two queries."""
    waiting = MatchCase.objects.filter(closed_at__isnull=True).order_by("opened_at", "pk")
    page: Page[MatchCase] = Paginator(waiting, PAGE_SIZE).get_page(number)
    return page, [_doubt(case) for case in page.object_list]


def _doubt(case: MatchCase) -> Doubt:
    sides = case.deciding_fields
    ours, theirs = _side(sides["record"]), _side(sides["other"])
    return Doubt(
        rule=MatchCase.Rule(case.rule).label,
        feed=FEED_WORDS.get(case.feed, case.feed),
        opened_at=case.opened_at,
        fields=tuple((words, ours[words], theirs[words]) for words in ours),
    )


def _side(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the deciding fields of one record in words, all that its versions ever said."""
    born = [full_date(date.fromisoformat(day)) for day in fields["dates_of_birth"]]
    numbers: dict[str, list[str]] = {kind: [] for kind in IDENTIFIER_WORDS}
    for kind, value in fields["identifiers"]:
        numbers[kind].append(value)
    return {
        "Name": "; ".join(map(capitals, fields["names"])),
        "Born": "; ".join(born),
        **{words: "; ".join(numbers[kind]) for kind, words in IDENTIFIER_WORDS.items()},
    }
