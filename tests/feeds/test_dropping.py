"""The drop folder: complete pairs are taken in once, others wait, refused ones say why."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from audit.trail import SERVICE, acting_as
from feeds.dropping import take_from_drop_folder
from feeds.models import Delivery
from feeds.sweeping import deliveries_to_do
from tests.factories import Desk, SealedFile, days

AsRole = Callable[[str], AbstractContextManager[None]]
ONE, TWO = days(2)


@pytest.fixture
def desk(db_as: AsRole) -> Iterator[Desk]:
    """Suppliers registered; the test goes on as the worker."""
    with db_as("worker"), acting_as(SERVICE, because="test"):
        yield Desk()


def drop(folder: Path, name: str, file: SealedFile) -> None:
    """Lay a pair into the folder."""
    (folder / f"{name}.age").write_bytes(file.sealed)
    (folder / f"{name}.manifest.json").write_bytes(file.manifest.to_json())


def lies(folder: Path) -> list[str]:
    """Return what lies in the folder and below."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_pairs_are_taken_in_the_order_of_their_names_and_moved_aside(desk: Desk, tmp_path: Path) -> None:
    drop(tmp_path, "002", desk.roll(TWO, [{}]))
    drop(tmp_path, "001", desk.roll(ONE, [{}]))

    received = take_from_drop_folder(tmp_path)

    assert [Delivery.objects.get(pk=pk).extract_at.day for pk in received] == [2, 3]
    assert lies(tmp_path) == [f"taken/00{n}.{end}" for n in (1, 2) for end in ("age", "manifest.json")]


@pytest.mark.parametrize("missing", [".age", ".manifest.json"])
def test_half_a_pair_waits(desk: Desk, tmp_path: Path, missing: str) -> None:
    drop(tmp_path, "001", desk.roll(ONE, [{}]))
    (tmp_path / f"001{missing}").unlink()
    before = lies(tmp_path)

    assert take_from_drop_folder(tmp_path) == []

    assert lies(tmp_path) == before


def test_refused_pair_is_moved_with_a_note_and_the_next_one_is_taken(desk: Desk, tmp_path: Path) -> None:
    file = desk.roll(ONE, [{6: "THISTLEWOOD"}])
    drop(tmp_path, "001", SealedFile(file.sealed[:-1], file.manifest))
    drop(tmp_path, "002", desk.roll(TWO, [{}]))

    received = take_from_drop_folder(tmp_path)

    assert len(received) == 1
    assert [path for path in lies(tmp_path) if path.startswith("refused/")] == [
        "refused/001.age",
        "refused/001.manifest.json",
        "refused/001.why.txt",
    ]
    note = (tmp_path / "refused" / "001.why.txt").read_text(encoding="utf-8")
    assert note.startswith("E-HASH: ")
    assert "THISTLEWOOD" not in note


def test_file_dropped_again_is_the_same_delivery(desk: Desk, tmp_path: Path) -> None:
    file = desk.roll(ONE, [{}])
    drop(tmp_path, "001", file)
    (first,) = take_from_drop_folder(tmp_path)
    drop(tmp_path, "again", file)

    assert take_from_drop_folder(tmp_path) == [first]

    assert Delivery.objects.count() == 1


def test_folder_that_is_not_there_holds_nothing(desk: Desk, tmp_path: Path) -> None:
    assert take_from_drop_folder(tmp_path / "none") == []


def test_what_waits_is_done_in_the_order_of_the_extracts(desk: Desk, tmp_path: Path) -> None:
    drop(tmp_path, "001", desk.roll(TWO, [{}]))
    drop(tmp_path, "002", desk.ppo(ONE, [{}]))

    later, earlier = take_from_drop_folder(tmp_path)

    assert deliveries_to_do() == [earlier, later]
