"""Why an officer sees a person: the words beside the identity bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from access.models import VisibilityKey
from access.officers import OfficerContext
from custody.wording import full_date, joined
from offenders.models import Profile

K = VisibilityKey.Kind
STATED_REASON: Final = "you opened it for a stated reason, for 60 minutes"


@dataclass(frozen=True, slots=True)
class Because:
    """The ground on which a record is visible, and what follows it after a comma."""

    ground: str
    detail: str = ""


def because_of(profile: Profile, officer: OfficerContext) -> Because:
    """Return the ground on which the record is visible, to follow "You see this record because". Two queries.

    Source: architecture.md 3, the table of keys.
    """
    keys = list(VisibilityKey.objects.filter(pk__in=profile.offender.visible_to))
    managing = _areas(keys, K.AREA, officer)
    if managing:
        return _managed(managing, profile.scheme.get("memberships") or [], officer)
    releasing = _areas(keys, K.RELEASING, officer)
    if releasing:
        return Because(f"this person’s discharge address is in {_named(releasing, officer)}")
    if any(key.kind == K.ESTABLISHMENT and key.code in officer.establishments for key in keys):
        return Because("this person is held, or expected, at your establishment")
    if any(key.kind == K.OFFICER and key.code == str(officer.id) for key in keys):
        return Because("you are named on this restricted record")
    return Because(STATED_REASON)


def _managed(areas: Sequence[str], memberships: Sequence[Mapping[str, Any]], officer: OfficerContext) -> Because:
    """Say that areas manage the person and since when, or that they did until the scheme removed them."""
    ours = [membership for membership in memberships if membership["area"] in areas]
    current = [membership for membership in ours if membership["strand"]]
    names = _named(areas, officer)
    if ours and not current:
        return Because(f"{names} managed this person", _on("removed", ours, "removed_on"))
    verb = "manages" if len(areas) == 1 else "manage"
    return Because(f"{names} {verb} this person", _on("adopted", current, "adopted_on") if len(areas) == 1 else "")


def _on(word: str, memberships: Sequence[Mapping[str, Any]], field: str) -> str:
    days = [date.fromisoformat(membership[field]) for membership in memberships if membership.get(field)]
    return f", {word} on {full_date(max(days))}" if days else ""


def _named(areas: Sequence[str], officer: OfficerContext) -> str:
    return joined(sorted(officer.areas[code] for code in areas))


def _areas(keys: list[VisibilityKey], kind: str, officer: OfficerContext) -> list[str]:
    return [key.code for key in keys if key.kind == kind and key.code in officer.areas]
