"""The prison roll: what is read, mended, quarantined and refused."""

import io
import json
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.manifest import LONDON
from feeds.sources import archive, prison_roll
from feeds.sources.prison_roll import roll_row
from feeds.sources.rows import FileFault, ParsedRow
from tests.feeds.made_files import KNOWN, good_rows, manifest_of, only_fault, read_roll, roll_line

MEMBER = "C_NOMIS_OFFENDER_24112026_01.dat"
SECOND = {3: "B7654CD", 6: "OAKAPPLE"}


def content_with(values: dict[int, str]) -> dict[str, str | list[str]]:
    rows, _ = read_roll(roll_line(values))
    (row,) = good_rows(rows)
    return row.content


def zipped(data: bytes, *, name: str = MEMBER, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as made:
        made.writestr(name, data)
    return held.getvalue()


def test_good_line_becomes_a_row_under_its_prison_number() -> None:
    rows, reader = read_roll(roll_line() + roll_line(SECOND))

    assert [(row.line, row.key) for row in rows] == [(1, "A1234BC"), (2, "B7654CD")]
    assert reader.rows_seen == 2
    assert +reader.mended == {}


def test_content_is_canonical_json_without_empty_values_or_column_0() -> None:
    content = content_with({})

    assert content == json.loads(json.dumps(content))
    assert all(content.values())
    assert "24/11/2026" not in content.values()


def test_same_values_on_another_day_give_the_same_content() -> None:
    first, _ = read_roll(roll_line())
    reader = prison_roll.read(
        io.BytesIO(roll_line({0: "25/11/2026"}).encode()), manifest_of(), overridden=frozenset({"F-04"})
    )

    assert good_rows(list(reader))[0].content == good_rows(first)[0].content


def test_unused_columns_are_dropped_unread() -> None:
    unused = dict.fromkeys((10, 13, 15, 18, 25, 33, 41, 46, 53, 75, 85, 100, 109, 122, 128, 140, 151), "CANARY")

    assert "CANARY" not in json.dumps(content_with(unused))


def test_view_gives_typed_values() -> None:
    row = roll_row(
        content_with(
            {
                9: "065656/91H",
                30: 'LX0001"~"LX0002',
                47: '1979/0163001B"~"2003/0000003Y',
                50: "Level 2",
                64: "01/06/2027",
                66: "01/12/2028",
                134: "INT",
                147: 'SR"~"OPPO',
                152: "01/12/2029",
            }
        )
    )

    assert (row.prison_number, row.surname, row.forenames) == ("A1234BC", "THISTLEWOOD", ("AMBROSE", "JUNIPER"))
    assert (row.establishment, row.custody_status, row.legal_status) == ("LEI", "ACTIVE IN", "SENTENCED")
    assert (row.date_of_birth, row.sex, row.sex_offender) == (date(1990, 3, 5), "M", False)
    assert (row.cro, row.pnc) == ("065656/91H", ("1979/0163001B", "2003/0000003Y"))
    assert row.previous_bookings == ("LX0001", "LX0002")
    assert (row.mappa, row.alerts) == ("2", ("OPPO", "SR"))
    assert row.confirmed_release == date(2027, 6, 1)
    assert row.dates == {"SED": date(2028, 12, 1), "TUSED": date(2029, 12, 1)}
    assert row.movement is not None
    assert row.movement.at == datetime(2026, 11, 23, 14, 5, 9, tzinfo=LONDON)
    assert (row.movement.movement_type, row.movement.reason, row.movement.precision) == ("TRN", "INT", "second")


def test_doubled_autumn_hour_is_the_first() -> None:
    row = roll_row(content_with({135: "25/10/2026", 136: "1", 137: "30", 138: "0"}))

    assert row.movement is not None
    assert row.movement.at is not None
    assert row.movement.at.isoformat() == "2026-10-25T01:30:00+01:00"


def test_movement_without_a_time_is_known_to_the_day() -> None:
    row = roll_row(content_with({136: "", 137: "", 138: ""}))

    assert row.movement is not None
    assert (row.movement.at, row.movement.precision) == (datetime(2026, 11, 23, tzinfo=LONDON), "day")


def test_health_and_self_harm_alerts_are_not_kept() -> None:
    assert content_with({147: 'HA"~"OPPO"~"MAS'})["alerts"] == ["OPPO"]


@pytest.mark.parametrize(
    ("lines", "postcode", "rest"),
    [
        pytest.param({84: "ls8 5qt", 78: "1 Elm Row"}, "LS8 5QT", ["1 Elm Row"], id="seventh line"),
        pytest.param({78: "1 Elm Row", 81: "LS85QT"}, "LS8 5QT", ["1 Elm Row"], id="another line that is one"),
        pytest.param({78: "1 Elm Row", 84: "Leeds"}, None, ["1 Elm Row", "Leeds"], id="no postcode anywhere"),
    ],
)
def test_postcode_is_found_in_the_address(lines: dict[int, str], postcode: str | None, rest: list[str]) -> None:
    content = content_with(lines)

    assert (content.get("discharge_postcode"), content["discharge"]) == (postcode, rest)


@pytest.mark.parametrize(
    ("data", "kind", "surname"),
    [
        pytest.param(roll_line({6: "OAK\r\nAPPLE"}), "line_break", "OAK APPLE", id="line break in a value"),
        pytest.param(roll_line({6: "OAK\nAPPLE"}), "line_break", "OAK APPLE", id="line feed in a value"),
        pytest.param(roll_line({6: "OAK\rAPPLE"}), "line_break", "OAK APPLE", id="lone carriage return in a value"),
        pytest.param(roll_line({6: "OAK\tAPPLE"}), "tab", "OAK APPLE", id="tab"),
        pytest.param(roll_line({6: "OAK   APPLE"}), "doubled_blank", "OAK APPLE", id="doubled blanks"),
        pytest.param(roll_line({6: " OAK APPLE "}), "outer_blank", "OAK APPLE", id="blanks at the edges"),
        pytest.param(roll_line({6: "|"}), "lone_bar", None, id="lone bar"),
        pytest.param(roll_line({128: "|"}), "lone_bar", "THISTLEWOOD", id="lone bar in a dropped column"),
        pytest.param(roll_line(columns=152), "missing_last", "THISTLEWOOD", id="152 columns"),
        pytest.param(
            roll_line(columns=152).strip() + "|01/12/2029\r\n", "unquoted_last", "THISTLEWOOD", id="unquoted last"
        ),
    ],
)
def test_dirt_is_mended_and_counted(data: str, kind: str, surname: str | None) -> None:
    rows, reader = read_roll(data + roll_line(SECOND))

    first, second = good_rows(rows)
    assert first.content.get("surname") == surname
    assert second.key == "B7654CD"
    assert reader.mended[kind] >= 1
    assert reader.rows_seen == 2


def test_lone_bars_side_by_side_stay_in_their_columns() -> None:
    content = content_with({6: "|", 7: "|", 8: "ROWAN"})

    assert (content.get("surname"), content["forenames"]) == (None, ["ROWAN"])


def test_missing_last_column_is_not_stated_and_a_blank_one_is_withdrawn() -> None:
    missing, _ = read_roll(roll_line(columns=152))

    assert roll_row(good_rows(missing)[0].content).unstated == {"TUSED"}
    assert roll_row(content_with({152: ""})).unstated == frozenset()


def test_line_number_is_where_the_record_starts() -> None:
    rows, _ = read_roll(roll_line({6: "OAK\nAP\nPLE"}) + roll_line(SECOND))

    assert [row.line for row in rows] == [1, 4]


def test_empty_lines_are_no_records() -> None:
    rows, reader = read_roll(roll_line() + "\r\n\r\n" + roll_line(SECOND) + "\r\n")

    assert len(good_rows(rows)) == reader.rows_seen == 2
    assert +reader.mended == {}


def test_last_line_without_a_line_end_is_taken() -> None:
    rows, _ = read_roll(roll_line().rstrip())

    assert len(good_rows(rows)) == 1


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("cp1252", b"")], ids=["UTF-8", "BOM", "cp1252"]
)
def test_declared_encoding_is_read(encoding: str, mark: bytes) -> None:
    rows, _ = read_roll(mark + roll_line({6: "MAGALHÃES", 7: "Renée"}).encode(encoding), encoding=encoding)

    assert good_rows(rows)[0].content["surname"] == "MAGALHÃES"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({3: ""}, "N-01", id="no prison number"),
        pytest.param({3: "1234ABC"}, "N-02", id="misshapen prison number"),
        pytest.param({12: "1990-03-05"}, "D-01", id="ISO date of birth"),
        pytest.param({66: "31/02/2027"}, "D-01", id="31 February"),
        pytest.param({70: "soon"}, "D-01", id="word for a date"),
        pytest.param({152: "00/00/0000"}, "D-01", id="zero date"),
        pytest.param({0: "23/11/2026"}, "D-02", id="another extract day"),
        pytest.param({0: "99/99/2026"}, "D-01", id="no extract day"),
        pytest.param({12: "25/11/2026"}, "D-03", id="born after the extract"),
        pytest.param({12: "05/03/1901"}, "D-03", id="125 years old"),
        pytest.param({12: "05/03/2020"}, "D-03", id="six years old"),
        pytest.param({136: "24"}, "D-04", id="hour 24"),
        pytest.param({137: "x"}, "D-04", id="minute x"),
        pytest.param({138: "²"}, "D-04", id="superscript second"),
        pytest.param({64: "01/01/2026"}, "D-05", id="released before received"),
        pytest.param({135: "25/11/2026"}, "D-05", id="movement after the extract"),
        pytest.param({2: "XXI"}, "P-01", id="unknown establishment"),
        pytest.param({2: ""}, "P-01", id="no establishment"),
        pytest.param({23: "INACTIVE OUT"}, "V-01", id="released custody status"),
        pytest.param({23: ""}, "V-01", id="no custody status"),
        pytest.param({24: "PONDERING"}, "V-02", id="unknown legal status"),
        pytest.param({4: "X"}, "V-03", id="unknown gender"),
        pytest.param({50: "Level 4"}, "V-04", id="MAPPA level 4"),
        pytest.param({51: "Yes"}, "V-05", id="sex offender Yes"),
        pytest.param({139: "FLY"}, "V-06", id="unknown movement type"),
        pytest.param({147: 'OPPO"~"Priority offender'}, "V-07", id="alert in words"),
        pytest.param({23: "INACTIVE TRN"}, "V-08", id="in transit at a prison"),
        pytest.param({2: "TRN"}, "V-08", id="active in transit"),
        pytest.param({6: "OAK\x00APPLE"}, "T-02", id="NUL"),
        pytest.param({6: "OAK\x07APPLE"}, "T-02", id="bell"),
        pytest.param({6: "OAK\x85APPLE"}, "T-02", id="C1 control"),
        pytest.param({6: "OAK\ufffdAPPLE"}, "T-02", id="replacement mark"),
        pytest.param({7: "RenÃ©e"}, "T-03", id="mojibake"),
        pytest.param({6: "Oâ€™Apple"}, "T-03", id="mojibake quote"),
        pytest.param({6: 'OAK"APPLE'}, "W-02", id="quote in a value"),
    ],
)
def test_faulty_row_goes_to_quarantine_and_its_neighbours_do_not(values: dict[int, str], code: str) -> None:
    rows, reader = read_roll(roll_line(SECOND) + roll_line(values) + roll_line({3: "C1111EF"}))

    fault = only_fault(rows)
    assert (fault.code, fault.line) == (code, 2)
    assert [row.key for row in good_rows(rows)] == ["B7654CD", "C1111EF"]
    assert reader.rows_seen == 3


