"""Every file that is refused on arrival is written down with what to do, by whichever way it came, without its name."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from feeds.dropping import take_from_drop_folder
from feeds.models import Delivery, RefusedFile
from tests.factories import Desk, SealedFile, days
from tests.personas import make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
(ONE,) = days(1)
NAME = "thistlewood-ambrose"
FORGED = "A" * 86 + "=="


@pytest.fixture
def roll(db_as: AsRole) -> SealedFile:
    """A roll that nothing is wrong with."""
    with db_as("worker"):
        return Desk().roll(ONE, [{}])


def upload(browser: Client, sealed: bytes, manifest: bytes) -> str:
    """Hand in a pair and return the page."""
    files = {
        "sealed": SimpleUploadedFile(f"{NAME}.age", sealed),
        "manifest": SimpleUploadedFile(f"{NAME}.manifest.json", manifest),
    }
    return browser.post("/deliveries/upload/", files).content.decode()


def spoilt(roll: SealedFile) -> dict[str, tuple[bytes, bytes]]:
    """Return pairs in which one thing is wrong, by the code it should be given."""
    sealed, manifest = roll.sealed, roll.manifest
    return {
        "M-01": (sealed, b"not JSON at all"),
        "M-03": (sealed, b"{}"),
        "M-05": (sealed, replace(manifest, feed="weather").to_json()),
        "E-SUP": (sealed, replace(manifest, supplier="Nobody").to_json()),
        "E-01": (sealed, replace(manifest, signature=FORGED).to_json()),
        "E-HASH": (sealed + b"x", manifest.to_json()),
        "E-AGE": (b"plain text", manifest.to_json()),
    }


@pytest.mark.parametrize("code", ["M-01", "M-03", "E-SUP", "E-01", "E-HASH", "E-AGE"])
def test_refused_upload_is_listed_with_its_cure(roll: SealedFile, code: str) -> None:
    browser = signed_in(make_person("olive", "feed_operator"))

    upload(browser, *spoilt(roll)[code])
    page = browser.get("/deliveries/").content.decode()

    assert list(RefusedFile.objects.values_list("code", "came_by")) == [(code, "upload")]
    assert code in page
    assert "Refused on arrival: 1 file" in page
    assert NAME not in page
    assert not Delivery.objects.exists()


def test_large_manifest_is_dropped_and_listed(roll: SealedFile) -> None:
    browser = signed_in(make_person("olive", "feed_operator"))

    upload(browser, roll.sealed, b"{" + b" " * 70_000 + b"}")

    assert RefusedFile.objects.get().message == "the manifest is larger than 64 KB and was dropped unread"


def test_upload_without_files_is_no_refusal(db: None) -> None:
    signed_in(make_person("olive", "feed_operator")).post("/deliveries/upload/", {})

    assert not RefusedFile.objects.exists()


@pytest.mark.parametrize("code", ["M-01", "E-SUP", "E-01", "E-HASH", "E-AGE"])
def test_refused_file_of_the_drop_folder_is_listed_once(
    roll: SealedFile, code: str, tmp_path: Path, db_as: AsRole
) -> None:
    sealed, manifest = spoilt(roll)[code]
    (tmp_path / f"{NAME}.age").write_bytes(sealed)
    (tmp_path / f"{NAME}.manifest.json").write_bytes(manifest)

    with db_as("worker"):
        take_from_drop_folder(tmp_path)
        # As if the process had died before it moved the pair: hard links are the same files at the same place.
        for half in (f"{NAME}.manifest.json", f"{NAME}.age"):
            (tmp_path / "refused" / half).rename(tmp_path / half)
        take_from_drop_folder(tmp_path)

    assert list(RefusedFile.objects.values_list("code", "came_by")) == [(code, "drop")]


def test_refused_file_of_the_command_is_listed(roll: SealedFile, tmp_path: Path, db_as: AsRole) -> None:
    sealed, manifest = spoilt(roll)["E-SUP"]
    (tmp_path / f"{NAME}.age").write_bytes(sealed)
    (tmp_path / f"{NAME}.manifest.json").write_bytes(manifest)

    with db_as("worker"), suppress(CommandError):
        call_command("import_delivery", str(tmp_path / f"{NAME}.age"), stdout=io.StringIO())

    assert list(RefusedFile.objects.values_list("code", "came_by")) == [("E-SUP", "command")]


def test_no_column_holds_the_files_name(roll: SealedFile) -> None:
    upload(signed_in(make_person("olive", "feed_operator")), *spoilt(roll)["E-HASH"])

    refused = RefusedFile.objects.get()
    assert NAME not in " ".join(str(getattr(refused, field.attname)) for field in refused._meta.concrete_fields)
