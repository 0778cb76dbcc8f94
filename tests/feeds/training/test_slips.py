"""The hard cases among the PPO rows: every one in every world."""

import csv
import io
from collections import defaultdict
from datetime import date

import pytest

from feeds.training.slips import DUMMY_PNC
from offenders.identifiers import parse_pnc
from tests.feeds.training.made_world import MadeWorld

TODAY = date(2026, 11, 25)
Row = dict[str, str]


@pytest.fixture(scope="session")
def ppo_rows(made_world: MadeWorld) -> list[Row]:
    last = made_world.manifests("ppo")[-1]
    return list(csv.DictReader(io.StringIO(made_world.plain(last).decode())))


@pytest.fixture(scope="session")
def roll(made_world: MadeWorld) -> dict[str, list[str]]:
    """Everybody who was ever inside, by prison number."""
    seen: dict[str, list[str]] = {}
    for _, rows in made_world.rolls():
        seen |= rows
    return seen


def carries(row: Row, *fields: str) -> bool:
    return [field for field in ("pnc_id", "cro_number", "noms_number") if row[field]] == list(fields)


@pytest.mark.parametrize(
    "fields",
    [("noms_number",), ("pnc_id",), ("cro_number",), ()],
    ids=["prison number only", "PNC ID only", "CRO number only", "no identifier"],
)
def test_some_rows_carry_little(ppo_rows: list[Row], fields: tuple[str, ...]) -> None:
    assert sum(carries(row, *fields) for row in ppo_rows) >= 2


def test_some_pnc_ids_are_in_the_short_slash_form(ppo_rows: list[Row]) -> None:
    short = [row["pnc_id"] for row in ppo_rows if row["pnc_id"][2:3] == "/"]

    assert len(short) > 5
    assert all(parse_pnc(text, today=TODAY) for text in short)


def test_every_pnc_id_is_valid_but_the_misspelt_ones_and_the_dummies(ppo_rows: list[Row]) -> None:
    stated = [row["pnc_id"] for row in ppo_rows if row["pnc_id"]]
    wrong = [text for text in stated if parse_pnc(text, today=TODAY) is None]

    assert 2 <= len(wrong) < len(stated) / 20
    assert stated.count(DUMMY_PNC) >= 2


def test_some_rows_name_one_person_by_number_and_another_by_name(
    ppo_rows: list[Row], roll: dict[str, list[str]]
) -> None:
    by_pnc = {row[47]: row for row in roll.values() if row[47]}
    contradicted = [
        row
        for row in ppo_rows
        if carries(row, "pnc_id")
        and (held := by_pnc.get(row["pnc_id"])) is not None
        and held[6] != row["surname"].upper()
        and held[12] != f"{date.fromisoformat(row['date_of_birth']):%d/%m/%Y}"
    ]

    assert len(contradicted) >= 2


def test_some_surnames_have_changed_while_the_birth_date_agrees(
    ppo_rows: list[Row], roll: dict[str, list[str]]
) -> None:
    changed = [
        row
        for row in ppo_rows
        if (held := roll.get(row["noms_number"])) is not None
        and held[6] != row["surname"].upper()
        and held[12] == f"{date.fromisoformat(row['date_of_birth']):%d/%m/%Y}"
    ]

    assert changed


def test_twins_and_namesakes_of_another_generation_are_inside(roll: dict[str, list[str]]) -> None:
    by_name, by_birth = defaultdict(set), defaultdict(set)
    for row in roll.values():
        by_name[row[6], row[7], row[99]].add(int(row[12][-4:]))
        by_birth[row[6], row[12], row[99]].add(row[7])

    assert any(max(years) - min(years) > 18 for years in by_name.values())
    assert any(len(forenames) > 1 for forenames in by_birth.values())


def test_two_areas_hold_some_people_and_some_rows_are_removed(ppo_rows: list[Row]) -> None:
    areas = defaultdict(set)
    for row in ppo_rows:
        areas[row["noms_number"]].add(row["csp_code"])
    removed = [row for row in ppo_rows if row["status"] == "REMOVED"]

    assert any(len(codes) > 1 for number, codes in areas.items() if number)
    assert removed
    assert all(row["removed_on"] and row["removal_reason"] for row in removed)


def test_people_are_adopted_in_later_weeks(made_world: MadeWorld) -> None:
    weeks = []
    for manifest in made_world.manifests("ppo"):
        rows = csv.DictReader(io.StringIO(made_world.plain(manifest).decode()))
        weeks.append({(row["ppo_reference"], row["csp_code"]) for row in rows})

    assert weeks[1] - weeks[0]
    assert weeks[2] - weeks[1]
