"""Names are compared as people write them and shown as English writes them."""

import pytest

from offenders.names import (
    first_forename,
    full_name,
    initials,
    listed_name,
    normalise,
    same_surname,
    shown,
    surname_key,
    surname_parts,
)


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        pytest.param("Thackray", "THACKRAY", id="capitals"),
        pytest.param("O'Neill", "ONEILL", id="apostrophe"),
        pytest.param("O\u2019Neíll", "ONEILL", id="curly apostrophe and accent"),
        pytest.param("Smith-Jones", "SMITHJONES", id="hyphen"),
        pytest.param("  van der  Berg ", "VANDERBERG", id="blanks"),
        pytest.param("MAGALHÃES", "MAGALHAES", id="tilde"),
        pytest.param("Łukasz Sørensen", "LUKASZSORENSEN", id="letters with strokes"),
        pytest.param("Weiß", "WEISS", id="sharp s"),
        pytest.param("Ærø", "AERO", id="joined letters"),
        pytest.param("ﬁnn", "FINN", id="ligature of a typesetter"),
        pytest.param("J0hn.", "JHN", id="digits and points"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_normalising_leaves_bare_capitals(name: str, normal: str) -> None:
    assert normalise(name) == normal


@pytest.mark.parametrize(
    ("surname", "key"),
    [
        pytest.param("MacDonald", "MCDONALD", id="Mac as Mc"),
        pytest.param("Mc Donald", "MCDONALD", id="Mc written apart"),
        pytest.param("Saint John", "STJOHN", id="Saint as St"),
        pytest.param("St. John", "STJOHN", id="St with a point"),
        pytest.param("Mace", "MACE", id="too short to be a Mac"),
        pytest.param("Saint", "SAINT", id="Saint alone"),
    ],
)
def test_spellings_of_one_surname_have_one_key(surname: str, key: str) -> None:
    assert surname_key(surname) == key


@pytest.mark.parametrize(
    ("surname", "parts"),
    [
        pytest.param("Smith", {"SMITH"}, id="single"),
        pytest.param("Smith-Jones", {"SMITHJONES", "SMITH", "JONES"}, id="double"),
        pytest.param("Smith\u2013Jones", {"SMITHJONES", "SMITH", "JONES"}, id="double with a dash"),
        pytest.param("Al-Hassan", {"ALHASSAN"}, id="particle before a hyphen"),
        pytest.param("O-Neill-Mac-Donald", {"ONEILLMACDONALD", "ONEILL", "MCDONALD"}, id="two particles"),
        pytest.param("Smith-", {"SMITH"}, id="hyphen left over"),
        pytest.param("Smith-St", {"SMITHST", "SMITH"}, id="particle left over"),
        pytest.param("-", set(), id="nothing but a hyphen"),
    ],
)
def test_a_hyphenated_surname_is_met_whole_or_by_its_parts(surname: str, parts: set[str]) -> None:
    assert surname_parts(surname) == parts


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        pytest.param("SMITH", "Smith", True, id="case"),
        pytest.param("O'Neill", "ONEILL", True, id="apostrophe left out"),
        pytest.param("O Neill", "O'NEILL", True, id="apostrophe as blank"),
        pytest.param("MacDonald", "McDonald", True, id="Mac and Mc"),
        pytest.param("St John", "SAINT-JOHN", True, id="St and Saint"),
        pytest.param("Smith-Jones", "Jones", True, id="one half of a double name"),
        pytest.param("Smith-Jones", "SMITH JONES", True, id="double name with a blank"),
        pytest.param("Smith-MacDonald", "McDonald", True, id="Mc as the second half"),
        pytest.param("Al-Hassan", "Al-Karim", False, id="only the particle in common"),
        pytest.param("Smith", "Smyth", False, id="another spelling is another name here"),
        pytest.param("Mackie", "McKee", False, id="names that only begin alike"),
        pytest.param("", "", False, id="nothing equals nothing"),
        pytest.param("Smith", "", False, id="one missing"),
    ],
)
def test_surnames_of_one_person_are_the_same(a: str, b: str, *, same: bool) -> None:
    assert same_surname(a, b) is same
    assert same_surname(b, a) is same


@pytest.mark.parametrize(
    ("forenames", "first"),
    [
        pytest.param("DECLAN JOSEPH", "DECLAN", id="text of two"),
        pytest.param(["Declan", "Joseph"], "DECLAN", id="list"),
        pytest.param(["", "Joseph"], "JOSEPH", id="first place empty"),
        pytest.param("Jean-Paul", "JEANPAUL", id="hyphenated"),
        pytest.param([], "", id="none"),
    ],
)
def test_the_first_forename_is_taken_from_text_or_list(forenames: str | list[str], first: str) -> None:
    assert first_forename(forenames) == first


def test_initials_are_of_first_forename_and_surname() -> None:
    assert initials("Declan Joseph", "Thackray") == "DT"
    assert initials("", "O'Neill") == "O"


@pytest.mark.parametrize(
    ("written", "displayed"),
    [
        pytest.param("THACKRAY", "Thackray", id="capitals"),
        pytest.param("thackray", "Thackray", id="small letters"),
        pytest.param("O'NEILL", "O'Neill", id="Irish apostrophe"),
        pytest.param("MCDONALD", "McDonald", id="Mc"),
        pytest.param("MC", "Mc", id="Mc alone"),
        pytest.param("MACKIE", "Mackie", id="Mac stays whole"),
        pytest.param("SMITH-JONES", "Smith-Jones", id="double name"),
        pytest.param("ÉLODIE  ÅS", "Élodie Ås", id="accents and doubled blank"),
        pytest.param("MacDonald", "MacDonald", id="mixed case is somebody's own"),
        pytest.param("DE'S", "De's", id="s after an apostrophe"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_names_in_one_case_are_shown_in_two(written: str, displayed: str) -> None:
    assert shown(written) == displayed


def test_lists_show_the_surname_first_and_headings_last() -> None:
    assert listed_name("THACKRAY", "DECLAN JOSEPH") == "Thackray, Declan"
    assert listed_name("THACKRAY", []) == "Thackray"
    assert full_name(["DECLAN", "JOSEPH"], "THACKRAY") == "Declan Joseph Thackray"
