"""Sealed values in memory say nothing of themselves."""

import copy
import json
import pickle
import uuid
from typing import Any

import pytest
from django.template import engines

from tests.vault.example import Person, a_person, stored
from vault.attributes import Bound, Sealed, SealedAttribute, row_bytes
from vault.opened import recording
from vault.seal import SealError

TOKEN = b"token bytes"


@pytest.mark.parametrize("holder", [Sealed, Bound])
@pytest.mark.parametrize("show", [repr, str, "{}".format, "%s".__mod__], ids=["repr", "str", "format", "percent"])
def test_a_sealed_value_shows_as_sealed(holder: Any, show: Any) -> None:
    assert show(holder(TOKEN)) == "<sealed>"


def test_a_page_shows_a_sealed_value_escaped() -> None:
    page = engines["django"].from_string("{{ surname }}").render({"surname": Sealed(TOKEN)})

    assert page == "&lt;sealed&gt;"


def test_sealed_values_cannot_be_sorted() -> None:
    with pytest.raises(TypeError):
        sorted([Sealed(TOKEN), Sealed(TOKEN)])  # type: ignore[type-var]


def test_equal_tokens_do_not_compare_equal() -> None:
    assert Sealed(TOKEN) != Sealed(TOKEN)


def test_a_sealed_value_is_neither_pickled_nor_made_json() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Sealed(TOKEN))
    with pytest.raises(TypeError):
        json.dumps(Sealed(TOKEN))


def test_a_loaded_person_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(stored(a_person()))


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy], ids=["shallow", "deep"])
def test_copying_what_a_person_holds_opens_nothing(make: Any) -> None:
    person = stored(a_person())

    with recording() as opened:
        held = make(vars(person)["surname"])

    assert repr(held) == "<sealed>"
    assert held.token == vars(person)["surname"].token
    assert opened.count == 0


def test_the_class_attribute_is_the_descriptor_itself() -> None:
    assert isinstance(Person.surname, SealedAttribute)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(uuid.UUID(int=1), bytes(15) + b"\1", id="UUID"),
        pytest.param(1, bytes(7) + b"\1", id="number"),
        pytest.param("abc", b"abc", id="text"),
    ],
)
def test_a_row_id_has_fixed_bytes(value: object, expected: bytes) -> None:
    assert row_bytes(value) == expected


@pytest.mark.parametrize("value", [None, "", True, 1.5, b"x"], ids=repr)
def test_what_is_no_row_id_is_refused(value: object) -> None:
    with pytest.raises(SealError, match="needs the id of its row"):
        row_bytes(value)