@pytest.mark.parametrize("values", [{12: "never"}, {2: "XXI"}, {6: "OAK\x00"}, {0: "23/11/2026"}, {6: 'O"AK'}])
def test_faulty_row_still_says_who_is_present(values: dict[int, str]) -> None:
    rows, _ = read_roll(roll_line(values) + roll_line(SECOND))

    assert only_fault(rows).key == "A1234BC"


def test_fault_never_repeats_a_value() -> None:
    rows, _ = read_roll(roll_line({3: "CANARY1", 6: "CANARY2"}) + roll_line(SECOND))

    assert "CANARY" not in repr(only_fault(rows))


def test_two_people_on_one_line_are_both_present() -> None:
    rows, _ = read_roll(roll_line().strip() + roll_line(SECOND) + roll_line({3: "C1111EF"}))

    fault = only_fault(rows)
    assert (fault.code, fault.key, fault.also) == ("W-01", "A1234BC", ("B7654CD",))


def test_row_with_an_unreadable_date_does_not_spoil_the_one_before() -> None:
    rows, reader = read_roll(roll_line() + roll_line({**SECOND, 0: "2026-11-24"}))

    assert [row.key for row in good_rows(rows)] == ["A1234BC"]
    assert (only_fault(rows).code, only_fault(rows).key) == ("D-01", "B7654CD")
    assert reader.rows_seen == 2


