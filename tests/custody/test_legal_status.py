"""The legal status of the prison form is read by its closed list and drawn in its band."""

import csv
from pathlib import Path

import pytest

from custody.legal_status import Band, LegalStatus, parse_legal_status

STATUSES = Path(__file__).parents[2] / "custody/reference/imprisonment_statuses.csv"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("RECALL", LegalStatus.RECALL, id="code"),
        pytest.param("INDETERMINATE_SENTENCE", LegalStatus.INDETERMINATE_SENTENCE, id="code of two words"),
        pytest.param("Indeterminate sentence", LegalStatus.INDETERMINATE_SENTENCE, id="the code in words"),
        pytest.param(" convicted-unsentenced ", LegalStatus.CONVICTED_UNSENTENCED, id="hyphen and blanks"),
        pytest.param("Recalled", LegalStatus.RECALL, id="our word for a recall"),
        pytest.param("On remand", LegalStatus.REMAND, id="our word for remand"),
        pytest.param("Died", LegalStatus.DEAD, id="our word for death"),
        pytest.param("Civil", LegalStatus.CIVIL_PRISONER, id="civil for short"),
        pytest.param("Immigration", LegalStatus.IMMIGRATION_DETAINEE, id="immigration for short"),
        pytest.param("", None, id="nothing"),
        pytest.param("On holiday", None, id="not on the list"),
        pytest.param("__members__", None, id="a word of the programming language"),
    ],
)
def test_legal_status_is_read_as_code_or_words(text: str, status: LegalStatus | None) -> None:
    assert parse_legal_status(text) is status


@pytest.mark.parametrize("status", LegalStatus)
def test_what_a_page_shows_of_a_status_reads_back(status: LegalStatus) -> None:
    assert parse_legal_status(status.label) is status
    assert parse_legal_status(status.value) is status


@pytest.mark.parametrize(
    ("status", "band", "is_remand", "is_recall"),
    [
        pytest.param(LegalStatus.RECALL, Band.RECALLED, False, True, id="recall"),
        pytest.param(LegalStatus.SENTENCED, Band.SENTENCED, False, False, id="sentenced"),
        pytest.param(LegalStatus.INDETERMINATE_SENTENCE, Band.INDETERMINATE, False, False, id="indeterminate"),
        pytest.param(LegalStatus.REMAND, Band.REMAND, True, False, id="remand"),
        pytest.param(LegalStatus.CONVICTED_UNSENTENCED, Band.REMAND, True, False, id="waiting for sentence"),
        pytest.param(LegalStatus.CIVIL_PRISONER, Band.OTHER, False, False, id="civil"),
        pytest.param(LegalStatus.IMMIGRATION_DETAINEE, Band.OTHER, False, False, id="immigration"),
        pytest.param(LegalStatus.DEAD, Band.OTHER, False, False, id="died"),
        pytest.param(LegalStatus.UNKNOWN, Band.OTHER, False, False, id="not known"),
        pytest.param(LegalStatus.OTHER, Band.OTHER, False, False, id="other"),
    ],
)
def test_each_status_has_its_bar_on_the_timeline(
    status: LegalStatus, band: Band, *, is_remand: bool, is_recall: bool
) -> None:
    assert (status.band, status.is_remand, status.is_recall) == (band, is_remand, is_recall)


def test_every_bar_of_the_timeline_has_words() -> None:
    assert {band.label for band in Band} == {
        "Sentenced",
        "Indeterminate sentence",
        "On remand",
        "Recalled",
        "Other",
    }


def test_the_reference_table_knows_no_other_legal_status() -> None:
    with STATUSES.open(encoding="utf-8", newline="") as file:
        derived = {row["derived_legal_status"] for row in csv.DictReader(file)}

    assert derived == set(LegalStatus)
