"""Links from source records to people, and what joining two people does to them."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, transaction

from offenders.links import join_offenders, live_links, records_of
from offenders.models import Offender, RecordLink

AsRole = Callable[[str], AbstractContextManager[None]]
FILE = uuid.UUID(int=9)
ONE, TWO, THREE = (uuid.UUID(int=number) for number in (1, 2, 3))


def link(record: uuid.UUID, person: Offender, feed: str = "ppo") -> RecordLink:
    """Link a record to a person."""
    return RecordLink.objects.create(
        record_id=record, feed=feed, offender=person, rule=RecordLink.Rule.OWN_RECORD, delivery_id=FILE
    )


@pytest.fixture
def people(db_as: AsRole) -> Iterator[tuple[Offender, Offender]]:
    """Two people: the first with a scheme's and a prison's record, the other with a scheme's."""
    with db_as("worker"):
        one, other = Offender.objects.create(visible_to=[7]), Offender.objects.create(visible_to=[8])
        link(ONE, one)
        link(TWO, one, "prison_roll")
        link(THREE, other)
        yield one, other


def test_records_are_found_by_person_and_feed(people: tuple[Offender, Offender]) -> None:
    one, other = people

    assert {pk: set(found) for pk, found in records_of([one.pk, other.pk]).items()} == {
        one.pk: {ONE, TWO},
        other.pk: {THREE},
    }
    assert records_of([one.pk], feed="prison_roll") == {one.pk: [TWO]}
    assert live_links([TWO, THREE, uuid.UUID(int=4)]) == {TWO: one.pk, THREE: other.pk}


def test_joining_moves_every_record_and_keeps_the_old_links(people: tuple[Offender, Offender]) -> None:
    one, other = people

    moved = join_offenders(other.pk, [one.pk], delivery_id=FILE)

    assert moved == {ONE, TWO}
    assert live_links([ONE, TWO, THREE]) == dict.fromkeys((ONE, TWO, THREE), other.pk)
    ended = RecordLink.objects.filter(offender=one)
    assert {found.record_id for found in ended if found.ended_at is not None} == {ONE, TWO}
    joined = RecordLink.objects.filter(offender=other, rule=RecordLink.Rule.JOINED)
    assert {(found.record_id, found.feed) for found in joined} == {(ONE, "ppo"), (TWO, "prison_roll")}


def test_emptied_person_is_seen_by_nobody(people: tuple[Offender, Offender]) -> None:
    one, other = people

    join_offenders(other.pk, [one.pk], delivery_id=FILE)

    assert Offender.objects.get(pk=one.pk).visible_to == []
    assert Offender.objects.get(pk=other.pk).visible_to == [8]


def test_record_speaks_of_one_person_only(people: tuple[Offender, Offender]) -> None:
    with pytest.raises(IntegrityError, match="recordlink_one_live_per_record"), transaction.atomic():
        link(ONE, people[1])
