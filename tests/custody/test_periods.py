"""Facts become periods, stays and absences; what no file states stays unknown."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from custody.events import Event, derive_events
from custody.periods import derive_periods
from custody.snapshots import CustodyFact, MovementFact, Observation, RecordFacts, derive_facts
from custody.timeline import Period
from tests.custody.histories import absent as gone
from tests.custody.histories import at as extract
from tests.custody.histories import held
from tests.custody.histories import moved as stated

LONDON = ZoneInfo("Europe/London")
FILE = uuid.UUID(int=1)
NAMES = {"LEI": "Leeds", "HLI": "Hull"}


def at(month: int, day: int, hour: int = 6) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LONDON)


def fact(
    seen: datetime,
    code: str = "LEI",
    *,
    legal: str = "SENTENCED",
    booking: str = "A1",
    received: date | None = None,
    status: str = "ACTIVE IN",
) -> CustodyFact:
    return CustodyFact(seen, FILE, status, code, legal, booking, received, None)


def absent(seen: datetime, last_seen: datetime) -> CustodyFact:
    return CustodyFact(seen, FILE, "ABSENT", last_seen_at=last_seen)


def moved(when: datetime, movement_type: str, direction: str, *, learned: datetime, code: str = "LEI") -> MovementFact:
    return MovementFact(when, "second", movement_type, direction, "INT", code, learned, FILE)


def event(kind: str, *, learned: datetime, occurred: datetime) -> Event:
    return Event(kind, occurred, "second", learned, FILE)


def test_what_held_long_before_the_first_file_is_not_known() -> None:
    facts = RecordFacts((fact(at(11, 1), received=date(2026, 3, 1)),), (), ())

    spans = derive_periods(facts, [], names=NAMES)[0].spans

    assert [(span.starts_at, span.legal) for span in spans] == [(at(3, 1, 0), "unknown"), (at(11, 1), "sentenced")]


def test_a_file_on_the_day_after_reception_says_what_held_from_the_start() -> None:
    facts = RecordFacts((fact(at(11, 2), legal="REMAND", received=date(2026, 11, 1)),), (), ())

    spans = derive_periods(facts, [], names=NAMES)[0].spans

    assert [(span.starts_at, span.legal) for span in spans] == [(at(11, 1, 0), "remand")]


def test_the_first_stay_begins_with_the_arrival_that_the_first_file_states() -> None:
    first = fact(at(11, 1), received=date(2026, 3, 1))
    arrival = moved(at(9, 15, 11), "ADM", "IN", learned=at(11, 1))

    period = derive_periods(RecordFacts((first,), (arrival,), ()), [], names=NAMES)[0]

    assert period.starts_at == at(3, 1, 0)
    assert period.stays[0].starts_at == at(9, 15, 11)


def test_a_transfer_ends_one_stay_and_begins_the_next() -> None:
    custody = (fact(at(11, 1), received=date(2026, 10, 31)), fact(at(11, 5), "HLI", received=date(2026, 10, 31)))
    arrival = moved(at(11, 4, 11), "ADM", "IN", learned=at(11, 5), code="HLI")

    stays = derive_periods(RecordFacts(custody, (arrival,), ()), [], names=NAMES)[0].stays

    assert [(s.establishment_name, s.starts_at, s.ends_at) for s in stays] == [
        ("Leeds", at(10, 31, 0), at(11, 4, 11)),
        ("Hull", at(11, 4, 11), None),
    ]


@pytest.mark.parametrize(
    ("kind", "end_kind"),
    [
        pytest.param("released", "released", id="released"),
        pytest.param("missing_from_feed", "missing", id="missing from feed"),
        pytest.param("absconded", "absconded", id="absconded"),
    ],
)
def test_an_absence_ends_the_period_as_its_event_says(kind: str, end_kind: str) -> None:
    custody = (fact(at(11, 1), received=date(2026, 10, 31)), absent(at(11, 9), at(11, 8)))
    left = event(kind, learned=at(11, 9), occurred=at(11, 8, 9))

    period = derive_periods(RecordFacts(custody, (), ()), [left], names=NAMES)[0]

    assert (period.ends_at, period.end_kind) == (at(11, 8, 9), end_kind)


def test_an_absence_that_proved_a_fault_of_the_file_does_not_end_the_period() -> None:
    received = date(2026, 10, 31)
    custody = (
        fact(at(11, 1), received=received),
        absent(at(11, 9), at(11, 8)),
        fact(at(11, 10), received=received),
    )
    back = event("back_in_feed", learned=at(11, 10), occurred=at(11, 10))

    periods = derive_periods(RecordFacts(custody, (), ()), [back], names=NAMES)

    assert [(p.starts_at, p.ends_at) for p in periods] == [(at(10, 31, 0), None)]


def test_a_way_out_is_paired_with_its_way_back() -> None:
    movements = (
        moved(at(11, 5, 8), "CRT", "OUT", learned=at(11, 6)),
        moved(at(11, 5, 17), "CRT", "IN", learned=at(11, 6)),
        moved(at(11, 8, 17), "CRT", "IN", learned=at(11, 9)),
    )
    facts = RecordFacts((fact(at(11, 1), received=date(2026, 10, 31)),), movements, ())

    absences = derive_periods(facts, [], names=NAMES)[0].absences

    assert [(a.out_at, a.back_at, a.out_known) for a in absences] == [
        (at(11, 5, 8), at(11, 5, 17), True),
        (at(11, 8, 0), at(11, 8, 17), False),
    ]


def drawn(*seen: Observation) -> list[Period]:
    """Return the periods of a history whose supplier's first roll was made on the first day."""
    facts = derive_facts(seen)
    return derive_periods(facts, derive_events(facts, baseline_at=extract(1)), names=NAMES)


