"""Identifiers are read in every written form, and slips and dummies are never taken for real ones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offenders.identifiers import (
    CHECK_LETTERS,
    Cro,
    IdentifierKind,
    Pnc,
    check_letter,
    is_dummy_prison_number,
    linkable,
    parse_cro,
    parse_pnc,
    parse_prison_number,
)

TODAY = date(2026, 11, 22)

PNC_FORMS = [
    pytest.param("1979/0163001B", "1979/0163001B", id="long form as stored"),
    pytest.param("81/34U", "1981/0000034U", id="two-digit year, serial not padded"),
    pytest.param("02/73319Z", "2002/0073319Z", id="check letter for a remainder of nought"),
    pytest.param("00/223R", "2000/0000223R", id="year nought"),
    pytest.param("2003/0000003Y", "2003/0000003Y", id="check letter for a remainder of twenty-two"),
    pytest.param("67/9893091D", "1967/9893091D", id="serial of seven digits"),
    pytest.param("12/394773H", "2012/0394773H", id="serial of six digits"),
    pytest.param("1998/1234567L", "1998/1234567L", id="four-digit year of the last century"),
    pytest.param("2003/0045678V", "2003/0045678V", id="padded serial"),
    pytest.param("2003/45678V", "2003/0045678V", id="four-digit year, serial not padded"),
    pytest.param("03/0045678V", "2003/0045678V", id="two-digit year, padded serial"),
    pytest.param("2007/0000009Q", "2007/0000009Q", id="serial of one digit, padded"),
    pytest.param("07/9Q", "2007/0000009Q", id="shortest form with a slash"),
    pytest.param("2011/1000000Y", "2011/1000000Y", id="serial of a million"),
    pytest.param("2015/0654321W", "2015/0654321W", id="year 2015"),
    pytest.param("2024/7777777V", "2024/7777777V", id="year 2024"),
    pytest.param("1966/0000001E", "1966/0000001E", id="first serial of a year"),
    pytest.param("20030045678V", "2003/0045678V", id="no slash, twelve characters"),
    pytest.param("030045678V", "2003/0045678V", id="no slash, ten characters"),
    pytest.param("0345678V", "2003/0045678V", id="no slash, eight characters"),
    pytest.param("079Q", "2007/0000009Q", id="no slash, four characters"),
    pytest.param("2003/0045678v", "2003/0045678V", id="small letter"),
    pytest.param("  2003 / 45678 V ", "2003/0045678V", id="blanks around and inside"),
    pytest.param("81/\u00a034U", "1981/0000034U", id="no-break space out of a spreadsheet"),
]

PNC_SLIPS = [
    pytest.param("", id="nothing"),
    pytest.param("   ", id="only blanks"),
    pytest.param("2003/0045678W", id="wrong check letter"),
    pytest.param("2003/0045679V", id="wrong digit"),
    pytest.param("2003/0045678I", id="letter outside the alphabet"),
    pytest.param("2003/0045678", id="no letter"),
    pytest.param("2003/V", id="no serial"),
    pytest.param("003/45678V", id="year of three digits"),
    pytest.param("3/45678V", id="year of one digit"),
    pytest.param("2003/00045678V", id="serial of eight digits"),
    pytest.param("2003//45678V", id="two slashes"),
    pytest.param("200345678V1", id="letter not at the end"),
    pytest.param("2003045678V", id="no slash, eleven characters"),
    pytest.param("45V", id="no slash, three characters"),
    pytest.param("2003/0000000" + check_letter("030000000"), id="serial nought with its right letter"),
    pytest.param("2027/0000009" + check_letter("270000009"), id="next year with its right letter"),
    pytest.param("1899/0000009" + check_letter("990000009"), id="before there were records"),
    pytest.param("٢٠٠٣/0045678V", id="Arabic digits"),
    pytest.param("２００３/0045678V", id="full-width digits"),
    pytest.param("2000/0448754K", id="letter of an arrest number on a PNC ID"),
    pytest.param("NOT KNOWN", id="words"),
]


@pytest.mark.parametrize(("text", "canonical"), PNC_FORMS)
def test_every_written_form_of_a_pnc_id_has_one_canonical_form(text: str, canonical: str) -> None:
    pnc = parse_pnc(text, today=TODAY)

    assert pnc is not None
    assert pnc.canonical == str(pnc) == canonical
    assert not pnc.is_dummy


@pytest.mark.parametrize("text", PNC_SLIPS)
def test_a_slip_is_no_pnc_id(text: str) -> None:
    assert parse_pnc(text, today=TODAY) is None


@pytest.mark.parametrize(
    ("today", "year"),
    [
        pytest.param(date(2026, 1, 1), 2026, id="the year that runs is of this century"),
        pytest.param(date(2025, 12, 31), 1926, id="the year to come is of the last"),
        pytest.param(date(2038, 5, 1), 2026, id="a year gone by is of this century"),
        pytest.param(date(2101, 1, 1), 2026, id="in the next century the last one is this"),
    ],
)
def test_a_two_digit_year_is_never_in_the_future(today: date, year: int) -> None:
    pnc = parse_pnc("26/9" + check_letter("260000009"), today=today)

    assert pnc is not None
    assert pnc.year == year


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1933/0993399H", id="dated 1933"),
        pytest.param("2033/0993399H", id="dated in the future"),
        pytest.param("33/993399H", id="two-digit year"),
        pytest.param("19330993399H", id="no slash"),
    ],
)
def test_a_dummy_pnc_id_says_so_and_never_links(text: str) -> None:
    pnc = parse_pnc(text, today=TODAY)

    assert pnc is not None
    assert pnc.is_dummy
    assert linkable(IdentifierKind.PNC, text, today=TODAY) is None


def test_the_short_form_is_the_one_officers_say() -> None:
    pnc = Pnc(year=2003, serial=45678, letter="V")

    assert pnc.short == "03/45678V"
    assert parse_pnc(pnc.short, today=TODAY) == pnc


@given(year=st.integers(1927, 2026), serial=st.integers(1, 9_999_999))
def test_any_pnc_id_survives_each_of_its_written_forms(year: int, serial: int) -> None:
    pnc = Pnc(year=year, serial=serial, letter=check_letter(f"{year % 100:02d}{serial:07d}"))
    forms = {pnc.canonical, pnc.short, pnc.canonical.replace("/", ""), pnc.short.replace("/", "").lower()}

    read = {parse_pnc(form, today=TODAY) for form in forms}

    assert read == {pnc}


@given(year=st.integers(1927, 2026), serial=st.integers(1, 9_999_999), letter=st.sampled_from(CHECK_LETTERS))
def test_one_letter_in_twenty_three_is_right(year: int, serial: int, letter: str) -> None:
    right = check_letter(f"{year % 100:02d}{serial:07d}")

    pnc = parse_pnc(f"{year}/{serial}{letter}", today=TODAY)

    assert (pnc is not None) == (letter == right)


CRO_FORMS = [
    pytest.param("65656/91H", "065656/91H", id="serial padded to six"),
    pytest.param("29906/12J", "029906/12J", id="serial of five digits"),
    pytest.param("123456/99L", "123456/99L", id="serial of six digits"),
    pytest.param("000007/05P", "000007/05P", id="serial padded already"),
    pytest.param("7/05P", "000007/05P", id="serial of one digit"),
    pytest.param("999999/87X", "999999/87X", id="last serial of a year"),
    pytest.param("054321/12X", "054321/12X", id="one nought in front"),
    pytest.param("300001/00M", "300001/00M", id="year nought"),
    pytest.param("000088/70B", "000088/70B", id="four noughts in front"),
    pytest.param("29906 / 12j", "029906/12J", id="blanks and a small letter"),
    pytest.param("02990612J", "029906/12J", id="no slash"),
    pytest.param("SF83/50058Z", "SF83/50058Z", id="small file, serial not padded"),
    pytest.param("SF05/482703J", "SF05/482703J", id="small file, serial of six digits"),
    pytest.param("SF78/12345D", "SF78/12345D", id="small file of 1978"),
    pytest.param("SF66/999Z", "SF66/999Z", id="small file, serial of three digits"),
    pytest.param("SF39/1Z", "SF39/1Z", id="small file, serial of one digit"),
    pytest.param("SF81/60606Y", "SF81/60606Y", id="small file of 1981"),
    pytest.param("sf81 60606y", "SF81/60606Y", id="small file in small letters without a slash"),
]

CRO_SLIPS = [
    pytest.param("", id="nothing"),
    pytest.param("85227/65G", id="wrong check letter"),
    pytest.param("SF83/50058B", id="small file with the letter of a padded serial"),
    pytest.param("SF83/050058Z", id="small file padded after its letter was made"),
    pytest.param("1234567/99L", id="serial of seven digits"),
    pytest.param("123456/1999L", id="four-digit year"),
    pytest.param("123456/99", id="no letter"),
    pytest.param("000000/01" + check_letter("01000000"), id="serial nought with its right letter"),
    pytest.param("SF01/0" + check_letter("010"), id="small file, serial nought"),
    pytest.param("１23456/99L", id="full-width digit"),
]


@pytest.mark.parametrize(("text", "canonical"), CRO_FORMS)
def test_every_written_form_of_a_cro_number_has_one_canonical_form(text: str, canonical: str) -> None:
    cro = parse_cro(text)

    assert cro is not None
    assert cro.canonical == str(cro) == canonical
    assert not cro.is_dummy


@pytest.mark.parametrize("text", CRO_SLIPS)
def test_a_slip_is_no_cro_number(text: str) -> None:
    assert parse_cro(text) is None


def test_the_dummy_cro_number_says_so_and_never_links() -> None:
    cro = parse_cro("000000/00Z")

    assert cro == Cro(year="00", serial="000000", letter="Z", small_file=False)
    assert cro.is_dummy
    assert linkable(IdentifierKind.CRO, "000000/00Z", today=TODAY) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("A4817KT", "A4817KT", id="as written"),
        pytest.param(" a4817 kt ", "A4817KT", id="small letters and blanks"),
        pytest.param("G0001AA", "G0001AA", id="another first letter"),
        pytest.param("A481KT", None, id="a digit short"),
        pytest.param("A48177KT", None, id="a digit too many"),
        pytest.param("4817KTA", None, id="letters in the wrong place"),
        pytest.param("A٤817KT", None, id="Arabic digit"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_prison_number_is_a_letter_four_digits_and_two_letters(text: str, number: str | None) -> None:
    assert parse_prison_number(text) == number


@pytest.mark.parametrize("number", ["A9999AA", "A0000AA"])
def test_a_dummy_prison_number_never_links(number: str) -> None:
    assert is_dummy_prison_number(number)
    assert linkable(IdentifierKind.PRISON_NUMBER, number.lower(), today=TODAY) is None


@pytest.mark.parametrize(
    ("kind", "text", "canonical"),
    [
        pytest.param(IdentifierKind.PRISON_NUMBER, "a4817kt", "A4817KT", id="prison number"),
        pytest.param(IdentifierKind.PRISON_NUMBER, "unknown", None, id="no prison number"),
        pytest.param(IdentifierKind.PNC, "03/45678v", "2003/0045678V", id="PNC ID"),
        pytest.param(IdentifierKind.PNC, "03/45678W", None, id="no PNC ID"),
        pytest.param(IdentifierKind.CRO, "65656/91H", "065656/91H", id="CRO number"),
        pytest.param(IdentifierKind.CRO, "65656/91J", None, id="no CRO number"),
    ],
)
def test_a_record_links_by_the_canonical_form(kind: IdentifierKind, text: str, canonical: str | None) -> None:
    assert linkable(kind, text, today=TODAY) == canonical
