"""The record of openings: once per field and person, scans apart, promoted when shown."""

import contextvars
import uuid
from collections.abc import Iterator

import pytest

from vault.opened import UnrecordedOpeningError, insist_on_recording, note, recording, scanning, shown

ANN, BEN = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def insisting() -> Iterator[None]:
    """This process insists on a record, as web processes do."""
    insist_on_recording()
    yield
    insist_on_recording(insists=False)


def test_an_opening_is_counted_once_for_a_field_of_a_person() -> None:
    with recording() as opened:
        note("person.surname", ANN)
        note("person.surname", ANN)
        note("person.born_on", ANN)
        note("person.surname", BEN)

    assert opened.fields == {"person.surname": {ANN, BEN}, "person.born_on": {ANN}}
    assert opened.count == 3
    assert opened.people == {ANN, BEN}
    assert opened.scanned == {}


def test_an_empty_record_counts_nobody() -> None:
    with recording() as opened:
        pass

    assert (opened.count, opened.people, opened.scanned_people) == (0, frozenset(), frozenset())


def test_scanned_openings_are_counted_apart() -> None:
    with recording() as opened:
        with scanning():
            note("person.surname", ANN)
            note("person.surname", BEN)
        note("person.surname", BEN)

    assert opened.fields == {"person.surname": {BEN}}
    assert opened.scanned_people == {ANN, BEN}


def test_a_scan_inside_a_scan_does_not_end_the_outer_one() -> None:
    with recording() as opened, scanning():
        with scanning():
            pass
        note("person.surname", ANN)

    assert opened.count == 0


def test_showing_promotes_every_scanned_field_of_the_person() -> None:
    with recording() as opened:
        with scanning():
            note("person.surname", ANN)
            note("person.born_on", ANN)
            note("person.surname", BEN)
        shown(ANN)

    assert opened.fields == {"person.surname": {ANN}, "person.born_on": {ANN}}
    assert opened.scanned_people == {ANN, BEN}


def test_showing_promotes_only_the_fields_named() -> None:
    with recording() as opened:
        with scanning():
            note("person.surname", ANN)
            note("person.born_on", ANN)
        shown(ANN, "person.surname")

    assert opened.fields == {"person.surname": {ANN}}


def test_an_inner_record_is_also_part_of_the_outer_one() -> None:
    with recording() as outer:
        note("person.surname", ANN)
        with recording() as inner:
            note("person.born_on", BEN)
            with scanning():
                note("person.surname", BEN)

    assert inner.fields == {"person.born_on": {BEN}}
    assert outer.fields == {"person.surname": {ANN}, "person.born_on": {BEN}}
    assert outer.scanned == {"person.surname": {BEN}}


def test_a_record_inside_a_scan_starts_unscanned() -> None:
    with recording(), scanning():
        with recording() as inner:
            note("person.surname", ANN)

        assert inner.count == 1


def scan_and_fail() -> None:
    with recording(), scanning():
        note("person.surname", ANN)
        raise KeyError


def test_the_record_survives_an_error_inside() -> None:
    with recording() as outer:
        with pytest.raises(KeyError):
            scan_and_fail()
        note("person.surname", BEN)

    assert outer.scanned == {"person.surname": {ANN}}
    assert outer.fields == {"person.surname": {BEN}}


def test_records_of_different_contexts_do_not_mix() -> None:
    with recording() as opened:
        contextvars.Context().run(note, "person.surname", ANN)

    assert opened.count == 0


def test_without_a_record_an_opening_passes_where_none_is_insisted_on() -> None:
    note("person.surname", ANN)
    shown(ANN)


@pytest.mark.usefixtures("insisting")
def test_a_process_that_insists_refuses_an_opening_without_a_record() -> None:
    with pytest.raises(UnrecordedOpeningError, match="outside a door"):
        note("person.surname", ANN)
    with recording() as opened:
        note("person.surname", ANN)

    assert opened.count == 1
