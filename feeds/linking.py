"""Finds whose each source record is: by identifier when surname or date of birth agrees.

Writes links, new people and match cases only; facts follow the links. The
result does not depend on which record came first.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from access.keys import REVIEW_DESK, key_ids
from feeds import arrays
from feeds.models import Delivery, MatchCase
from feeds.personas import Persona, personas_of
from feeds.readings import NAME_AND_BIRTH
from offenders.links import join_offenders, live_links
from offenders.models import Offender, RecordLink
from vault.inserting import insert_all

SCHEME_FEEDS: Final = ("ppo",)
PAIRS: Final = """
SELECT a.record_id, o.feed, b.record_id, r.feed, bool_or(a.kind <> %(name_birth)s)
  FROM feeds_sourcetoken a
  JOIN feeds_sourcerecord o ON o.id = a.record_id
  JOIN feeds_sourcetoken b ON b.kind = a.kind AND b.token = a.token
                          AND b.record_id <> a.record_id
  JOIN feeds_sourcerecord r ON r.id = b.record_id
 WHERE a.record_id = ANY(%(records)s::uuid[])
   AND (%(all)s OR EXISTS (SELECT FROM offenders_recordlink l
                            WHERE l.record_id = b.record_id AND l.ended_at IS NULL))
 GROUP BY a.record_id, o.feed, b.record_id, r.feed
"""
# Of a national file's changed records, those that have a person or share a token with a record that has one: no
# other can be linked or doubted.
CONCERNED: Final = """
SELECT a.record_id
  FROM feeds_sourcetoken a
  JOIN feeds_sourcetoken b ON b.kind = a.kind AND b.token = a.token AND b.record_id <> a.record_id
 WHERE a.record_id = ANY(%(records)s::uuid[])
   AND EXISTS (SELECT FROM offenders_recordlink l WHERE l.record_id = b.record_id AND l.ended_at IS NULL)
UNION
SELECT record_id FROM offenders_recordlink WHERE record_id = ANY(%(records)s::uuid[]) AND ended_at IS NULL
"""
BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that share a token; ``by_identifier`` when one of them is an identifier."""

    own_feed: str
    other: UUID
    other_feed: str
    by_identifier: bool


@dataclass(slots=True)
class Linking:
    """What linking changed, for the statement and for the refresh that follows."""

    linked: set[UUID] = field(default_factory=set)
    new_people: set[UUID] = field(default_factory=set)
    people: set[UUID] = field(default_factory=set)
    joined: set[UUID] = field(default_factory=set)
    cases_opened: int = 0


