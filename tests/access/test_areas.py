"""Reference data of forces, areas and keys."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from access.areas import load_areas
from access.keys import key_ids
from access.models import Area, Force, VisibilityKey

pytestmark = pytest.mark.django_db

AsRole = Callable[[str], AbstractContextManager[None]]


def test_every_area_has_its_force_and_its_keys() -> None:
    assert (Force.objects.count(), Area.objects.count()) == (43, 376)
    assert Area.objects.get(code="00DA").force.name == "West Yorkshire"
    for kind in ("area", "releasing", "dip", "candidate"):
        assert VisibilityKey.objects.filter(kind=kind).count() == 376
    assert VisibilityKey.objects.filter(kind="review").count() == 1


def test_loading_again_changes_nothing(db_as: AsRole) -> None:
    before = key_ids("area", ["00DA", "00CX"])
    with db_as("migrate"):
        assert load_areas() == {"forces": 43, "areas": 376, "new_keys": 0}

    assert key_ids("area", ["00DA", "00CX"]) == before


def test_unknown_codes_have_no_key() -> None:
    assert set(key_ids("area", ["00DA", "ZZZZ"])) == {"00DA"}
