"""Which events a record's extracts amount to: every kind, and the cases that look like one and are none."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from custody.events import derive_events
from custody.held_dates import operative_as_of
from custody.release_dates import ReleaseDateType
from custody.snapshots import CustodyFact, Observation, RecordFacts
from custody.steps import LONDON
from tests.custody.histories import Told, absent, at, events_of, facts_of, held, moved, on, told

OUT = "ACTIVE OUT"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([held(1)], [], id="in the first roll: inside already"),
        pytest.param([held(1, movement=moved("CRT", "CA", 1, 3), status=OUT)], [], id="at court in the first roll"),
        pytest.param([absent(1), held(2)], [("entered", "", "LEI")], id="entered without a movement"),
        pytest.param([held(1), held(2, "MDI")], [("transferred", "LEI", "MDI")], id="transferred"),
        pytest.param(
            [held(1), held(2, "TRN", status="INACTIVE TRN"), held(3, "MDI")],
            [("in_transit", "LEI", ""), ("transferred", "LEI", "MDI")],
            id="transferred by way of a day between prisons",
        ),
        pytest.param(
            [held(1), held(2, "TRN", status="INACTIVE TRN"), held(3)],
            [("in_transit", "LEI", "")],
            id="set out for another prison and came back",
        ),
        pytest.param(
            [held(1), held(2, "TRN", status="INACTIVE TRN"), absent(3)],
            [("in_transit", "LEI", ""), ("missing_from_feed", "LEI", "")],
            id="lost between prisons",
        ),
        pytest.param(
            [held(1, "TRN", status="INACTIVE TRN"), held(2, "MDI")],
            [],
            id="between prisons in the first roll: where from is not known",
        ),
        pytest.param(
            [held(1), held(2, movement=moved("CRT", "CA", 1, 9), status=OUT)],
            [("at_court", "LEI", "LEI")],
            id="to court",
        ),
        pytest.param(
            [
                held(1),
                held(2, movement=moved("CRT", "CA", 1, 9), status=OUT),
                held(3, movement=moved("CRT", "CA", 2, 17)),
            ],
            [("at_court", "LEI", "LEI"), ("returned_from_court", "LEI", "LEI")],
            id="to court overnight and back",
        ),
        pytest.param(
            [held(1), held(2, movement=moved("CRT", "CA", 1, 17))],
            [("returned_from_court", "LEI", "LEI")],
            id="out and back between two files leaves only the return",
        ),
        pytest.param(
            [
                held(1),
                held(2, movement=moved("TAP", "C4", 1, 9), status=OUT),
                held(3, movement=moved("TAP", "C4", 2, 17)),
            ],
            [("temporary_absence", "LEI", "LEI"), ("returned_from_absence", "LEI", "LEI")],
            id="temporary absence and back",
        ),
        pytest.param(
            [
                held(1),
                held(2, movement=moved("CRT", "CA", 1, 9), status=OUT),
                held(3, "MDI", movement=moved("ADM", "TRNCRT", 2, 18)),
            ],
            [("at_court", "LEI", "LEI"), ("transferred", "LEI", "MDI")],
            id="transferred from court",
        ),
        pytest.param(
            [held(1), held(2, "MDI", movement=moved("CRT", "CA", 1, 15), status=OUT)],
            [("at_court", "LEI", "MDI"), ("transferred", "LEI", "MDI")],
            id="transferred and out at court before the next file",
        ),
        pytest.param(
            [held(1), held(2, booking="LX9999", movement=moved("ADM", "V", 1, 16))],
            [("entered", "LEI", "LEI")],
            id="released and received again between two files",
        ),
        pytest.param(
            [held(1), held(2, "MDI", booking="LX9999")],
            [("entered", "LEI", "MDI")],
            id="another booking at another prison is a reception",
        ),
        pytest.param([held(1), held(2, booking="LX9999")], [], id="a booking number put right is no reception"),
        pytest.param([held(1), absent(2)], [("missing_from_feed", "LEI", "")], id="gone without a reason"),
        pytest.param(
            [held(1), absent(2), held(3)],
            [("missing_from_feed", "LEI", ""), ("back_in_feed", "LEI", "LEI")],
            id="gone for a day and back on the same booking",
        ),
        pytest.param(
            [held(1), absent(2), held(3, booking="LX9999")],
            [("missing_from_feed", "LEI", ""), ("entered", "LEI", "LEI")],
            id="back on another booking",
        ),
        pytest.param(
            [held(1), absent(2), held(3, movement=moved("ADM", "L", 2, 11))],
            [("missing_from_feed", "LEI", ""), ("recalled", "LEI", "LEI")],
            id="recalled on the same booking",
        ),
        pytest.param(
            [held(1), absent(2), held(3, movement=moved("ADM", "L", 1))],
            [("missing_from_feed", "LEI", ""), ("recalled", "LEI", "LEI")],
            id="recalled on the day last seen, hour not known",
        ),
        pytest.param(
            [held(1), held(2), absent(3), held(4, movement=moved("ADM", "L", 1))],
            [("missing_from_feed", "LEI", ""), ("back_in_feed", "LEI", "LEI")],
            id="an old reception stated late is none",
        ),
        pytest.param(
            [held(1), held(2, movement=moved("REL", "CR", 1, 10)), absent(3)],
            [("released", "LEI", "")],
            id="the last movement said released",
        ),
        pytest.param([held(1, movement=moved("REL", "ESCP", 1, 3)), absent(2)], [("escaped", "LEI", "")], id="escaped"),
        pytest.param(
            [held(1, movement=moved("REL", "UAL", 1, 3)), absent(2)], [("absconded", "LEI", "")], id="absconded"
        ),
        pytest.param(
            [held(1, movement=moved("REL", "UAL_ECL", 1, 3)), absent(2)],
            [("at_large", "LEI", "")],
            id="unlawfully at large from end of custody licence",
        ),
        pytest.param([held(1, movement=moved("REL", "DEC", 1, 3)), absent(2)], [("died", "LEI", "")], id="died"),
        pytest.param(
            [held(1, movement=moved("REL", "CR", 1, 3)), absent(2), held(3, booking="LX9999"), absent(4)],
            [("released", "LEI", ""), ("entered", "LEI", "LEI"), ("missing_from_feed", "LEI", "")],
            id="an earlier release explains no later absence",
        ),
        pytest.param(
            [held(1, dates={"CRD": on(3)}), held(2, dates={"CRD": on(3)}), absent(3)],
            [("released", "LEI", "")],
            id="gone on the day due",
        ),
        pytest.param(
            [held(1, dates={"CRD": on(10)}), absent(20)],
            [("released", "LEI", "")],
            id="the due day passed while files were missing",
        ),
        pytest.param(
            [held(1, dates={"CRD": on(19)}), absent(2)], [("missing_from_feed", "LEI", "")], id="gone long before due"
        ),
        pytest.param(
            [held(1, legal="REMAND", dates={"CRD": on(3)}), absent(3)],
            [("missing_from_feed", "LEI", "")],
            id="on remand no calculated date explains an absence",
        ),
    ],
)
def test_events_follow_from_extract_to_extract(seen: list[Observation], expected: list[Told]) -> None:
    assert told(events_of(*seen)) == expected


ESCAPED = moved("REL", "ESCP", 1, 3)
RECALLED = moved("ADM", "L", 3, 11)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(
            [absent(1), held(2, movement=moved("ADM", "L", 1, 12))], [("recalled", "", "LEI")], id="recalled on licence"
        ),
        pytest.param(
            [absent(1), held(2, legal="RECALL")], [("recalled", "", "LEI")], id="recalled, by the legal status alone"
        ),
        pytest.param(
            [absent(1), held(2, legal="RECALL", movement=moved("ADM", "N", 1, 12))],
            [("entered", "", "LEI")],
            id="on licence and charged anew: the admission says remand",
        ),
        pytest.param(
            [held(1, dates={"CRD": on(2)}), absent(2), held(9, legal="RECALL")],
            [("released", "LEI", ""), ("recalled", "LEI", "LEI")],
            id="recalled on the same booking, the admission overtaken",
        ),
        pytest.param(
            [held(1, legal="RECALL", dates={"CRD": on(2)}), absent(2), held(3, legal="RECALL")],
            [("released", "LEI", ""), ("back_in_feed", "LEI", "LEI")],
            id="recalled before the gap already: the file was at fault",
        ),
        pytest.param(
            [held(1), held(4, movement=RECALLED)],
            [("recalled", "LEI", "LEI")],
            id="released and recalled between two files",
        ),
        pytest.param(
            [held(1), held(2, "MDI"), held(4, "MDI", movement=moved("ADM", "L", 1, 11))],
            [("transferred", "LEI", "MDI")],
            id="a recall from before a file that had them, stated late",
        ),
        pytest.param(
            [held(1), held(2, booking="LX9999", movement=moved("ADM", "B", 1, 16))],
            [("recalled", "LEI", "LEI")],
            id="recalled from curfew on another booking",
        ),
        pytest.param(
            [held(1), held(4, movement=moved("ADM", "RECA", 3, 11))],
            [("recaptured", "LEI", "LEI")],
            id="escaped and recaptured between two files",
        ),
        pytest.param(
            [held(1, movement=ESCAPED), absent(2), held(3, movement=moved("ADM", "RECA", 2, 11))],
            [("escaped", "LEI", ""), ("recaptured", "LEI", "LEI")],
            id="escaped, then recaptured",
        ),
        pytest.param(
            [held(1, movement=ESCAPED), absent(2), held(3)],
            [("escaped", "LEI", ""), ("recaptured", "LEI", "LEI")],
            id="escaped, then back on the same booking without a word",
        ),
        pytest.param(
            [held(1, movement=ESCAPED), absent(2), held(4, movement=RECALLED)],
            [("escaped", "LEI", ""), ("recalled", "LEI", "LEI")],
            id="escaped, then back by recall",
        ),
        pytest.param(
            [held(1, movement=ESCAPED), absent(2), held(3, booking="LX9999", movement=moved("ADM", "RECA", 2, 11))],
            [("escaped", "LEI", ""), ("recaptured", "LEI", "LEI")],
            id="recaptured on another booking",
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=ESCAPED)],
            [("escaped", "LEI", "")],
            id="escaped, told by the row on the same morning",
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=ESCAPED), absent(3)],
            [("escaped", "LEI", "")],
            id="escaped, told once and not again when gone from the file",
        ),
        pytest.param(
            [
                held(1),
                held(2, status=OUT, movement=moved("CRT", "TRIAL", 1, 9)),
                held(3, status=OUT, movement=moved("REL", "ESCP", 2, 9)),
            ],
            [("at_court", "LEI", "LEI"), ("escaped", "LEI", "")],
            id="escaped from court: nothing but the movement is new",
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=moved("REL", "MRG", 1, 3))],
            [],
            id="a merge of records lets nobody go",
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=ESCAPED), held(3, status=OUT, movement=moved("CRT", "CA", 2, 9))],
            [("escaped", "LEI", ""), ("at_court", "LEI", "LEI"), ("recaptured", "LEI", "LEI")],
            id="escaped and at court the day after",
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=ESCAPED), held(3), held(4, status=OUT)],
            [("escaped", "LEI", ""), ("recaptured", "LEI", "LEI")],
            id="back, then out for an unknown reason: the old escape tells nothing of it",
        ),
        pytest.param(
            [held(1), absent(2), held(3, status=OUT, movement=moved("REL", "CR", 1, 9)), absent(4)],
            [("missing_from_feed", "LEI", ""), ("released", "LEI", "")],
            id="missing, then a file says that they had been released",
        ),
        pytest.param(
            [
                held(1),
                held(2, status=OUT, movement=moved("REL", "CR", 1, 9)),
                held(3, status=OUT, movement=moved("REL", "ESCP", 1, 9)),
                absent(4),
            ],
            [("released", "LEI", ""), ("escaped", "LEI", "")],
            id="said to be released, then to have escaped",
        ),
        pytest.param(
            [
                held(1),
                held(2, status=OUT, movement=moved("REL", "CR", 1, 9)),
                held(3, status=OUT, movement=moved("REL", "HR", 1, 9)),
            ],
            [("released", "LEI", "")],
            id="released, the reason put right",
        ),
        pytest.param(
            [held(1), absent(2), held(3, "OUT", status="INACTIVE OUT")],
            [("missing_from_feed", "LEI", ""), ("released", "LEI", "")],
            id="missing, then released by the document form",
        ),
        pytest.param(
            [held(1, movement=ESCAPED), absent(2), held(3, "OUT", status="INACTIVE OUT")],
            [("escaped", "LEI", "")],
            id="escaped, and outside ever since",
        ),
        pytest.param(
            [absent(1), held(2, status=OUT, movement=ESCAPED), absent(3)],
            [],
            id="first seen as gone: nobody entered and nobody left",
        ),
        pytest.param(
            [absent(1), held(2, status=OUT, movement=ESCAPED), held(3, movement=moved("ADM", "RECA", 2, 9))],
            [("recaptured", "LEI", "LEI")],
            id="first seen as gone, then recaptured",
        ),
        pytest.param(
            [
                held(1),
                held(2, status=OUT, movement=moved("TAP", "RO", 1, 9)),
                absent(3),
                held(5, movement=moved("ADM", "U", 4, 9)),
            ],
            [
                ("temporary_absence", "LEI", "LEI"),
                ("missing_from_feed", "LEI", ""),
                ("returned_from_absence", "LEI", "LEI"),
            ],
            id="late back from leave after the prison had struck them off",
        ),
        pytest.param(
            [
                held(1),
                held(2, status=OUT, movement=moved("TAP", "RO", 1, 9)),
                held(5, movement=moved("ADM", "A", 4, 9)),
            ],
            [("temporary_absence", "LEI", "LEI"), ("returned_from_absence", "LEI", "LEI")],
            id="late back from leave by themselves",
        ),
        pytest.param(
            [held(1), held(5, movement=moved("ADM", "R", 4, 9))], [], id="returned, of somebody who was never out"
        ),
        pytest.param(
            [held(1, dates={"CRD": on(2)}), absent(2), held(5, movement=moved("ADM", "R", 4, 9))],
            [("released", "LEI", ""), ("entered", "LEI", "LEI")],
            id="returned after a release is a reception",
        ),
        pytest.param(
            [held(1), absent(2), held(3, "MDI", movement=moved("ADM", "INT", 2, 9))],
            [("missing_from_feed", "LEI", ""), ("back_in_feed", "LEI", "MDI"), ("transferred", "LEI", "MDI")],
            id="transferred while missing from the file",
        ),
        pytest.param(
            [held(1), absent(2), held(3, movement=moved("ADM", "INT", 2, 9))],
            [("missing_from_feed", "LEI", ""), ("back_in_feed", "LEI", "LEI")],
            id="said to be transferred in where they were",
        ),
        pytest.param(
            [held(1), held(2, "MDI", booking="LX9999", movement=moved("ADM", "INT", 1, 9))],
            [("transferred", "LEI", "MDI")],
            id="a booking number put right on transfer is no reception",
        ),
        pytest.param(
            [held(1), held(2, "TRN", status="INACTIVE TRN"), held(3, "TRN", status="INACTIVE TRN", legal="RECALL")],
            [("in_transit", "LEI", "")],
            id="two days between prisons are one journey",
        ),
        pytest.param(
            [held(1), held(2, movement=moved("CRT", "VL", 1, 9))], [], id="a hearing by video link: never left"
        ),
        pytest.param(
            [
                held(1),
                held(2, status=OUT, movement=moved("CRT", "VL", 1, 9)),
                held(3, movement=moved("CRT", "VL", 2, 9)),
            ],
            [("at_court", "LEI", "LEI"), ("returned_from_court", "LEI", "LEI")],
            id="a hearing by video link, and out all the same by the status",
        ),
        pytest.param(
            [held(1), held(2, "OUT", status="INACTIVE OUT", movement=moved("REL", "HP", 1, 9))],
            [("to_hospital", "LEI", "")],
            id="the document form: discharged to hospital",
        ),
        pytest.param(
            [held(1), held(2, "OUT", status="INACTIVE OUT")],
            [("released", "LEI", "")],
            id="the document form: released, no movement named",
        ),
        pytest.param(
            [
                held(1),
                held(2, "OUT", status="INACTIVE OUT", movement=moved("REL", "CR", 1, 9)),
                held(5, "MDI", movement=moved("ADM", "L", 4, 9)),
            ],
            [("released", "LEI", ""), ("recalled", "LEI", "MDI")],
            id="the document form: released, then recalled elsewhere on the same booking",
        ),
    ],
)
def test_movements_are_read_by_type_and_reason(seen: list[Observation], expected: list[Told]) -> None:
    assert told(events_of(*seen)) == expected


def test_arrival_of_a_journey_is_dated_by_its_movement() -> None:
    out = moved("TRN", "NOTR", 1, 17)

    (left,) = events_of(held(1), held(2, "TRN", status="INACTIVE TRN", movement=out))

    assert (left.occurred_at, left.precision, left.reason_code) == (at(1, 17, 0), "second", "NOTR")


@pytest.mark.parametrize(
    ("dates", "certainty"),
    [
        pytest.param({"CRD": on(8, 1, 2027)}, "calculated", id="calculated"),
        pytest.param({"CRD": on(20, 12), "HDCAD": on(1, 12)}, "approved", id="approved"),
        pytest.param({"CRD": on(20, 12), "CONFIRMED": on(18, 12)}, "confirmed", id="changed and confirmed"),
        pytest.param({}, "", id="withdrawn"),
    ],
)
def test_date_events_say_how_sure_the_new_date_is(dates: dict[str, date | None], certainty: str) -> None:
    (event,) = events_of(held(1, dates=DUE), held(2, dates={"HDCAD": None, **dates}))

    assert event.certainty == certainty


DUE, LATER = {"CRD": on(20, 12)}, {"CRD": on(8, 1, 2027)}


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([held(1), held(2, dates=DUE)], ("release_date_set", None, on(20, 12)), id="set"),
        pytest.param(
            [held(1, dates=DUE), held(2, dates=LATER)],
            ("release_date_changed", on(20, 12), on(8, 1, 2027)),
            id="changed",
        ),
        pytest.param([held(1, dates=DUE), held(2)], ("release_date_withdrawn", on(20, 12), None), id="withdrawn"),
        pytest.param(
            [held(1, dates=DUE), held(2, dates={**DUE, "CONFIRMED": on(18, 12)})],
            ("release_date_changed", on(20, 12), on(18, 12)),
            id="a confirmed date overtakes",
        ),
        pytest.param(
            [held(1, dates=DUE), held(2, dates={**DUE, "CONFIRMED": on(20, 12)})],
            ("release_date_confirmed", on(20, 12), on(20, 12)),
            id="the same day is confirmed",
        ),
        pytest.param(
            [held(1, legal="REMAND", dates=DUE), held(2, dates=DUE)],
            ("release_date_set", None, on(20, 12)),
            id="sentenced: a date held on remand begins to count",
        ),
        pytest.param(
            [held(1, dates=DUE), held(2, legal="REMAND", dates=DUE)],
            ("release_date_withdrawn", on(20, 12), None),
            id="sentence quashed: the date counts no longer",
        ),
        pytest.param(
            [held(1, legal="REMAND", dates=DUE), held(2, dates=DUE), held(3, dates=LATER)],
            ("release_date_changed", on(20, 12), on(8, 1, 2027)),
            id="changed after the sentence, not set anew",
        ),
    ],
)
def test_change_of_the_date_that_counts_is_an_event(
    seen: list[Observation], expected: tuple[str, date | None, date | None]
) -> None:
    last = events_of(*seen)[-1]

    assert (last.kind, last.old_date, last.new_date) == expected


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param([held(1, dates=DUE)], id="in the first roll"),
        pytest.param([held(1), held(2, dates={"HDCED": on(20)})], id="eligible is not due"),
        pytest.param(
            [held(1, dates=DUE), held(2, dates={**DUE, "SED": on(1, 6, 2027)})], id="a type that does not count"
        ),
        pytest.param(
            [held(1, dates={"CRD": on(20, 12)}), held(2, dates={"SED": on(20, 12)})], id="same day by another type"
        ),
        pytest.param(
            [held(1, dates={**DUE, "CONFIRMED": on(20, 12)}), held(2, dates=DUE)],
            id="a confirmation withdrawn leaves the same day",
        ),
        pytest.param([held(1, dates={"TUSED": on(20, 12)}), held(2)], id="top-up supervision not stated any more"),
        pytest.param([held(1, legal="REMAND"), held(2, legal="REMAND", dates=DUE)], id="dates on remand do not count"),
    ],
)
def test_no_event_where_the_date_that_counts_stays(seen: list[Observation]) -> None:
    assert events_of(*seen) == []


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param([absent(1), held(2, dates=DUE)], id="entered with a date"),
        pytest.param(
            [held(1, dates=DUE), held(2, booking="LX9999", movement=moved("ADM", "V", 1, 9), dates=LATER)],
            id="another booking",
        ),
        pytest.param([held(1, dates=DUE), absent(2), held(3, dates=LATER)], id="back after an absence"),
    ],
)
def test_coming_in_raises_no_date_event(seen: list[Observation]) -> None:
    assert not [event for event in events_of(*seen) if event.kind.startswith("release_date")]


@pytest.mark.parametrize(
    ("observation", "occurred_at", "precision"),
    [
        pytest.param(held(3, movement=moved("ADM", "N", 2, 14)), at(2, 14, 0), "second", id="by the stated reception"),
        pytest.param(held(3, movement=moved("ADM", "N", 2)), at(2, 0, 0), "day", id="by its day alone"),
        pytest.param(held(3, received=on(2)), at(2, 0, 0), "day", id="by the first reception"),
        pytest.param(held(3), at(3), "day", id="by the extract"),
    ],
)
def test_entry_happened_when_best_known(observation: Observation, occurred_at: datetime, precision: str) -> None:
    (event,) = events_of(absent(1), absent(2), observation)

    assert (event.occurred_at, event.precision, event.learned_at) == (occurred_at, precision, at(3))


def test_second_entry_is_not_dated_by_the_first_reception() -> None:
    first = held(2, received=on(1))
    again = held(5, received=on(1), booking="LX9999")

    entries = [e.occurred_at for e in events_of(absent(1), first, held(3), absent(4), again) if e.kind == "entered"]

    assert entries == [at(1, 0, 0), at(5)]


def test_reason_put_right_later_tells_no_second_event() -> None:
    out = held(2, status="ACTIVE OUT", movement=moved("CRT", "CA", 1, 9))
    put_right = held(3, status="ACTIVE OUT", movement=moved("CRT", "PR", 1, 9))

    events = events_of(held(1), out, put_right)

    assert [(e.kind, e.reason_code) for e in events] == [("at_court", "CA")]


def test_release_is_dated_by_the_stated_movement() -> None:
    events = events_of(held(1), held(2, movement=moved("REL", "CR", 1, 10)), absent(3))

    assert [(e.occurred_at, e.precision, e.reason_code) for e in events] == [(at(1, 10, 0), "second", "CR")]


@pytest.mark.parametrize(
    ("due", "seen", "gone", "day"),
    [
        pytest.param(3, 2, 3, 2, id="first gone on the morning due: left the day before"),
        pytest.param(3, 3, 4, 3, id="left on the day due"),
        pytest.param(10, 1, 20, 10, id="due in a gap of files"),
        pytest.param(6, 6, 7, 6, id="a Friday, when nobody should leave, and left all the same"),
    ],
)
def test_release_by_date_lies_between_last_seen_and_first_gone(due: int, seen: int, gone: int, day: int) -> None:
    dates: dict[str, date | None] = {"CRD": on(due)}

    events = events_of(held(1, dates=dates), held(seen, dates=dates), absent(gone))

    assert [(e.kind, e.occurred_at) for e in events] == [("released", at(day, 0, 0))]


def test_events_before_and_at_the_first_roll_are_left_out() -> None:
    court = held(2, status="ACTIVE OUT", movement=moved("CRT", "CA", 1, 9))
    back = held(3, movement=moved("CRT", "CA", 2, 9))
    again = held(4, movement=moved("CRT", "CA", 3, 9))

    assert told(events_of(held(1), court, back, again, baseline=3)) == [("returned_from_court", "LEI", "LEI")]


def test_movement_whose_custody_is_no_longer_held_tells_nothing() -> None:
    movements = facts_of(held(1, movement=moved("CRT", "CA", 1, 3), status=OUT)).movements

    assert derive_events(RecordFacts((), movements, ()), baseline_at=at(1) - timedelta(days=1)) == []


def test_absence_that_follows_no_presence_is_an_error() -> None:
    lone = CustodyFact(valid_at=at(2), delivery_id=UUID(int=2), custody_status="ABSENT", last_seen_at=at(1))

    with pytest.raises(ValueError, match="must follow a presence"):
        derive_events(RecordFacts((lone,), (), ()), baseline_at=at(1))


@pytest.mark.parametrize(
    ("legal", "day", "expected"),
    [
        ("SENTENCED", 1, None),
        ("SENTENCED", 2, ReleaseDateType.CRD),
        ("SENTENCED", 3, None),
        ("REMAND", 2, None),
        ("no such words", 2, ReleaseDateType.CRD),
    ],
)
def test_date_that_counted_is_asked_of_a_moment(legal: str, day: int, expected: ReleaseDateType | None) -> None:
    facts = facts_of(held(1, legal=legal), held(2, legal=legal, dates=DUE), held(3, legal=legal))

    operative = operative_as_of(facts, at(day))

    assert (operative.date_type if operative else None) == expected


def test_nothing_counts_before_the_record_began() -> None:
    assert operative_as_of(facts_of(held(2, dates=DUE)), datetime(2026, 1, 1, tzinfo=LONDON)) is None
