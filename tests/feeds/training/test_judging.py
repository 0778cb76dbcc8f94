"""Which of the things that happen between two files the files can show."""

from datetime import date, datetime

import pytest

from feeds.training.judging import Gap, filed, is_explained, judge
from feeds.training.model import ACTIVE_IN, ACTIVE_OUT, IN_TRANSIT, Custody, Filed, Happening, Movement

MONDAY = date(2026, 11, 16)
TUESDAY = date(2026, 11, 17)
FILE_AT = datetime(2026, 11, 17, 5, 30)  # noqa: DTZ001 - the world's clock has no zone
OLD_DATE = date(2027, 3, 2)
NEW_DATE = date(2027, 2, 3)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 16, hour)  # noqa: DTZ001 - the file's local time


RECEIVED = Movement("ADM", "N", at(1))


def standing(
    *,
    booking: str = "A00001",
    prison: str = "LEI",
    status: str = ACTIVE_IN,
    moved: Movement = RECEIVED,
    operative: date | None = None,
    operative_type: str = "",
) -> Filed:
    return Filed(booking, prison, status, moved, operative, operative_type)


def between(before: Filed | None, after: Filed | None) -> Gap:
    return Gap(before, after, MONDAY, TUESDAY, FILE_AT)


def happening(kind: str, hour: int, **told: str | date | None) -> Happening:
    return Happening(kind, at(hour), str(told.pop("booking", "A00001")), **told)  # type: ignore[arg-type]


def verdicts(gap: Gap, *happenings: Happening) -> list[tuple[str, bool]]:
    return [(verdict.happening.kind, verdict.observable) for verdict in judge(gap, happenings)]


def test_a_reception_shows_when_the_next_file_holds_the_person() -> None:
    assert verdicts(between(None, standing()), happening("entered", 17)) == [("entered", True)]


def test_a_reception_and_bail_between_two_files_leave_no_trace() -> None:
    found = verdicts(between(None, None), happening("entered", 8), happening("released", 15))

    assert found == [("entered", False), ("released", False)]


def test_out_and_in_again_under_a_new_booking_shows_the_reception_only() -> None:
    gap = between(standing(operative=MONDAY, operative_type="CRD"), standing(booking="B00002"))

    found = verdicts(gap, happening("released", 9), happening("entered", 19, booking="B00002"))

    assert found == [("released", False), ("entered", True)]


def test_of_two_moves_between_two_files_the_last_shows_and_is_told_from_the_prison_last_named() -> None:
    gap = between(standing(prison="LEI"), standing(prison="HLI"))
    first = happening("transferred", 10, origin="LEI", destination="WEI")
    second = happening("transferred", 16, origin="WEI", destination="HLI")

    found = list(judge(gap, [first, second]))

    assert [verdict.observable for verdict in found] == [False, True]
    assert found[1].happening.origin == "LEI"


def test_a_move_there_and_back_shows_nothing() -> None:
    gap = between(standing(prison="LEI"), standing(prison="LEI"))

    assert verdicts(
        gap,
        happening("transferred", 10, origin="LEI", destination="WEI"),
        happening("transferred", 16, origin="WEI", destination="LEI"),
    ) == [("transferred", False), ("transferred", False)]


def test_a_prison_passed_through_before_a_night_in_transit_is_never_named() -> None:
    stay = Custody("A00001", "WEI", "SENTENCED", MONDAY, "", Movement("TRN", "NOTR", at(18)), "", status=IN_TRANSIT)
    after = filed(stay, before=standing(prison="LEI"))

    assert after is not None
    assert after.prison == "LEI"
    assert verdicts(between(standing(prison="LEI"), after), happening("transferred", 10)) == [("transferred", False)]


def test_a_day_at_court_shows_its_return_only() -> None:
    after = standing(moved=Movement("CRT", "CRT", at(17)))

    found = verdicts(between(standing(), after), happening("at_court", 8), happening("returned_from_court", 17))

    assert found == [("at_court", False), ("returned_from_court", True)]


def test_somebody_still_at_court_shows_as_gone() -> None:
    after = standing(status=ACTIVE_OUT, moved=Movement("CRT", "CRT", at(8)))

    assert verdicts(between(standing(), after), happening("at_court", 8)) == [("at_court", True)]


@pytest.mark.parametrize("kind", ["released", "escaped", "absconded", "at_large", "died", "removed", "to_hospital"])
def test_a_last_line_that_says_how_somebody_went_shows_it_and_the_file_without_them_is_no_news(kind: str) -> None:
    gone = standing(status=ACTIVE_OUT, moved=Movement("REL", "UAL", at(9)))

    assert verdicts(between(standing(), gone), happening(kind, 9)) == [(kind, True)]
    assert verdicts(between(gone, None)) == []


def test_who_was_moved_and_left_before_the_file_shows_as_gone_only() -> None:
    gone = standing(prison="HLI", status=ACTIVE_OUT, moved=Movement("REL", "UAL", at(19)))

    found = verdicts(
        between(standing(prison="LEI"), gone),
        happening("transferred", 12, origin="LEI", destination="HLI"),
        happening("absconded", 19),
    )

    assert found == [("transferred", False), ("absconded", True)]


def test_an_escape_of_which_no_line_speaks_shows_as_missing() -> None:
    assert verdicts(between(standing(), None), happening("escaped", 11)) == [
        ("escaped", False),
        ("missing_from_feed", True),
    ]


