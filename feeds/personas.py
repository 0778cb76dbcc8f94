"""Who a record has ever said its person is: the names and dates of birth that decide a link."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from feeds.models import RowVersion
from feeds.readings import identifiers_in, names_in
from feeds.sources.rows import Content
from feeds.versions import opened_content
from offenders.names import same_surname
from vault.among import among


@dataclass(slots=True)
class Persona:
    """Every name, date of birth and identifier that the versions of one record carry."""

    surnames: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    dates_of_birth: set[str] = field(default_factory=set)
    identifiers: set[tuple[str, str]] = field(default_factory=set)

    def learn(self, feed: str, content: Content) -> None:
        """Add what one version says."""
        for surname, forenames in names_in(feed, content):
            self.surnames.add(surname)
            self.names.add(f"{surname}, {forenames}")
        if born := content.get("born"):
            self.dates_of_birth.add(str(born))
        self.identifiers.update(identifiers_in(content))

    def agrees_with(self, other: "Persona") -> bool:
        """Return whether a surname, an alias's included, or a date of birth is the same.

        Source: domain.md d.3 and issue rule "when surname or date of birth agrees".
        """
        if self.dates_of_birth & other.dates_of_birth:
            return True
        return any(same_surname(a, b) for a in self.surnames for b in other.surnames)

    def as_fields(self) -> dict[str, Any]:
        """Return the deciding fields, to be sealed into a match case."""
        return {
            "names": sorted(self.names),
            "dates_of_birth": sorted(self.dates_of_birth),
            "identifiers": sorted(self.identifiers),
        }


def personas_of(record_ids: Iterable[UUID]) -> dict[UUID, Persona]:
    """Return the persona of each record, from all row versions held."""
    found = {record_id: Persona() for record_id in record_ids}
    versions = RowVersion.objects.filter(among("record_id", found))
    for record, feed, content in versions.values_list("record_id", "record__feed", "content"):
        found[record].learn(feed, opened_content(record, content.token))
    return found
