"""A postcode leads to the areas that its district lies in, and no address leads nowhere."""

import pytest

from custody.postcodes import DistrictShare, district_of, is_no_fixed_abode, releasing_to_areas


@pytest.mark.parametrize(
    ("postcode", "district"),
    [
        pytest.param("LS8 4AA", "LS8", id="as written"),
        pytest.param("ls84aa", "LS8", id="small letters without a blank"),
        pytest.param("LS28 7AA", "LS28", id="district of two digits"),
        pytest.param("E1 1AA", "E1", id="shortest"),
        pytest.param("E11AA", "E1", id="shortest without a blank"),
        pytest.param("E11 1AA", "E11", id="one digit more"),
        pytest.param("EC1A 1BB", "EC1A", id="letter at the end of the district"),
        pytest.param("W1A 0AX", "W1A", id="letter after one digit"),
        pytest.param("LS8", "LS8", id="district alone"),
        pytest.param("SW1A", "SW1A", id="long district alone"),
        pytest.param("NF1 1NF", None, id="no fixed abode"),
        pytest.param("nf11fa", None, id="no fixed abode, other code"),
        pytest.param("ZZ99 3VZ", None, id="no fixed abode of the health service"),
        pytest.param("NFA", None, id="no fixed abode in letters"),
        pytest.param("LEEDS", None, id="a town"),
        pytest.param("LS8 4A", None, id="a letter short"),
        pytest.param("12 High Street", None, id="an address line"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_district_is_the_first_half_of_a_postcode(postcode: str, district: str | None) -> None:
    assert district_of(postcode) == district


def test_no_fixed_abode_is_told_from_a_missing_postcode() -> None:
    assert is_no_fixed_abode("No fixed abode")
    assert is_no_fixed_abode("NF1 1NF")
    assert not is_no_fixed_abode("")


AREAS_OF_FORCE = {"13": ["00CX", "00DA"], "12": ["36UD"], "03": ["16UB", "16UC"]}


def share(area: str, force: str, percent: int) -> DistrictShare:
    return DistrictShare(area=area, force=force, percent=percent)


@pytest.mark.parametrize(
    ("shares", "areas"),
    [
        pytest.param([share("00DA", "13", 100)], {"00DA"}, id="all in one area"),
        pytest.param([share("00DA", "13", 80), share("00CX", "13", 20)], {"00DA"}, id="just the main share"),
        pytest.param([share("00DA", "13", 79), share("00CX", "13", 21)], {"00DA", "00CX"}, id="two notable shares"),
        pytest.param(
            [share("00DA", "13", 60), share("36UD", "12", 20), share("00CX", "13", 19)],
            {"00DA", "36UD"},
            id="areas of two forces, one below notice",
        ),
        pytest.param(
            [share(f"0{n}", "13", 16) for n in range(5)] + [share("36UD", "12", 19)],
            {"00CX", "00DA"},
            id="many small areas of one force with the main share",
        ),
        pytest.param(
            [share(f"0{n}", "13", 15) for n in range(4)] + [share(f"1{n}", "12", 10) for n in range(3)],
            {"00CX", "00DA", "36UD"},
            id="many small areas of two forces",
        ),
        pytest.param([share("", "03", 100)], {"16UB", "16UC"}, id="over the border, policed by one force"),
        pytest.param([share("", "99", 100)], set(), id="a force without areas here"),
        pytest.param([share("00DA", "13", 10)], set(), id="all but nothing in England and Wales"),
        pytest.param([], set(), id="a district that the table does not know"),
    ],
)
def test_people_are_released_to_the_areas_that_hold_their_district(
    shares: list[DistrictShare], areas: set[str]
) -> None:
    assert releasing_to_areas(shares, areas_of_force=AREAS_OF_FORCE) == areas