def outs(*seen: Observation) -> list[tuple[str, datetime, datetime | None, bool]]:
    """Return the absences of all periods."""
    return [(a.kind, a.out_at, a.back_at, a.out_known) for period in drawn(*seen) for a in period.absences]


OUT = "ACTIVE OUT"
TO_COURT = stated("CRT", "CA", 1, 9)
TO_LEAVE = stated("TAP", "RO", 1, 9)
ESCAPED = stated("REL", "ESCP", 1, 4)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param([], [], id="never seen"),
        pytest.param([held(1)], [(extract(1), None, "open")], id="still inside"),
        pytest.param([held(1), gone(2)], [(extract(1), extract(2), "missing")], id="missing"),
        pytest.param([held(1), gone(2), held(3)], [(extract(1), None, "open")], id="a gap in the feed ends nothing"),
        pytest.param(
            [held(1, movement=stated("REL", "CR", 1, 4)), gone(2), held(3, booking="LX9999")],
            [(extract(1), extract(1, 4, 0), "released"), (extract(3), None, "open")],
            id="released and received again",
        ),
        pytest.param(
            [held(1), held(2, booking="LX9999", movement=stated("ADM", "V", 1, 16))],
            [(extract(1), extract(1, 16, 0), "released"), (extract(1, 16, 0), None, "open")],
            id="two bookings meet",
        ),
        pytest.param(
            [held(1), held(4, movement=stated("ADM", "L", 3, 11))],
            [(extract(1), extract(3, 11, 0), "released"), (extract(3, 11, 0), None, "open")],
            id="released and recalled between two files: a recall opens a period",
        ),
        pytest.param(
            [held(1, movement=ESCAPED), gone(2), held(3, movement=stated("ADM", "RECA", 2, 11))],
            [(extract(1), None, "open")],
            id="recaptured: the old period goes on",
        ),
        pytest.param(
            [held(1, movement=ESCAPED), gone(2), held(4, movement=stated("ADM", "L", 3, 11))],
            [(extract(1), extract(1, 4, 0), "escaped"), (extract(3, 11, 0), None, "open")],
            id="escaped and recalled: a new period",
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=ESCAPED)],
            [(extract(1), extract(1, 4, 0), "escaped")],
            id="escaped, still in the file",
        ),
        pytest.param(
            [held(1, status=OUT, movement=ESCAPED)],
            [(extract(1), extract(1, 4, 0), "escaped")],
            id="gone already in the first roll",
        ),
        pytest.param(
            [held(1, "OUT", status="INACTIVE OUT")],
            [(extract(1), None, "open")],
            id="gone in the first file, not said how",
        ),
        pytest.param(
            [held(1, movement=stated("REL", "UAL_ECL", 1, 4)), gone(2)],
            [(extract(1), extract(1, 4, 0), "at_large")],
            id="unlawfully at large",
        ),
        pytest.param(
            [held(1, movement=stated("REL", "HP", 1, 4)), gone(2)],
            [(extract(1), extract(1, 4, 0), "hospital")],
            id="to hospital",
        ),
        pytest.param(
            [held(1, movement=stated("REL", "EX", 1, 4)), gone(2)],
            [(extract(1), extract(1, 4, 0), "removed")],
            id="extradited",
        ),
        pytest.param(
            [held(1), held(2, status=OUT, movement=TO_LEAVE), gone(3), held(5, movement=stated("ADM", "U", 4, 9))],
            [(extract(1), None, "open")],
            id="late back from leave",
        ),
    ],
)
def test_periods_begin_and_end_as_the_events_say(
    seen: list[Observation], expected: list[tuple[datetime, datetime | None, str]]
) -> None:
    assert [(p.starts_at, p.ends_at, p.end_kind) for p in drawn(*seen)] == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(
            [held(1), held(2, movement=TO_COURT, status=OUT)], [("court", extract(1, 9, 0), None, True)], id="out still"
        ),
        pytest.param(
            [held(1), held(2, movement=TO_COURT, status=OUT), held(3, movement=stated("CRT", "CA", 2, 17))],
            [("court", extract(1, 9, 0), extract(2, 17, 0), True)],
            id="out and back",
        ),
        pytest.param(
            [held(1), held(2, movement=TO_COURT, status=OUT), held(3, "HLI", movement=stated("ADM", "TRNCRT", 2, 18))],
            [("court", extract(1, 9, 0), extract(2, 18, 0), True)],
            id="out and received elsewhere",
        ),
        pytest.param(
            [
                held(1),
                held(2, movement=TO_COURT, status=OUT),
                held(3, movement=stated("CRT", "CA", 2, 9), status=OUT),
                held(4, movement=stated("CRT", "CA", 3, 17)),
            ],
            [
                ("court", extract(1, 9, 0), None, True),
                ("court", extract(2, 9, 0), extract(3, 17, 0), True),
            ],
            id="the first way back was not seen",
        ),
        pytest.param(
            [held(1), held(2, movement=stated("CRT", "CA", 1, 17))],
            [("court", extract(1, 0, 0), extract(1, 17, 0), False)],
            id="only the way back was seen",
        ),
        pytest.param(
            [held(1), held(2, movement=stated("TAP", "C4", 1, 9), status=OUT), gone(3)],
            [("absence", extract(1, 9, 0), extract(3), True)],
            id="the end of the period ends the absence",
        ),
        pytest.param(
            [
                held(1),
                held(2, movement=TO_LEAVE, status=OUT),
                held(3, movement=stated("REL", "UAL", 2, 20), status=OUT),
                held(6, movement=stated("ADM", "RECA", 5, 9)),
            ],
            [
                ("absence", extract(1, 9, 0), extract(2, 20, 0), True),
                ("at_large", extract(2, 20, 0), extract(5, 9, 0), True),
            ],
            id="absconded from leave: the leave ends where the time at large begins",
        ),
        pytest.param(
            [held(1), held(6, movement=stated("ADM", "RECA", 5, 9))],
            [("at_large", extract(5, 0, 0), extract(5, 9, 0), False)],
            id="only the recapture was seen",
        ),
        pytest.param(
            [held(1), held(2, movement=stated("CRT", "VL", 1, 9))], [], id="a hearing by video link is no day at court"
        ),
    ],
)
def test_absences_are_paired(
    seen: list[Observation], expected: list[tuple[str, datetime, datetime | None, bool]]
) -> None:
    assert outs(*seen) == expected


