"""What narrows the release calendar: whose people, which area, which prison. Row security has decided before."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from access.models import VisibilityKey
from access.officers import OfficerContext
from custody.pages.caseload_controls import Choice
from custody.pages.people import Person

K: Final = VisibilityKey.Kind


def area_keys(officer: OfficerContext) -> dict[tuple[str, str], int]:
    """Return the number by which rows carry each of the officer's areas, by kind and area. One query."""
    found = VisibilityKey.objects.filter(kind__in=(K.AREA, K.RELEASING), code__in=list(officer.areas))
    return {(key.kind, key.code): key.pk for key in found}


def matches(person: Person, asked: Mapping[str, Any], keys: Mapping[tuple[str, str], int]) -> bool:
    """Say whether somebody is among those asked for: by prison, by area, managed by it or only releasing to it."""
    if asked.get("prison") and person.state.establishment_code != asked["prison"]:
        return False
    whose, area = asked.get("whose"), asked.get("area")
    held = set(person.profile.visible_to)
    managed = _is_carried(held, K.AREA, area, keys)
    if whose == "managed":
        return managed
    releasing = _is_carried(held, K.RELEASING, area, keys)
    if whose == "releasing":
        return releasing and not managed
    return managed or releasing or not area


def query_of(asked: Mapping[str, Any], **changes: Any) -> str:
    """Return the query string that asks the same but for the changes."""
    wanted = {**asked, **changes}
    return urlencode({name: str(value) for name, value in wanted.items() if value})


def area_choices(officer: OfficerContext, asked: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Return the areas to choose from; with one area there is nothing to choose."""
    if len(officer.areas) <= 1:
        return ()
    return tuple(Choice(code, name, None, code == asked.get("area")) for code, name in officer.areas.items())


def prison_choices(people: Sequence[Person], names: Mapping[str, str], asked: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Return the prisons of those who stand on the days shown, and the one asked for."""
    codes = {person.state.establishment_code for person in people} | {asked.get("prison") or ""}
    listed = sorted((code for code in codes if code in names), key=lambda code: names[code])
    return tuple(Choice(code, names[code], None, code == asked.get("prison")) for code in listed)


def _is_carried(held: set[int], kind: str, area: str | None, keys: Mapping[tuple[str, str], int]) -> bool:
    wanted = {number for (of_kind, code), number in keys.items() if of_kind == kind and area in (None, "", code)}
    return bool(held & wanted)