@pytest.mark.parametrize("kind", ["recalled", "recaptured"])
def test_a_recall_shows_as_such_while_it_is_the_last_movement(kind: str) -> None:
    told = standing(moved=Movement("ADM", "L", at(17)))
    overlaid = standing(status=ACTIVE_OUT, moved=Movement("CRT", "CRT", at(5)))

    assert verdicts(between(None, told), happening(kind, 17)) == [(kind, True)]
    assert verdicts(between(None, overlaid), happening(kind, 17)) == [("entered", True)]


@pytest.mark.parametrize(
    ("status", "moved_at", "expected"),
    [
        pytest.param(IN_TRANSIT, 18, True, id="still on the road"),
        pytest.param(ACTIVE_IN, 18, False, id="arrived"),
        pytest.param(IN_TRANSIT, 20, False, id="on another road since"),
    ],
)
def test_a_departure_shows_only_while_somebody_is_on_the_road(status: str, moved_at: int, *, expected: bool) -> None:
    after = standing(status=status, moved=Movement("TRN", "NOTR", at(moved_at)))

    assert verdicts(between(standing(), after), happening("in_transit", 18)) == [("in_transit", expected)]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param("CRD", [("release_date_confirmed", True)], id="calculated before"),
        pytest.param("CONFIRMED", [("release_date_confirmed", False)], id="confirmed before"),
    ],
)
def test_the_same_day_shows_as_confirmed_when_it_was_not_so_before(
    before: str, expected: list[tuple[str, bool]]
) -> None:
    gap = between(
        standing(operative=OLD_DATE, operative_type=before), standing(operative=OLD_DATE, operative_type="CONFIRMED")
    )

    assert verdicts(gap, happening("release_date_confirmed", 10, old_date=OLD_DATE, new_date=OLD_DATE)) == expected


def test_two_changes_of_date_are_told_as_one_from_file_to_file() -> None:
    gap = between(
        standing(operative=OLD_DATE, operative_type="CRD"), standing(operative=NEW_DATE, operative_type="CRD")
    )
    middle = date(2027, 1, 1)
    first = happening("release_date_changed", 10, old_date=OLD_DATE, new_date=middle)
    second = happening("release_date_changed", 14, old_date=middle, new_date=NEW_DATE)

    found = list(judge(gap, [first, second]))

    assert [verdict.observable for verdict in found] == [False, True]
    assert (found[1].happening.old_date, found[1].happening.new_date) == (OLD_DATE, NEW_DATE)


def test_a_date_changed_and_changed_back_shows_nothing() -> None:
    gap = between(standing(operative=OLD_DATE), standing(operative=OLD_DATE))

    assert verdicts(gap, happening("release_date_changed", 10), happening("release_date_changed", 14)) == [
        ("release_date_changed", False),
        ("release_date_changed", False),
    ]


def test_a_release_without_a_date_shows_as_missing() -> None:
    assert verdicts(between(standing(), None), happening("released", 11)) == [
        ("released", False),
        ("missing_from_feed", True),
    ]


@pytest.mark.parametrize(
    ("operative", "operative_type", "expected"),
    [
        pytest.param(date(2026, 11, 16), "CRD", True, id="released on the day"),
        pytest.param(date(2026, 11, 17), "CRD", True, id="a day early"),
        pytest.param(date(2026, 11, 18), "CRD", True, id="file on the day before"),
        pytest.param(date(2026, 11, 19), "CRD", False, id="two days before"),
        pytest.param(date(2026, 11, 22), "CRD", False, id="Sunday moved back to Thursday is too far off"),
        pytest.param(date(2026, 11, 15), "CRD", False, id="two days late"),
        pytest.param(date(2026, 11, 18), "CONFIRMED", True, id="confirmed for the day after"),
        pytest.param(None, "", False, id="no date"),
    ],
)
def test_the_window_explains_an_absence(*, operative: date | None, operative_type: str, expected: bool) -> None:
    gap = between(standing(operative=operative, operative_type=operative_type), None)

    assert is_explained(gap) is expected


@pytest.mark.parametrize(
    ("first_absent", "operative_type", "expected"),
    [
        pytest.param(date(2026, 11, 18), "CRD", True, id="Wednesday: a day before the policy's Thursday"),
        pytest.param(date(2026, 11, 17), "CRD", False, id="Tuesday is too early"),
        pytest.param(date(2026, 11, 19), "HDCAD", True, id="a curfew date goes back to Friday only"),
        pytest.param(date(2026, 11, 18), "HDCAD", False, id="Wednesday is too early for it"),
        pytest.param(date(2026, 11, 22), "CRD", True, id="a day after the stated Saturday"),
        pytest.param(date(2026, 11, 23), "CRD", False, id="two days after"),
    ],
)
def test_a_saturday_date_opens_the_window_early(*, first_absent: date, operative_type: str, expected: bool) -> None:
    before = standing(operative=date(2026, 11, 21), operative_type=operative_type)
    # Yesterday's file is never on the far side of the date here, so that the window alone decides.
    last_seen = min(first_absent, date(2026, 11, 20)) if expected else first_absent
    gap = Gap(before, None, last_seen, first_absent, FILE_AT)

    assert is_explained(gap) is expected


def test_somebody_whom_the_feed_lost_stands_in_no_file() -> None:
    stay = Custody("A00001", "LEI", "REMAND", MONDAY, "", Movement("ADM", "N", at(1)), "", lost_by_feed=True)

    assert filed(stay, before=standing()) is None
