"""Who a record has ever said its person is: the names and dates of birth that decide a link."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from feeds.models import RowVersion
from feeds.readings import person_statement
from offenders.names import same_surname
from offenders.statements import PersonStatement


@dataclass(slots=True)
class Persona:
    """Every name, date of birth and identifier that the versions of one record carry."""

    surnames: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    dates_of_birth: set[str] = field(default_factory=set)
    identifiers: set[tuple[str, str]] = field(default_factory=set)

    def learn(self, person: PersonStatement) -> None:
        """Add what one version says."""
        self.surnames |= {person.surname, *(a.partition(",")[0].strip() for a in person.aliases)}
        self.names |= {f"{person.surname}, {person.forenames}", *person.aliases}
        if person.date_of_birth is not None:
            self.dates_of_birth.add(person.date_of_birth.isoformat())
        self.identifiers |= set(person.identifiers)

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
    ids = list(record_ids)
    found = {record_id: Persona() for record_id in ids}
    versions = RowVersion.objects.filter(record_id__in=ids).select_related("record")
    for version in versions.iterator():
        found[version.record_id].learn(person_statement(version.record.feed, version.content))
    return found
