"""Marks of finished steps: they stand for the sources they were set for, and no longer."""

from pathlib import Path

from jtrack.marks import Mark, hash_of


def test_mark_stands_once_it_is_set(tmp_path: Path) -> None:
    mark = Mark(tmp_path / "step.done")
    before = mark.stands()

    mark.set()

    assert (before, mark.stands()) == (False, True)


def test_changed_source_makes_the_step_due_again(tmp_path: Path) -> None:
    (tmp_path / "0001.py").write_text("one", encoding="ascii")
    Mark(tmp_path / "step.done", hash_of(tmp_path, ["*.py"])).set()

    (tmp_path / "0001.py").write_text("two", encoding="ascii")

    assert not Mark(tmp_path / "step.done", hash_of(tmp_path, ["*.py"])).stands()


def test_renamed_source_makes_the_step_due_again(tmp_path: Path) -> None:
    (tmp_path / "0001.py").write_text("one", encoding="ascii")
    before = hash_of(tmp_path, ["*.py"])

    (tmp_path / "0001.py").rename(tmp_path / "0002.py")

    assert hash_of(tmp_path, ["*.py"]) != before