class Linker:
    """Links the changed records of one delivery, inside its transaction."""

    def __init__(self, delivery: Delivery) -> None:
        """Decide on the strength of this delivery."""
        self.delivery = delivery
        self.result = Linking()
        self._links: dict[UUID, UUID] = {}
        self._pairs: dict[UUID, list[Pair]] = {}
        self._personas: dict[UUID, Persona] = {}
        self._new_people: list[Offender] = []
        self._new_links: list[RecordLink] = []
        self._desk = sorted(key_ids("review", [REVIEW_DESK]).values())

    def link(self, record_ids: Iterable[bytes]) -> Linking:
        """Link the records, given as the 16 bytes of their ids, and whatever their identifiers now reach."""
        is_scheme = self.delivery.feed in SCHEME_FEEDS
        changed = {UUID(bytes=record) for record in record_ids} if is_scheme else _concerned(record_ids)
        reached = self._link_scheme_records(changed) if is_scheme else changed
        while reached:
            reached = self._unlinked_neighbours(self._link_roll_records(reached))
        self._store()
        self._review(changed | self.result.linked)
        return self.result

    def _link_scheme_records(self, records: set[UUID]) -> set[UUID]:
        """Every scheme record has a person, its own if no other's; returns the roll's neighbours."""
        self._load(records, everything=True)
        for record in sorted(records):
            agreeing = self._agreeing_people(record)
            if record not in self._links:
                own = agreeing or [self._new_person()]
                rule = RecordLink.Rule.IDENTIFIER if agreeing else RecordLink.Rule.OWN_RECORD
                self._add_link(record, own[0], rule, self.delivery.feed)
            self._join(record, agreeing)
        return {
            pair.other
            for record in records
            for pair in self._pairs.get(record, ())
            if pair.by_identifier and pair.other_feed not in SCHEME_FEEDS
        }

    def _link_roll_records(self, records: set[UUID]) -> set[UUID]:
        """Link what agrees with somebody; returns those of the records that now have a person."""
        self._store()
        self._load(records, everything=False)
        for record in sorted(records & self._pairs.keys()):
            agreeing = self._agreeing_people(record)
            if agreeing and record not in self._links:
                self._add_link(record, agreeing[0], RecordLink.Rule.IDENTIFIER, "prison_roll")
            self._join(record, agreeing)
        return records & self._links.keys()

    def _unlinked_neighbours(self, records: set[UUID]) -> set[UUID]:
        if not records:
            return set()
        pairs = _pairs(records, everything=True)
        others = {p.other for found in pairs.values() for p in found if p.by_identifier}
        self._store()
        return others - live_links(others).keys()

    def _agreeing_people(self, record: UUID) -> list[UUID]:
        """The people whose records share an identifier and agree, longest known first."""
        found = {
            self._links[pair.other]
            for pair in self._pairs.get(record, ())
            if pair.by_identifier and pair.other in self._links and self._agrees(record, pair.other)
        }
        if len(found) < 2:  # noqa: PLR2004 - nothing to put in order
            return list(found)
        self._store()
        known = Offender.objects.filter(pk__in=found).order_by("created_at", "pk")
        return list(known.values_list("pk", flat=True))

    def _agrees(self, record: UUID, other: UUID) -> bool:
        return self._personas[record].agrees_with(self._personas[other])

    def _join(self, record: UUID, people: Sequence[UUID]) -> None:
        """One record that agrees with two people shows that they are one."""
        own = self._links.get(record)
        others = [person for person in people if person != own]
        if own is None or not others:
            return
        self._store()
        moved = join_offenders(own, others, delivery_id=self.delivery.pk)
        self._links.update(dict.fromkeys(moved, own))
        self.result.people |= {own, *others}
        self.result.joined.add(own)
        self.result.linked |= moved

    def _new_person(self) -> UUID:
        person = Offender()
        self._new_people.append(person)
        self.result.new_people.add(person.pk)
        return person.pk

    def _add_link(self, record: UUID, person: UUID, rule: str, feed: str) -> None:
        link = RecordLink(record_id=record, feed=feed, offender_id=person, rule=rule, delivery_id=self.delivery.pk)
        self._new_links.append(link)
        self._links[record] = person
        self.result.linked.add(record)
        self.result.people.add(person)

    def _store(self) -> None:
        """Write the people and links that wait; done before the database is asked for any of them."""
        insert_all(self._new_people)
        insert_all(self._new_links, routed=True)
        self._new_people, self._new_links = [], []

    def _load(self, records: set[UUID], *, everything: bool) -> None:
        pairs = _pairs(records, everything=everything)
        self._pairs.update(pairs)
        seen = set(pairs) | {pair.other for found in pairs.values() for pair in found}
        self._links.update(live_links(seen | records))
        self._personas.update(personas_of(seen - self._personas.keys()))

    def _review(self, records: set[UUID]) -> None:
        """Put to the review desk what an identifier or a name says and the rule does not settle."""
        self._load(records & self._links.keys(), everything=True)
        doubts: dict[frozenset[UUID], MatchCase] = {}
        for record in sorted(records & self._pairs.keys()):
            for pair in self._pairs[record]:
                rule = self._doubt(record, pair)
                if rule is not None:
                    doubts[frozenset((record, pair.other))] = self._case(record, pair, rule)
        known = _open_cases({record for sides in doubts for record in sides})
        fresh = [case for sides, case in doubts.items() if (sides, case.rule) not in known]
        before = MatchCase.objects.count()
        MatchCase.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
        self.result.cases_opened = MatchCase.objects.count() - before
        self._close_settled()

    def _doubt(self, record: UUID, pair: Pair) -> str | None:
        """Why the two are for a person to decide; never when neither is a followed person's."""
        if self._links.get(record) == self._links.get(pair.other):
            return None
        if not pair.by_identifier:
            return MatchCase.Rule.NAME_ONLY
        return None if self._agrees(record, pair.other) else MatchCase.Rule.CONTRADICTED

    def _case(self, record: UUID, pair: Pair, rule: str) -> MatchCase:
        """The case is the waiting record's, whichever of the two came last."""
        other, feed = pair.other, pair.own_feed
        if self._waits(other, pair.other_feed) > self._waits(record, pair.own_feed):
            record, other, feed = other, record, pair.other_feed
        return MatchCase(
            record_id=record,
            other_record_id=other,
            feed=feed,
            rule=rule,
            deciding_fields={
                "record": self._personas[record].as_fields(),
                "other": self._personas[other].as_fields(),
            },
            delivery_id=self.delivery.pk,
            visible_to=self._desk,
        )

    def _waits(self, record: UUID, feed: str) -> tuple[bool, bool, UUID]:
        """Nobody's record waits for a person; of two that have one, the roll's waits for the scheme's."""
        return record not in self._links, feed not in SCHEME_FEEDS, record

    def _close_settled(self) -> None:
        """Close the cases that a link of either side has decided."""
        sides = list(MatchCase.objects.filter(closed_at__isnull=True).values_list("pk", "record_id", "other_record_id"))
        links = live_links({side for _, *pair in sides for side in pair})
        settled = [case for case, record, other in sides if record in links and links[record] == links.get(other)]
        MatchCase.objects.filter(pk__in=settled).update(closed_at=timezone.now())


def _concerned(records: Iterable[bytes]) -> set[UUID]:
    found: set[UUID] = set()
    rest = iter(records)
    while some := list(islice(rest, BATCH)):
        with connection.cursor() as cursor:
            cursor.execute(CONCERNED, {"records": arrays.of_bytes(some)})
            found.update(record for (record,) in cursor.fetchall())
    return found


def _open_cases(records: set[UUID]) -> set[tuple[frozenset[UUID], str]]:
    """Return which two records stand in an open case already, either way round, and by which rule."""
    found = MatchCase.objects.filter(closed_at__isnull=True, record_id__in=records)
    return {(frozenset(sides), rule) for *sides, rule in found.values_list("record_id", "other_record_id", "rule")}


def _pairs(records: set[UUID], *, everything: bool) -> dict[UUID, list[Pair]]:
    """Return, per record, the records that share a token; only linked ones unless ``everything``."""
    found: dict[UUID, list[Pair]] = defaultdict(list)
    values: dict[str, Any] = {"name_birth": NAME_AND_BIRTH, "records": arrays.of_uuids(records), "all": everything}
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, values)
        for record, *pair in cursor.fetchall():
            found[record].append(Pair(*pair))
    return dict(found)
