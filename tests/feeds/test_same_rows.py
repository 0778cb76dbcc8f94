"""A row that states to the letter what is held is not read again, and nothing is lost by that."""

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

import pytest

from feeds.models import RowVersion
from feeds.sources import prison_roll
from feeds.sources.rows import Known, Mark, ParsedRow, Reader, RowFault, SameRow
from tests.factories import Desk, days, publish
from tests.feeds.made_files import KNOWN, good_rows, manifest_of, only_fault, read_roll, roll_line

AsRole = Callable[[str], AbstractContextManager[None]]
HELD = b"h" * 16
Rows = list[ParsedRow | RowFault | SameRow]
ONE, TWO, THREE = days(3)


def holding_all(asked: Sequence[tuple[str, str]]) -> list[Mark]:
    """Answer as a keeper who holds every row as it stands."""
    return [Mark(key.encode(), text.encode(), HELD) for key, text in asked]


def holding_none(asked: Sequence[tuple[str, str]]) -> list[Mark]:
    """Answer as a keeper of nothing."""
    return [mark._replace(held=None) for mark in holding_all(asked)]


def beside(lines: Sequence[str], *, known: Known = KNOWN, held: bool = True) -> tuple[Rows, Reader]:
    """Read a file beside a keeper of all of it, or of nothing."""
    reader = prison_roll.read(io.BytesIO("".join(lines).encode()), manifest_of(), known=known)
    return list(reader.beside(holding_all if held else holding_none)), reader


def test_held_row_is_given_as_the_same_and_another_is_read() -> None:
    rows, reader = beside([roll_line(), roll_line({3: "A2222BC"})])

    assert [type(row) for row in rows] == [SameRow, SameRow]
    assert [(row.token, row.held, row.line) for row in rows if isinstance(row, SameRow)] == [
        (b"A1234BC", HELD, 1),
        (b"A2222BC", HELD, 2),
    ]
    assert reader.rows_seen == 2


def test_row_that_nobody_holds_is_read_as_without_a_keeper() -> None:
    alone, _ = read_roll(roll_line())

    rows, _ = beside([roll_line()], held=False)

    assert rows == good_rows(alone)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="as usual"),
        pytest.param({47: '2001/1234567K"~"', 146: '"~"'}, id="repeated values, and none"),
        pytest.param({147: "SH"}, id="alerts that are dropped"),
        pytest.param({147: 'OPPO"~"SH'}, id="an alert that is used"),
        pytest.param({84: "LS8 5QT"}, id="a postcode alone"),
        pytest.param({78: "1 Some Street", 84: "LS8 5QT"}, id="an address"),
        pytest.param({93: "no fixed abode"}, id="a lone line"),
        pytest.param({135: "", 136: "", 137: "", 138: "", 139: ""}, id="no movement"),
        pytest.param({135: ""}, id="a time without its day"),
        pytest.param({7: "", 8: "JUNIPER"}, id="a second forename alone"),
    ],
)
def test_filled_keys_are_those_of_the_content(values: Mapping[int, str]) -> None:
    read, _ = beside([roll_line(values)], held=False)
    (row,) = [row for row in read if isinstance(row, ParsedRow)]
    counted = {key for key in row.content if not key.endswith("_postcode")}

    (same,), _ = beside([roll_line(values)])

    assert isinstance(same, SameRow)
    assert same.filled == counted


def test_row_whose_establishment_was_struck_off_is_judged_anew() -> None:
    rows, _ = beside([roll_line()], known=Known(establishments=frozenset({"MDI"})))

    assert only_fault([row for row in rows if not isinstance(row, SameRow)]).code == "P-01"


def test_row_of_somebody_past_the_highest_age_is_judged_anew() -> None:
    rows, _ = beside([roll_line({12: "01/01/1901"})])

    assert only_fault([row for row in rows if not isinstance(row, SameRow)]).code == "D-03"


def test_bad_identifier_leaves_no_digest_so_that_it_is_counted_each_time() -> None:
    rows, reader = beside([roll_line({47: "rubbish"}), roll_line({3: "A2222BC"})], held=False)

    marks = [row.mark for row in rows if isinstance(row, ParsedRow)]

    assert [bool(mark and mark.stated) for mark in marks] == [False, True]
    assert reader.noted["bad_pnc"] == 1


def test_missing_last_column_is_not_the_same_as_an_empty_one() -> None:
    whole, cut = (
        prison_roll.read(io.BytesIO(line.encode()), manifest_of(), known=KNOWN)
        for line in (roll_line(), roll_line(columns=152))
    )
    texts: list[str] = []

    def keeper(asked: Sequence[tuple[str, str]]) -> list[Mark]:
        texts.extend(text for _, text in asked)
        return holding_none(asked)

    for reader in (whole, cut):
        assert all(isinstance(row, ParsedRow) for row in reader.beside(keeper))

    assert len(set(texts)) == 2


def test_second_file_writes_nothing_for_rows_that_stay(db_as: AsRole) -> None:
    other = {3: "A2222BC", 6: "OTHER", 47: "rubbish"}
    with db_as("worker"):
        desk = Desk()
        first = publish(desk.roll(ONE, [{}, other]))
        second = publish(desk.roll(TWO, [{}, other]))
        third = publish(desk.roll(THREE, [{6: "MARRIED"}, other]))
        versions = RowVersion.objects.count()
        digests = sorted(bool(mac) for mac in RowVersion.objects.values_list("stated_mac", flat=True))

    told = [delivery.statement or {} for delivery in (first, second, third)]
    assert [(one["new_versions"], one["unchanged"]) for one in told] == [(2, 0), (0, 2), (1, 1)]
    assert told[0]["fields"] == told[1]["fields"]
    assert [one["noted"] for one in told] == [{"bad_pnc": 1}] * 3
    assert (versions, digests) == (3, [False, True, True])
