"""Why an officer sees a person: the words beside the identity bar."""

from access.models import VisibilityKey
from access.officers import OfficerContext
from custody.wording import joined
from offenders.models import Offender

K = VisibilityKey.Kind


def because_of(offender: Offender, officer: OfficerContext) -> str:
    """Return the ground on which the record is visible, to follow "You see this record because". One query.

    Source: architecture.md 3, the table of keys.
    """
    keys = list(VisibilityKey.objects.filter(pk__in=offender.visible_to))
    managing = _areas(keys, K.AREA, officer)
    if managing:
        return f"{joined(managing)} {'manages' if len(managing) == 1 else 'manage'} this person"
    releasing = _areas(keys, K.RELEASING, officer)
    if releasing:
        return f"this person’s discharge address is in {joined(releasing)}"
    if any(key.kind == K.ESTABLISHMENT and key.code in officer.establishments for key in keys):
        return "this person is held, or expected, at your establishment"
    if any(key.kind == K.OFFICER and key.code == str(officer.id) for key in keys):
        return "you are named on this restricted record"
    return "you opened it for a stated reason, for 60 minutes"


def _areas(keys: list[VisibilityKey], kind: str, officer: OfficerContext) -> list[str]:
    return sorted(officer.areas[key.code] for key in keys if key.kind == kind and key.code in officer.areas)
