"""The training data as deliveries: shape, counts, order, seal and sameness."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pyrage
import pytest

from access.areas import REFERENCE
from custody.legal_status import LegalStatus
from feeds.manifest import Manifest
from feeds.sources import SOURCES, ParsedRow
from feeds.training.files import latest_end
from feeds.training.world import Calendar
from tests.feeds.training.made_world import CALENDAR, MadeWorld, make_world

SHORT = Calendar(end=date(2026, 11, 25), days=8)
DROPPED_BUT_FILLED = {"religion": 15, "health": 122, "security remark": 120, "next of kin": 100, "self-harm": 75}


def parsed(made_world: MadeWorld, manifest: Manifest) -> list[ParsedRow]:
    reader = SOURCES[manifest.feed].read(io.BytesIO(made_world.plain(manifest)), manifest)
    rows = list(reader)
    assert all(isinstance(row, ParsedRow) for row in rows)
    return [row for row in rows if isinstance(row, ParsedRow)]


def test_every_line_of_every_roll_has_153_quoted_columns(made_world: MadeWorld) -> None:
    for manifest in made_world.manifests("prison_roll"):
        lines = made_world.plain(manifest).decode().split("\r\n")

        assert lines.pop() == ""
        assert {len(line[1:-1].split('"|"')) for line in lines} == {153}
        assert len(lines) == manifest.rows


@pytest.mark.parametrize("feed", ["prison_roll", "ppo"])
def test_the_product_reads_the_rows_without_a_fault(made_world: MadeWorld, feed: str) -> None:
    for manifest in made_world.manifests(feed)[::9]:
        assert len(parsed(made_world, manifest)) == manifest.rows


def test_rolls_come_daily_and_ppo_files_weekly_before_the_roll_of_their_day(made_world: MadeWorld) -> None:
    rolls = [manifest.extract_at for manifest in made_world.manifests("prison_roll")]
    ppo = [manifest.extract_at for manifest in made_world.manifests("ppo")]

    assert [at.date() for at in rolls] == [CALENDAR.day(number) for number in range(CALENDAR.days)]
    assert {at.strftime("%H:%M") for at in rolls} == {"05:30"}
    assert [at.date() for at in ppo] == [CALENDAR.day(number) for number in (0, 7, 14)]
    assert {at.strftime("%H:%M") for at in ppo} == {"05:00"}


def test_file_names_sort_into_the_order_of_delivery(made_world: MadeWorld) -> None:
    manifests = [Manifest.from_json(path.read_bytes()) for path in sorted(made_world.directory.glob("*.manifest.json"))]

    moments = [manifest.extract_at for manifest in manifests]
    assert moments == sorted(moments)
    for feed in ("ppo", "prison_roll"):
        sequences = [manifest.sequence for manifest in manifests if manifest.feed == feed]
        assert sequences == list(range(1, len(sequences) + 1))


def test_suppliers_file_names_who_may_send_what(made_world: MadeWorld) -> None:
    suppliers = json.loads((made_world.directory / "suppliers.json").read_text())

    assert {supplier["name"]: supplier["feeds"] for supplier in suppliers} == {
        "training-police": ["ppo"],
        "training-prisons": ["prison_roll"],
    }
    assert all(supplier["public_key"] for supplier in suppliers)


def test_nothing_is_written_that_can_be_read_without_the_key(made_world: MadeWorld) -> None:
    number = made_world.truth()[0].prison_number.encode()

    for path in made_world.directory.iterdir():
        assert number not in path.read_bytes()


def test_the_same_seed_gives_the_same_files_and_another_gives_others(tmp_path: Path) -> None:
    worlds = []
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        (tmp_path / name).mkdir()
        worlds.append(make_world(tmp_path / name, seed=seed, calendar=SHORT))

    hashes = [[m.sha256 for feed in ("ppo", "prison_roll") for m in world.manifests(feed)] for world in worlds]
    assert hashes[0] == hashes[1]
    assert not set(hashes[0]) & set(hashes[2])
    assert worlds[0].truth() == worlds[1].truth()


def test_dirt_changes_the_bytes_but_not_what_the_product_reads(tmp_path: Path) -> None:
    worlds = []
    for name, dirt_rate in (("clean", 0.0), ("dirty", 0.3)):
        (tmp_path / name).mkdir()
        worlds.append(make_world(tmp_path / name, dirt_rate=dirt_rate, calendar=Calendar(date(2026, 11, 25), 1)))
    clean, dirty = worlds
    (first,), (second,) = clean.manifests("prison_roll"), dirty.manifests("prison_roll")

    assert first.sha256 != second.sha256
    # A missing last column reads as "not stated", which is noted and no other difference.
    mended = [{**row.content, "unstated": ""} for row in parsed(dirty, second)]
    assert mended == [{**row.content, "unstated": ""} for row in parsed(clean, first)]


@pytest.mark.parametrize("column", DROPPED_BUT_FILLED.values(), ids=DROPPED_BUT_FILLED.keys())
def test_columns_that_must_be_dropped_hold_text(made_world: MadeWorld, column: int) -> None:
    _, rows = next(made_world.rolls())

    assert sum(bool(row[column]) for row in rows.values()) > len(rows) / 50


def test_the_roll_has_the_size_of_its_scale_and_a_believable_mixture(made_world: MadeWorld) -> None:
    for _, rows in made_world.rolls():
        statuses = Counter(row[24] for row in rows.values())
        women = sum(row[4] == "Female" for row in rows.values())

        assert 830 <= len(rows) <= 900
        assert set(statuses) <= set(LegalStatus)
        assert 0.50 < statuses["SENTENCED"] / len(rows) < 0.75
        assert 0.10 < statuses["REMAND"] / len(rows) < 0.30
        assert 0.02 < women / len(rows) < 0.08


def test_a_few_in_a_hundred_rows_change_a_day_and_fewer_than_two_leave(made_world: MadeWorld) -> None:
    rolls = [rows for _, rows in made_world.rolls()]
    changed = left = stayed = 0
    for before, after in pairwise(rolls):
        both = before.keys() & after.keys()
        changed += sum(before[number][1:] != after[number][1:] for number in both)
        stayed += len(both)
        left += len(before.keys() - after.keys())

    assert 0.02 < changed / stayed < 0.07
    assert 0.003 < left / stayed < 0.02


def test_names_are_spread_as_names_are(made_world: MadeWorld) -> None:
    _, rows = next(made_world.rolls())
    surnames = Counter(row[6] for row in rows.values())

    assert len(surnames) > 250
    assert 0.005 < surnames.most_common(1)[0][1] / len(rows) < 0.06
    assert any("-" in surname for surname in surnames)
    assert any("'" in surname for surname in surnames)
    assert any(not surname.isascii() for surname in surnames)


def test_every_area_of_the_chosen_forces_has_15_to_60_people_and_leeds_40(made_world: MadeWorld) -> None:
    first = made_world.manifests("ppo")[0]
    rows = list(csv.DictReader(io.StringIO(made_world.plain(first).decode())))
    active = Counter(row["csp_code"] for row in rows if row["status"] == "ACTIVE")
    with (REFERENCE / "csp_areas.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["code"] for row in csv.DictReader(file) if row["force_code"] in first.forces}

    assert first.forces == ("13",)
    assert active.keys() == expected
    # A second area may have adopted some of the people too.
    assert all(15 <= count <= 66 for count in active.values())
    assert 40 <= active["00DA"] <= 44


def test_most_of_the_leeds_caseload_is_inside_at_the_start(made_world: MadeWorld) -> None:
    rows = csv.DictReader(io.StringIO(made_world.plain(made_world.manifests("ppo")[0]).decode()))
    leeds = {row["noms_number"] for row in rows if row["csp_code"] == "00DA" and row["status"] == "ACTIVE"}
    _, roll = next(made_world.rolls())

    inside = len(leeds & roll.keys())
    assert 15 <= inside <= 32


@pytest.mark.parametrize(
    ("now", "end"),
    [
        pytest.param(datetime(2026, 11, 25, 5, 29, tzinfo=UTC), date(2026, 11, 24), id="before the roll of the day"),
        pytest.param(datetime(2026, 11, 25, 5, 31, tzinfo=UTC), date(2026, 11, 25), id="after the roll of the day"),
        pytest.param(datetime(2026, 7, 1, 4, 31, tzinfo=UTC), date(2026, 7, 1), id="after it in summer time"),
    ],
)
def test_the_last_roll_is_never_in_the_future(now: datetime, end: date) -> None:
    assert latest_end(now) == end


def test_another_identity_cannot_open_the_truth(made_world: MadeWorld) -> None:
    stranger = pyrage.x25519.Identity.generate()

    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt((made_world.directory / "truth.age").read_bytes(), [stranger])


def test_days_follow_each_other_in_the_calendar() -> None:
    assert CALENDAR.day(0) == CALENDAR.first_day
    assert CALENDAR.day(CALENDAR.days - 1) == CALENDAR.end
    assert CALENDAR.starts_at.date() < CALENDAR.first_day - timedelta(days=7)