def test_byte_outside_the_encoding_sends_only_its_row_to_quarantine() -> None:
    rows, _ = read_roll(roll_line().encode() + roll_line({**SECOND, 7: "Renée"}).encode("cp1252"))

    assert (only_fault(rows).code, only_fault(rows).key) == ("T-01", "B7654CD")


def test_endless_row_is_cut_and_the_next_is_read() -> None:
    rows, _ = read_roll(roll_line({128: "x" * 200_000}) + roll_line(SECOND))

    assert (only_fault(rows).code, only_fault(rows).key) == ("L-01", "A1234BC")
    assert [row.key for row in good_rows(rows)] == ["B7654CD"]


def test_endless_row_of_many_lines_is_cut() -> None:
    rows, _ = read_roll(roll_line({128: "x\n" * 100_000}) + roll_line(SECOND))

    assert only_fault(rows).code == "L-01"
    assert [(row.line, row.key) for row in good_rows(rows)] == [(100_002, "B7654CD")]


def test_bad_police_identifiers_are_kept_and_counted() -> None:
    rows, reader = read_roll(roll_line({9: "85227/65G", 47: "1979/0163001C"}))

    assert good_rows(rows)[0].content["cro"] == "85227/65G"
    assert (reader.noted["bad_cro"], reader.noted["bad_pnc"]) == (1, 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "F-05", id="empty"),
        pytest.param(b"System Date|Establishment\r\n", "F-01", id="another layout"),
        pytest.param("\ufeff".encode("utf-16") + roll_line().encode("utf-16"), "F-07", id="UTF-16"),
        pytest.param((roll_line(columns=150) * 3).encode(), "F-02", id="wrong column count throughout"),
        pytest.param((roll_line() + roll_line(SECOND)[:300]).encode(), "F-03", id="truncated"),
        pytest.param((roll_line() + roll_line({6: "É"})).encode().split(b"\x89")[0], "F-03", id="cut in a letter"),
        pytest.param((roll_line() + roll_line(SECOND)[:6]).encode(), "F-03", id="cut in the date"),
        pytest.param((roll_line({0: "23/11/2026"}) * 3).encode(), "F-04", id="another day throughout"),
        pytest.param(zipped(roll_line().encode())[:-40], "Z-02", id="zip without its end"),
        pytest.param(zipped(roll_line().encode(), name="notes.txt"), "Z-01", id="zip of something else"),
        pytest.param(zipped(b"x" * 9_000_000), "Z-05", id="zip bomb"),
    ],
)
def test_faulty_file_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(FileFault) as refused:
        read_roll(data)

    assert refused.value.code == code
    assert refused.value.cure


