"""The command that suppliers seal their deliveries with."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from feeds import keys
from feeds.envelope import open_sealed, verify_signature
from feeds.manifest import Manifest
from tests.feeds.made_files import HEADER, ppo_line, roll_line


def seal_file(directory: Path, text: str, *more: str) -> tuple[Manifest, bytes, str]:
    (directory / "roll.dat").write_text(text, encoding="utf-8", newline="")
    recipient = keys.make_service_keys(directory)
    keys.make_signing_key(directory / "supplier")
    said = io.StringIO()
    call_command(
        "seal_delivery",
        str(directory / "roll.dat"),
        "--supplier=Invented Prisons",
        "--extract-at=2026-11-24T04:10:00+00:00",
        "--sequence=1",
        f"--signing-key={directory / 'supplier'}",
        f"--recipient={recipient}",
        f"--out={directory / 'out'}",
        *more,
        stdout=said,
        stderr=said,
    )
    manifest = Manifest.from_json((directory / "out" / "roll.manifest.json").read_bytes())
    return manifest, (directory / "out" / "roll.age").read_bytes(), said.getvalue()


def test_sealed_roll_opens_and_is_signed(tmp_path: Path) -> None:
    text = roll_line() + roll_line({3: "B7654CD"})

    manifest, data, said = seal_file(tmp_path, text, "--feed=prison_roll")

    with open_sealed([data], identity=keys.service_identity(tmp_path), manifest=manifest) as stream:
        assert stream.read() == text.encode()
    verify_signature(manifest, keys.read_signing_key(tmp_path / "supplier").public_key().public_bytes_raw())
    assert manifest.rows == 2
    assert "Sealed 2 rows of prison_roll" in said


def test_sealed_ppo_list_names_its_forces(tmp_path: Path) -> None:
    manifest, _, _ = seal_file(tmp_path, HEADER + ppo_line(), "--feed=ppo", "--forces=13,14")

    assert (manifest.forces, manifest.rows) == (("13", "14"), 1)


def test_rows_for_quarantine_are_announced_and_counted(tmp_path: Path) -> None:
    manifest, _, said = seal_file(tmp_path, roll_line() + roll_line({3: ""}), "--feed=prison_roll")

    assert manifest.rows == 2
    assert "1 rows will go to quarantine: 1 with N-01" in said


def test_stated_control_total_is_taken_unread(tmp_path: Path) -> None:
    manifest, _, _ = seal_file(tmp_path, "no roll at all", "--feed=prison_roll", "--rows=5")

    assert manifest.rows == 5


@pytest.mark.parametrize(
    ("text", "options"),
    [
        pytest.param("no roll at all", ["--feed=prison_roll"], id="another layout"),
        pytest.param(HEADER, ["--feed=ppo"], id="PPO without forces"),
        pytest.param(roll_line(), ["--feed=prison_roll", "--extract-at=2026-11-24T04:10:00"], id="time without offset"),
        pytest.param(roll_line(), ["--feed=prison_roll", "--extract-at=today"], id="no time"),
        pytest.param(roll_line(), ["--feed=prison_roll", "--sequence=0"], id="sequence 0"),
        pytest.param(roll_line(), ["--feed=prison_roll", "--signing-key=nowhere"], id="no signing key"),
    ],
)
def test_what_cannot_be_sealed_says_so_and_writes_nothing(tmp_path: Path, text: str, options: list[str]) -> None:
    with pytest.raises(CommandError):
        seal_file(tmp_path, text, *options)

    assert not (tmp_path / "out").exists()