def test_time_at_large_is_cut_out_of_spans_and_stays() -> None:
    (period,) = drawn(
        held(1, legal="REMAND"),
        held(3, "HLI"),
        held(4, "HLI", status=OUT, movement=stated("REL", "UAL", 3, 20)),
        gone(5),
        held(8, "HLI", movement=stated("ADM", "RECA", 7, 9)),
        held(9, "LEI", legal="RECALL", movement=stated("ADM", "INT", 8, 14)),
    )

    assert [(span.legal, span.starts_at, span.ends_at) for span in period.spans] == [
        ("remand", extract(1), extract(3)),
        ("sentenced", extract(3), extract(3, 20, 0)),
        ("sentenced", extract(7, 9, 0), extract(9)),
        ("recalled", extract(9), None),
    ]
    assert [(stay.establishment_name, stay.starts_at, stay.ends_at) for stay in period.stays] == [
        ("Leeds", extract(1), extract(3)),
        ("Hull", extract(3), extract(3, 20, 0)),
        ("Hull", extract(7, 9, 0), extract(8, 14, 0)),
        ("Leeds", extract(8, 14, 0), None),
    ]


@pytest.mark.parametrize(
    ("seen", "recalls"),
    [
        pytest.param([gone(1), held(2, movement=stated("ADM", "L", 1, 11))], [True], id="by the movement"),
        pytest.param(
            [gone(1), held(2, legal="RECALL", movement=stated("ADM", "N", 1, 11))], [True], id="by the status"
        ),
        pytest.param([gone(1), held(2, movement=stated("ADM", "N", 1, 11))], [False], id="a reception"),
        pytest.param(
            [held(1), held(4, movement=stated("ADM", "L", 3, 11))], [False, True], id="the second of two periods"
        ),
    ],
)
def test_period_knows_whether_it_began_by_recall(seen: list[Observation], recalls: list[bool]) -> None:
    assert [period.is_recall for period in drawn(*seen)] == recalls


def test_events_of_other_records_end_no_period() -> None:
    facts = derive_facts([held(1)])
    elsewhere = event("released", learned=extract(2), occurred=extract(2))

    assert [p.end_kind for p in derive_periods(facts, [elsewhere], names=NAMES)] == ["open"]


def test_legal_status_that_nobody_knows_is_drawn_as_unknown() -> None:
    (period,) = drawn(held(1, legal="no such words", received=date(2026, 11, 1)), held(2, legal="REMAND"))

    assert [span.legal for span in period.spans] == ["unknown", "remand"]


def test_a_day_between_prisons_is_no_stay() -> None:
    (period,) = drawn(held(1), held(2, "TRN", status="INACTIVE TRN"), held(3, "HLI"))

    assert [(stay.establishment_name, stay.ends_at) for stay in period.stays] == [("Leeds", extract(3)), ("Hull", None)]


def test_an_absence_that_no_event_tells_ends_the_period_at_the_extract() -> None:
    (period,) = derive_periods(derive_facts([held(1), gone(2)]), [], names=NAMES)

    assert (period.ends_at, period.end_kind) == (extract(2), "released")
