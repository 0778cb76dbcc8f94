"""The reference tables of custody are loaded whole, and loading them again mends them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO

import pytest
from django.core.management import call_command

from access.models import VisibilityKey
from custody.establishments import (
    district_shares,
    load_establishments,
    load_movement_reasons,
    load_postcode_districts,
    short_names,
)
from custody.models import Establishment, MovementReason, PostcodeDistrict

ActAs = Callable[[str], AbstractContextManager[None]]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        pytest.param("Leeds (HMP)", "Leeds", id="prison"),
        pytest.param("Moorland (HMP & YOI)", "Moorland", id="prison and young offenders"),
        pytest.param("Wetherby (HMYOI)", "Wetherby", id="young offenders on a site of their own"),
        pytest.param("Isle Of Wight (HMP & YOI)", "Isle of Wight", id="small word inside"),
        pytest.param("Dover Immigration Removal Centre", "Dover", id="kind without brackets"),
        pytest.param("Ghost Holding Establishment", "Ghost Holding Establishment", id="no kind"),
    ],
)
def test_pages_show_an_establishment_without_its_kind(name: str, short: str) -> None:
    assert short_names({"XXI": name}) == {"XXI": short}


def test_young_offenders_on_a_shared_site_are_told_apart() -> None:
    names = short_names({"FMI": "Feltham (HMP)", "FYI": "Feltham (HMYOI)"})

    assert names == {"FMI": "Feltham", "FYI": "Feltham YOI"}


def test_the_shares_of_a_district_are_whole_percents() -> None:
    shares = district_shares()

    assert {share.area for share in shares["AL3"]} == {"26UG", "26UC"}
    assert all(0 < sum(share.percent for share in parts) <= 101 for parts in shares.values())


def test_the_register_holds_open_and_closed_prisons(db: None) -> None:
    leeds = Establishment.objects.get(code="LEI")

    assert (leeds.name, leeds.short_name, leeds.town, leeds.active) == ("Leeds (HMP)", "Leeds", "Leeds", True)
    assert Establishment.objects.count() == 173
    assert Establishment.objects.filter(active=True).count() == 125


def test_no_two_open_prisons_show_the_same_name(db: None) -> None:
    names = list(Establishment.objects.filter(active=True).values_list("short_name", flat=True))

    assert len(names) == len(set(names))


def test_every_establishment_has_a_key(db: None) -> None:
    keys = VisibilityKey.objects.filter(kind=VisibilityKey.Kind.ESTABLISHMENT)

    assert set(keys.values_list("code", flat=True)) == set(Establishment.objects.values_list("code", flat=True))


def test_a_reason_is_found_by_movement_type_and_code(db: None) -> None:
    reason = MovementReason.objects.get(movement_type="REL", code="CR")

    assert reason.active
    assert reason.description
    assert MovementReason.objects.count() == 194


@pytest.mark.parametrize(
    ("district", "areas"),
    [
        pytest.param("LS8", ["00DA"], id="all in Leeds"),
        pytest.param("AL3", ["26UG"], id="mainly in one area"),
        pytest.param("DG16", ["16UB", "16UC", "16UD", "16UE", "16UF", "16UG"], id="over the Scottish border"),
    ],
)
def test_a_district_leads_to_its_areas(db: None, district: str, areas: list[str]) -> None:
    assert PostcodeDistrict.objects.get(district=district).area_codes == areas


def test_loading_again_mends_what_was_changed_and_adds_nothing(db_as: ActAs) -> None:
    with db_as("migrate"):
        Establishment.objects.filter(code="LEI").update(short_name="Elsewhere", active=False)
        MovementReason.objects.filter(movement_type="REL", code="CR").update(active=False)
        PostcodeDistrict.objects.filter(district="LS8").update(area_codes=["00AA"])

        loaded = (load_establishments(), load_movement_reasons(), load_postcode_districts())

        counts = tuple(model.objects.count() for model in (Establishment, MovementReason, PostcodeDistrict))
        assert loaded == counts
        assert Establishment.objects.get(code="LEI").short_name == "Leeds"
        assert MovementReason.objects.get(movement_type="REL", code="CR").active
        assert PostcodeDistrict.objects.get(district="LS8").area_codes == ["00DA"]


def test_the_command_says_what_it_loaded(db_as: ActAs) -> None:
    said = StringIO()

    with db_as("migrate"):
        call_command("load_reference_data", stdout=said)

    assert said.getvalue().startswith("Reference data: 43 forces, 376 areas, 173 establishments, 194 movement")
    assert "0 new area keys" in said.getvalue()