def test_mark_of_utf_8_in_a_windows_file_is_refused() -> None:
    with pytest.raises(FileFault) as refused:
        read_roll(b"\xef\xbb\xbf" + roll_line().encode(), encoding="cp1252")

    assert refused.value.code == "F-07"


def test_overridden_day_fault_takes_the_rows() -> None:
    rows, _ = read_roll(roll_line({0: "23/11/2026"}), overridden=frozenset({"F-04"}))

    assert len(good_rows(rows)) == 1


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_zip_with_its_one_member_is_read(compression: int) -> None:
    rows, _ = read_roll(zipped((roll_line() + roll_line(SECOND)).encode(), compression=compression))

    assert [row.key for row in good_rows(rows)] == ["A1234BC", "B7654CD"]


def test_zip_with_two_members_is_refused() -> None:
    held = io.BytesIO(zipped(roll_line().encode()))
    with zipfile.ZipFile(held, "a") as made:
        made.writestr("C_NOMIS_OFFENDER_24112026_02.dat", roll_line())

    with pytest.raises(FileFault) as refused:
        read_roll(held.getvalue())

    assert refused.value.code == "Z-01"


def test_zip_above_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_COMPRESSED_BYTES", 64)

    with pytest.raises(FileFault) as refused:
        read_roll(zipped(roll_line().encode()))

    assert refused.value.code == "Z-03"


def test_roll_is_read_in_pieces_of_any_size() -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 1, 7))

    data = (roll_line({6: "OAK\r\nAPPLE"}) + roll_line(SECOND)).encode()

    rows = list(prison_roll.read(Dripping(data), manifest_of(), known=KNOWN))

    assert [row.key for row in rows] == ["A1234BC", "B7654CD"]


VALUES = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), blacklist_characters='"|\ufffd'))


@settings(deadline=None)
@given(surname=VALUES, offence=VALUES)
def test_any_clean_text_comes_back_as_it_was(surname: str, offence: str) -> None:
    rows, _ = read_roll(roll_line({6: surname, 42: offence}))

    row = rows[0]
    if isinstance(row, ParsedRow):
        assert (row.content.get("surname", ""), row.content.get("offence", "")) == (surname, offence)
    else:
        assert row.code == "T-03"


GOOD = (roll_line() + roll_line(SECOND)).encode()


@settings(max_examples=300, deadline=None)
@given(data=st.data(), packed=st.booleans())
def test_no_mutation_crashes_the_reader(*, data: st.DataObject, packed: bool) -> None:
    raw = bytearray(zipped(GOOD) if packed else GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=8))

    try:
        rows, reader = read_roll(bytes(raw))
    except FileFault:
        return
    assert reader.rows_seen == len(rows)
