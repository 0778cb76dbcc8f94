"""Blind indexes and match tokens: equal for equal values, unlinkable across kinds, of one length."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vault.index import KINDS, blind_index, blind_indexes, match_token
from vault.keyring import Keyring, use_keyring


def test_equal_values_of_a_kind_have_one_index_of_sixteen_bytes() -> None:
    assert blind_index("pnc", "2000/0000001X") == blind_index("pnc", "2000/0000001X")
    assert len(blind_index("pnc", "2000/0000001X")) == 16


def test_no_two_kinds_share_an_index() -> None:
    indexes = [blind_index(kind, "A1234BC") for kind in sorted(KINDS)]

    assert all(one != other for one, other in combinations(indexes, 2))


def test_an_index_means_nothing_under_another_key() -> None:
    here = blind_index("pnc", "2000/0000001X")

    with use_keyring():
        assert blind_index("pnc", "2000/0000001X") != here


def test_searching_tries_every_key_on_the_ring(ring: Keyring) -> None:
    with use_keyring(Keyring(lambda purpose: {1: ring._master(purpose, 1)})):
        old = blind_index("cro", "1/90X")

    assert blind_indexes("cro", "1/90X") == (old, blind_index("cro", "1/90X"))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no index of kind 'surname'"):
        blind_index("surname", "EXAMPLE")


def test_an_empty_identifier_has_no_index() -> None:
    with pytest.raises(ValueError, match="empty pnc"):
        blind_index("pnc", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(("full", "AB", "C"), ("full", "A", "BC"), id="the border between parts moved"),
        pytest.param(("full", "A", "B"), ("full", "B", "A"), id="parts in another order"),
        pytest.param(("full", "A"), ("birth", "A"), id="another kind of token"),
        pytest.param(("full", "A", "B"), ("full", "A"), id="fewer parts"),
    ],
)
def test_different_parts_have_different_tokens(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert match_token(*one) != match_token(*other)


@given(parts=st.lists(st.text(min_size=1), min_size=2, max_size=4))
@settings(deadline=None)
def test_a_match_token_has_sixteen_bytes_and_is_repeatable(parts: list[str]) -> None:
    with use_keyring():
        assert match_token(*parts) == match_token(*parts)
        assert len(match_token(*parts)) == 16


@pytest.mark.parametrize("parts", [(), ("full",), ("full", "")], ids=["none", "only the kind", "an empty part"])
def test_a_match_token_of_too_little_is_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="match token"):
        match_token(*parts)


def test_match_tokens_and_indexes_use_different_masters(ring: Keyring) -> None:
    only_indexes = Keyring(lambda purpose: {1: ring._master("indexes", 1)} if purpose == "indexes" else {})

    with use_keyring(only_indexes):
        assert blind_index("pnc", "2000/0000001X")
        with pytest.raises(Exception, match="no key for match"):
            match_token("full", "A", "B")
