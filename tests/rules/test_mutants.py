"""Every control that is listed is watched by a test that fails without it."""

import pytest

from tests.mutants import ROOT, mutants, survivors


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_what_a_mutant_changes_is_there(mutant: object) -> None:
    file, edits = getattr(mutant, "file", ""), getattr(mutant, "edits", [])
    if file:
        text = (ROOT / file).read_text(encoding="utf-8")

        assert [wanted for wanted, _ in edits if wanted not in text] == []


@pytest.mark.drill
def test_every_mutant_is_killed() -> None:
    assert survivors() == []
