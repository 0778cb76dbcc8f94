"""The PPO lists: what is read, mended, quarantined and refused."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.sources import ppo
from feeds.sources.ppo import ppo_row
from feeds.sources.rows import FileFault, ParsedRow
from tests.feeds.made_files import HEADER, good_rows, only_fault, ppo_line, read_ppo

SECOND = {"ppo_reference": "WY-0043", "surname": "Oakapple"}


def content_with(values: dict[str, str]) -> dict[str, str | list[str]]:
    rows, _ = read_ppo(HEADER + ppo_line(values))
    (row,) = good_rows(rows)
    return row.content


def test_good_line_becomes_a_row_under_reference_and_area() -> None:
    rows, reader = read_ppo(HEADER + ppo_line() + ppo_line(SECOND))

    assert [(row.line, row.key) for row in rows] == [(2, "WY-0042|00DA"), (3, "WY-0043|00DA")]
    assert reader.rows_seen == 2
    assert +reader.mended == {}


def test_content_is_canonical_json_without_empty_values() -> None:
    content = content_with({})

    assert content == json.loads(json.dumps(content))
    assert all(content.values())


def test_view_gives_typed_values() -> None:
    row = ppo_row(
        content_with(
            {
                "status": "REMOVED",
                "removed_on": "2026-10-01",
                "pnc_id": "1979/0163001B",
                "noms_number": "a1234bc",
                "aliases": '"Oakapple, Ambrose; Rowan, A J;"',
                "mappa_level": "2",
                "sex_offender": "Y",
                "postcode": "ls85qt",
            }
        )
    )

    assert (row.ppo_reference, row.csp_code) == ("WY-0042", "00DA")
    assert (row.status, row.removed_on) == ("REMOVED", date(2026, 10, 1))
    assert (row.adopted_on, row.date_of_birth) == (date(2026, 1, 9), date(1990, 3, 5))
    assert (row.surname, row.forenames) == ("Thistlewood", "Ambrose Juniper")
    assert (row.pnc_id, row.noms_number) == ("1979/0163001B", "A1234BC")
    assert row.aliases == ("Oakapple, Ambrose", "Rowan, A J")
    assert (row.mappa_level, row.sex_offender, row.sex) == ("2", "Y", "M")
    assert row.postcode == "LS8 5QT"


@pytest.mark.parametrize(
    ("stated", "kind", "read"),
    [
        pytest.param('"Oak\r\napple"', "line_break", "Oak apple", id="line break"),
        pytest.param('"Oak\napple"', "line_break", "Oak apple", id="line feed"),
        pytest.param("Oak\rapple", "line_break", "Oak apple", id="lone carriage return"),
        pytest.param("Oak   apple", "doubled_blank", "Oak apple", id="doubled blanks"),
        pytest.param("|", "lone_bar", None, id="lone bar"),
    ],
)
def test_dirt_is_mended_and_counted(stated: str, kind: str, read: str | None) -> None:
    rows, reader = read_ppo(HEADER + ppo_line({"surname": stated}) + ppo_line(SECOND))

    first, second = good_rows(rows)
    assert first.content.get("surname") == read
    assert second.key == "WY-0043|00DA"
    assert +reader.mended == {kind: 1}


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["without BOM", "with BOM"])
@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=["CRLF", "LF"])
def test_mark_and_line_ends_may_vary(mark: str, end: str) -> None:
    rows, _ = read_ppo((mark + HEADER + ppo_line()).replace("\r\n", end))

    assert len(good_rows(rows)) == 1


def test_line_number_is_where_the_record_starts() -> None:
    rows, _ = read_ppo(HEADER + ppo_line({"address": '"1 Elm Row\nLeeds\nYorkshire"'}) + ppo_line(SECOND))

    assert [row.line for row in rows] == [2, 5]


def test_doubled_quotes_and_commas_stay_in_the_value() -> None:
    assert content_with({"address": '"1 ""Elm"" Row, Leeds"'})["address"] == '1 "Elm" Row, Leeds'


def test_header_alone_is_an_empty_list() -> None:
    rows, reader = read_ppo(HEADER)

    assert (rows, reader.rows_seen) == ([], 0)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"ppo_reference": ""}, "R-01", id="no reference"),
        pytest.param({"ppo_reference": "WY|42"}, "R-01", id="bar in the reference"),
        pytest.param({"csp_code": ""}, "A-01", id="no area"),
        pytest.param({"csp_code": "99ZZ"}, "A-01", id="unknown area"),
        pytest.param({"csp_code": "00BN"}, "A-02", id="area of a force not named"),
        pytest.param({"strand": ""}, "V-09", id="no strand"),
        pytest.param({"strand": "CATCH"}, "V-09", id="unknown strand"),
        pytest.param({"status": "GONE"}, "V-10", id="unknown status"),
        pytest.param({"mappa_level": "4"}, "V-04", id="MAPPA level 4"),
        pytest.param({"sex_offender": ""}, "V-05", id="sex offender not said"),
        pytest.param({"sex": "X"}, "V-03", id="unknown sex"),
        pytest.param({"adopted_on": "09/01/2026"}, "D-01", id="UK date"),
        pytest.param({"removed_on": "2026-02-30"}, "D-01", id="30 February"),
        pytest.param({"date_of_birth": "20260109"}, "D-01", id="date without dashes"),
        pytest.param({"date_of_birth": "2024-01-01"}, "D-03", id="two years old"),
        pytest.param({"adopted_on": "2026-11-25"}, "D-05", id="adopted after the extract"),
        pytest.param({"removed_on": "2025-12-31"}, "D-05", id="removed before adopted"),
        pytest.param({"noms_number": "A12345BC"}, "N-02", id="misshapen prison number"),
        pytest.param({"surname": "Oak\x00apple"}, "T-02", id="NUL"),
        pytest.param({"forenames": "RenÃ©e"}, "T-03", id="mojibake"),
        pytest.param({"address": "1 Elm Row, Leeds"}, "W-01", id="comma without quotes"),
        pytest.param({"surname": '"Oak"apple'}, "W-02", id="text behind a closing quote"),
        pytest.param({"surname": '"Oakapple'}, "W-02", id="quote never closed"),
    ],
)
def test_faulty_row_goes_to_quarantine_and_its_neighbours_do_not(values: dict[str, str], code: str) -> None:
    rows, reader = read_ppo(HEADER + ppo_line(SECOND) + ppo_line(values) + ppo_line({"ppo_reference": "WY-0044"}))

    fault = only_fault(rows)
    assert (fault.code, fault.line) == (code, 3)
    assert [row.key for row in good_rows(rows)] == ["WY-0043|00DA", "WY-0044|00DA"]
    assert reader.rows_seen == 3


@pytest.mark.parametrize("values", [{"status": "GONE"}, {"surname": '"Oakapple'}, {"address": "1 Elm Row, Leeds"}])
def test_faulty_row_still_says_who_is_present(values: dict[str, str]) -> None:
    rows, _ = read_ppo(HEADER + ppo_line(values) + ppo_line(SECOND))

    assert only_fault(rows).key == "WY-0042|00DA"


def test_fault_never_repeats_a_value() -> None:
    rows, _ = read_ppo(HEADER + ppo_line({"strand": "CANARY1", "surname": "CANARY2"}))

    assert "CANARY" not in repr(only_fault(rows))


def test_two_open_quotes_cost_two_rows_and_no_more() -> None:
    open_quote = {"surname": '"Oak'}
    lines = [ppo_line(), ppo_line(open_quote), ppo_line(SECOND), ppo_line(open_quote), ppo_line(SECOND)]

    rows, reader = read_ppo(HEADER + "".join(lines))

    assert [row.line for row in good_rows(rows)] == [2, 4, 6]
    assert reader.rows_seen == 5


def test_byte_outside_utf_8_sends_only_its_row_to_quarantine() -> None:
    data = HEADER.encode() + ppo_line({"forenames": "Renée"}).encode("cp1252") + ppo_line(SECOND).encode()

    rows, _ = read_ppo(data)

    assert (only_fault(rows).code, only_fault(rows).key) == ("T-01", "WY-0042|00DA")


def test_endless_row_is_cut_and_the_next_is_read() -> None:
    rows, _ = read_ppo(HEADER + ppo_line({"address": "x" * 100_000}) + ppo_line(SECOND))

    assert only_fault(rows).code == "L-01"
    assert [row.key for row in good_rows(rows)] == ["WY-0043|00DA"]


def test_bad_police_identifiers_are_kept_and_counted() -> None:
    rows, reader = read_ppo(HEADER + ppo_line({"pnc_id": "1979/0163001C", "cro_number": "85227/65G"}))

    assert good_rows(rows)[0].content["pnc"] == "1979/0163001C"
    assert (reader.noted["bad_cro"], reader.noted["bad_pnc"]) == (1, 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param("", "F-05", id="empty"),
        pytest.param(ppo_line(), "F-06", id="no header"),
        pytest.param(HEADER.replace("strand,status", "status,strand"), "F-06", id="header in another order"),
        pytest.param(HEADER.strip() + ",notes\r\n", "F-06", id="extra column"),
        pytest.param(HEADER + "a,b\r\n" * 3, "F-02", id="wrong column count throughout"),
        pytest.param(HEADER + ppo_line() + ppo_line(SECOND)[:30], "F-03", id="truncated"),
        pytest.param(HEADER + ppo_line() + 'WY-0044,00DA,"CATCH', "F-03", id="truncated in quotes"),
        pytest.param((HEADER + ppo_line({"surname": "É"})).encode().split(b"\x89")[0], "F-03", id="cut in a letter"),
        pytest.param((HEADER + ppo_line()).replace("\r\n", "\r"), "F-06", id="carriage returns only"),
    ],
)
def test_faulty_file_is_refused_whole(data: str | bytes, code: str) -> None:
    with pytest.raises(FileFault) as refused:
        read_ppo(data)

    assert refused.value.code == code
    assert refused.value.cure


VALUES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), blacklist_characters="|\ufffd"))


@settings(deadline=None)
@given(surname=VALUES, address=VALUES)
def test_any_clean_text_comes_back_as_it_was(surname: str, address: str) -> None:
    quoted = {"surname": surname, "address": address}
    rows, _ = read_ppo(
        HEADER + ppo_line({field: '"' + text.replace('"', '""') + '"' for field, text in quoted.items()})
    )

    row = rows[0]
    if isinstance(row, ParsedRow):
        assert (row.content.get("surname", ""), row.content.get("address", "")) == (surname, address)
    else:
        assert row.code == "T-03"


GOOD = (HEADER + ppo_line({"address": '"1 Elm Row\nLeeds"'}) + ppo_line(SECOND)).encode()


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_mutation_crashes_the_reader(data: st.DataObject) -> None:
    raw = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=8))

    try:
        rows, reader = read_ppo(bytes(raw))
    except FileFault:
        return
    assert reader.rows_seen == len(rows)


def test_layout_has_the_twenty_columns_of_the_contract() -> None:
    assert next(iter(ppo.COLUMNS)) == "ppo_reference"
    assert len(ppo.COLUMNS) == len(set(ppo.COLUMNS.values())) == 20
