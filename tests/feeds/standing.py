"""Everything that stands in the database about people, without ids, in a form that two runs can be compared by."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from custody.models import CustodyEvent, CustodyState, CustodyStatement, Movement, ReleaseDate
from feeds.models import DeliveryMember, MatchCase, SourceRecord
from feeds.versions import record_token
from offenders.facts import standing
from offenders.models import Address, Identifier, PersonalDetails, Profile, RecordFact, RecordLink, SchemeMembership

FACTS: tuple[type[RecordFact], ...] = (
    PersonalDetails,
    Identifier,
    Address,
    SchemeMembership,
    CustodyStatement,
    Movement,
    ReleaseDate,
)
NOT_CONTENT = {"id", "record", "record_id", "delivery_id", "recorded_at", "visible_to", "digest", "offender"}
Names = dict[UUID, str]


def names_of(keys: Iterable[tuple[str, str]]) -> Names:
    """Return the sender's own key of each record, given the (feed, key) of everybody in the files."""
    tokens = {(feed, record_token(feed, key)): key for feed, key in keys}
    return {r.pk: tokens[r.feed, bytes(r.token)] for r in SourceRecord.objects.all()}


def standing_picture(names: Names) -> dict[str, list[str]]:
    """Return facts, events, states, profiles, links, open doubts and member runs, each as sorted lines."""
    groups = _groups(names)
    picture = {model.__name__: _lines(standing(model, names), names) for model in FACTS}
    picture["events"] = _lines(CustodyEvent.objects.filter(withdrawn_at__isnull=True), names)
    picture["states"] = sorted(f"{groups[s.pk]} {_content(s)}" for s in CustodyState.objects.all())
    picture["profiles"] = sorted(f"{groups[p.pk]} {_content(p)}" for p in Profile.objects.all())
    picture["people"] = sorted(groups.values())
    doubts = MatchCase.objects.filter(closed_at__isnull=True)
    picture["doubts"] = sorted(f"{names[c.record_id]} {names[c.other_record_id]} {c.rule} {c.feed}" for c in doubts)
    runs = DeliveryMember.objects.values_list("feed", "token", "first_seen", "last_seen")
    picture["runs"] = sorted(f"{feed} {bytes(token).hex()} {first} {last}" for feed, token, first, last in runs)
    return picture


def live_events(names: Names) -> list[tuple[str, str, int]]:
    """Return key, kind and day of learning of each live event."""
    live = CustodyEvent.objects.filter(withdrawn_at__isnull=True)
    return sorted((names[e.record_id], e.kind, e.learned_at.day) for e in live)


def _groups(names: Names) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = {}
    for link in RecordLink.objects.filter(ended_at__isnull=True):
        found.setdefault(link.offender_id, []).append(names[link.record_id])
    return {pk: "+".join(sorted(keys)) for pk, keys in found.items()}


def _lines(rows: Iterable[Any], names: Names) -> list[str]:
    return sorted(f"{names[row.record_id]} {_content(row)}" for row in rows)


def _content(row: Any) -> str:
    fields = (field.attname for field in row._meta.concrete_fields)
    told = {name: getattr(row, name) for name in fields if name not in NOT_CONTENT and not name.endswith("_id")}
    told.pop("key", None)
    return repr({name: bytes(value) if isinstance(value, memoryview) else value for name, value in told.items()})
