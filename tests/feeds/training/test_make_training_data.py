"""The command: what it refuses, and what it leaves in the folder."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from feeds.keys import make_service_keys, service_identity
from feeds.training.truth import read_truth


@pytest.fixture
def keys_directory(tmp_path: Path, settings: Settings) -> Path:
    directory = tmp_path / "keys"
    directory.mkdir()
    settings.KEYS_DIRECTORY = directory
    return directory


def make(out: Path, *options: str) -> str:
    said = StringIO()
    call_command("make_training_data", "--out", str(out), "--scale", "0.002", "--days", "2", *options, stdout=said)
    return said.getvalue()


def test_the_folder_holds_deliveries_suppliers_and_a_truth_that_our_key_opens(
    tmp_path: Path, keys_directory: Path
) -> None:
    make_service_keys(keys_directory)
    out = tmp_path / "out"

    said = make(out, "--end", "2026-06-10")

    assert sorted(path.name for path in out.iterdir()) == [
        "001-ppo-20260609.age",
        "001-ppo-20260609.manifest.json",
        "002-prison_roll-20260609.age",
        "002-prison_roll-20260609.manifest.json",
        "003-prison_roll-20260610.age",
        "003-prison_roll-20260610.manifest.json",
        "suppliers.json",
        "truth.age",
    ]
    assert list(read_truth(out / "truth.age", service_identity(keys_directory)))
    assert "Wrote 3 deliveries" in said
    assert "two moves in a day" in said


def test_two_runs_sign_with_the_same_keys(tmp_path: Path, keys_directory: Path) -> None:
    make_service_keys(keys_directory)

    for name in ("first", "second"):
        make(tmp_path / name, "--end", "2026-06-10")

    first, second = ((tmp_path / name / "suppliers.json").read_text() for name in ("first", "second"))
    assert first == second


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--scale", "0"], id="no people"),
        pytest.param(["--scale", "1.5"], id="more than the country"),
        pytest.param(["--days", "0"], id="no days"),
        pytest.param(["--dirt", "2"], id="more dirt than rows"),
        pytest.param(["--end", "2999-01-01"], id="an end in the future"),
        pytest.param(["--corrections", "2"], id="as many corrections as days"),
        pytest.param(["--corrections", "-1"], id="fewer corrections than none"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_written(
    tmp_path: Path, keys_directory: Path, options: list[str]
) -> None:
    make_service_keys(keys_directory)
    out = tmp_path / "out"

    with pytest.raises(CommandError):
        make(out, *options)

    assert not out.exists()


def test_a_folder_that_holds_deliveries_is_left_alone(tmp_path: Path, keys_directory: Path) -> None:
    make_service_keys(keys_directory)
    (tmp_path / "old.age").write_bytes(b"sealed")

    with pytest.raises(CommandError, match="already holds deliveries"):
        make(tmp_path, "--end", "2026-06-10")


def test_without_the_services_key_it_says_what_to_do(tmp_path: Path, keys_directory: Path) -> None:
    assert not (keys_directory / "age.pub").exists()

    with pytest.raises(CommandError, match=r"age\.pub"):
        make(tmp_path / "out", "--end", "2026-06-10")
