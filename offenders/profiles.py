"""Keeps the profile that lists show: newest name and birth date, scheme and numbers."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from offenders.facts import Standing, standing_of
from offenders.identifiers import IdentifierKind
from offenders.links import records_of
from offenders.models import Identifier, PersonalDetails, Profile, SchemeMembership
from vault.among import among
from vault.index import match_token
from vault.inserting import insert_all

Records = Mapping[UUID, Sequence[UUID]]
PROFILE_MODELS: Final = (PersonalDetails, SchemeMembership, Identifier)
Absences = Mapping[UUID, date]


def profiles_of(records: Records, facts: Standing, *, absences: Absences) -> dict[UUID, Profile]:
    """Return the profile that the standing facts amount to for each person; nothing is saved.

    ``absences`` says since when scheme records are missing from their force's lists.
    """
    details = {record: rows[-1] for record, rows in facts.get(PersonalDetails, {}).items() if rows}
    memberships = {record: rows[-1] for record, rows in facts.get(SchemeMembership, {}).items() if rows}
    return {
        offender_id: _profile(offender_id, found, details, memberships, facts.get(Identifier, {}), absences=absences)
        for offender_id, found in records.items()
        if any(record in details for record in found)
    }


def save_profiles(
    offender_ids: Iterable[UUID],
    *,
    absences: Absences,
    records: Records | None = None,
    facts: Standing | None = None,
) -> int:
    """Store the profiles that differ from what is stored; return how many did.

    People's records and their standing facts are read unless they are handed in.
    """
    ids = set(offender_ids)
    records = records_of(ids) if records is None else records
    if facts is None:
        facts = standing_of(PROFILE_MODELS, [record for found in records.values() for record in found])
    wanted = profiles_of(records, facts, absences=absences)
    found = Profile.objects.filter(among("offender_id", ids)).values_list("pk", "digest")
    stored = {pk: bytes(digest) for pk, digest in found}
    changed = [p for pk, p in wanted.items() if stored.get(pk) != p.digest]
    stale = (stored.keys() - wanted.keys()) | {p.pk for p in changed if p.pk in stored}
    if stale:
        Profile.objects.filter(among("offender_id", stale)).delete()
    insert_all(changed, routed=True)
    return len(changed)


def _profile(
    offender_id: UUID,
    own: Sequence[UUID],
    details: Mapping[UUID, PersonalDetails],
    memberships: Mapping[UUID, SchemeMembership],
    identifiers: Mapping[UUID, list[Identifier]],
    *,
    absences: Absences,
) -> Profile:
    """The scheme's own words come first, and of several the newest."""
    told = [details[r] for r in own if r in details]
    first = max(told, key=lambda d: (d.record_id in memberships, d.valid_at, str(d.record_id)))
    current = [memberships[r] for r in own if r in memberships]
    current.sort(key=lambda m: (not m.strand, m.adopted_on is None, m.adopted_on, m.reference))
    numbers = [fact for r in own for fact in identifiers.get(r, ())]
    scheme = {
        "memberships": [_membership(fact, absences.get(fact.record_id)) for fact in current],
        "numbers": {kind.value: _newest(numbers, kind) for kind in IdentifierKind},
    }
    profile = Profile(
        offender_id=offender_id,
        strand=next((m.strand for m in current if m.strand), ""),
        surname=first.surname,
        forenames=first.forenames,
        date_of_birth=first.date_of_birth,
        sex=first.sex,
        scheme=scheme,
    )
    profile.digest = _digest(profile)
    return profile


def _membership(fact: SchemeMembership, absent_since: date | None) -> dict[str, Any]:
    """Who was removed is rightly in no list."""
    return {
        "absent_since": absent_since.isoformat() if absent_since and fact.strand else None,
        "area": fact.area_code,
        "strand": fact.strand,
        "adopted_on": fact.adopted_on.isoformat() if fact.adopted_on else None,
        "removed_on": fact.removed_on.isoformat() if fact.removed_on else None,
        "reference": fact.reference,
        "lead_officer": fact.lead_officer,
        "mappa_level": fact.mappa_level,
        "sex_offender": fact.sex_offender,
    }


def _newest(numbers: Iterable[Identifier], kind: IdentifierKind) -> str:
    """The newest number that keeps the rule of its kind, else the newest as stated."""
    of_kind = [fact for fact in numbers if fact.kind == kind]
    best = max(of_kind, key=lambda f: (f.index is not None, f.valid_at, f.value), default=None)
    return best.value if best is not None else ""


def _digest(profile: Profile) -> bytes:
    """A keyed digest: a plain one over so little could be guessed back by whoever holds a dump."""
    told = [
        profile.strand,
        profile.surname,
        profile.forenames,
        str(profile.date_of_birth),
        profile.sex,
        profile.scheme,
    ]
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return match_token("profile", str(profile.offender_id), text)
