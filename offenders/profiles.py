"""Keeps the profile that lists show: newest name and birth date, scheme and numbers."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from offenders.facts import standing
from offenders.identifiers import IdentifierKind
from offenders.models import Identifier, PersonalDetails, Profile, RecordLink, SchemeMembership
from offenders.schemes import memberships_of
from vault.index import match_token

Links = Mapping[UUID, list[RecordLink]]
Absences = Mapping[UUID, date]


def profiles_of(offender_ids: Iterable[UUID], *, absences: Absences) -> dict[UUID, Profile]:
    """Return the profile that the standing facts amount to for each person; nothing is saved.

    ``absences`` says since when scheme records are missing from their force's lists.
    """
    links = _links(offender_ids)
    records = [link.record_id for found in links.values() for link in found]
    details = _latest_details(records)
    memberships = {r: history[-1] for r, history in memberships_of(records).items() if history}
    identifiers = _identifiers(records)
    return {
        offender_id: _profile(offender_id, found, details, memberships, identifiers, absences=absences)
        for offender_id, found in links.items()
        if any(link.record_id in details for link in found)
    }


def save_profiles(offender_ids: Iterable[UUID], *, absences: Absences) -> int:
    """Store the profiles that differ from what is stored; return how many did."""
    ids = set(offender_ids)
    wanted = profiles_of(ids, absences=absences)
    stored = {pk: bytes(digest) for pk, digest in Profile.objects.filter(pk__in=ids).values_list("pk", "digest")}
    Profile.objects.filter(pk__in=stored.keys() - wanted.keys()).delete()
    changed = [p for pk, p in wanted.items() if stored.get(pk) != p.digest]
    Profile.objects.filter(pk__in=[p.pk for p in changed]).delete()
    Profile.objects.bulk_create(changed, batch_size=500)
    return len(changed)


def _profile(
    offender_id: UUID,
    links: list[RecordLink],
    details: Mapping[UUID, PersonalDetails],
    memberships: Mapping[UUID, SchemeMembership],
    identifiers: Mapping[UUID, list[Identifier]],
    *,
    absences: Absences,
) -> Profile:
    """The scheme's own words come first, and of several the newest."""
    own = [link.record_id for link in links]
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


def _links(offender_ids: Iterable[UUID]) -> dict[UUID, list[RecordLink]]:
    found: dict[UUID, list[RecordLink]] = defaultdict(list)
    live = RecordLink.objects.filter(offender_id__in=list(offender_ids), ended_at__isnull=True)
    for link in live:
        found[link.offender_id].append(link)
    return found


def _latest_details(records: Iterable[UUID]) -> dict[UUID, PersonalDetails]:
    return {fact.record_id: fact for fact in standing(PersonalDetails, records)}


def _identifiers(records: Iterable[UUID]) -> dict[UUID, list[Identifier]]:
    found: dict[UUID, list[Identifier]] = defaultdict(list)
    for fact in standing(Identifier, records):
        found[fact.record_id].append(fact)
    return found
