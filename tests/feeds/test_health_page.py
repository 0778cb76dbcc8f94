"""Feed health: rhythm, lateness, gaps, what became of deliveries, how good each column is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from access.grants import NOWHERE
from audit.trail import SERVICE, acting_as
from feeds.fields import scores
from feeds.health import watch_feeds
from feeds.health_bars import FAULTS_HEIGHT, ROWS_HEIGHT, Fate, fates_drawing
from feeds.health_page import health_page
from feeds.manifest import LONDON
from feeds.models import Delivery
from tests.factories import FIRST_DAY, Desk, days, publish
from tests.personas import LEEDS, make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
ONE_DAY = timedelta(days=1)
ROW = {47: "2001/1234567K"}
FAULTY = {3: "A2222BC", 6: "OTHER", 2: "QQQ"}


def fate(state: str = "published", *, accepted: int = 0, quarantined: int = 0, stated: int = 0) -> Fate:
    """Return one delivery's fate."""
    at = datetime(2026, 11, 2, 5, 30, tzinfo=LONDON)
    label = Delivery.State(state).label
    return Fate(uuid4(), "2 November 2026", at, 1, state, label, stated, accepted, quarantined, "G-01")


def test_late_feed_is_told_with_its_incident(db_as: AsRole) -> None:
    today = FIRST_DAY + 4 * ONE_DAY
    with db_as("worker"), acting_as(SERVICE, because="test"):
        publish(Desk().roll(FIRST_DAY, [{}]))
        watch_feeds(today=today)
        page = health_page(today=today)

    roll, ppo = page.feeds
    assert page.sentence == "Prison file is 3 days late and no PPO file has ever come."
    assert (roll.age.days_late, roll.expected_on, roll.late_since) == (3, FIRST_DAY + ONE_DAY, FIRST_DAY + ONE_DAY)
    assert (ppo.age.extract_at, ppo.late_since, ppo.rhythm) == (None, None, "Every 7 days")


def test_gaps_are_named_as_ranges(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        for day, number in zip(days(3), (3, 4, 9), strict=True):
            publish(desk.roll(day, [{}], sequence=number))
        publish(desk.roll(FIRST_DAY + 5 * ONE_DAY, [{}], sequence=11))
        (roll, _) = health_page(today=FIRST_DAY).feeds

    assert roll.gaps == ("Invented Prisons: numbers 5 to 8 and 10 never came",)


def test_page_shows_bars_and_scores_to_the_operator(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(desk.roll(FIRST_DAY, [ROW, FAULTY]))
        publish(desk.roll(FIRST_DAY + ONE_DAY, []))

    page = signed_in(make_person("olive", "feed_operator")).get("/deliveries/health/").content.decode()

    assert "Prison file: what became of the rows of the last 2 deliveries" in page
    assert "How good each column is, over the last 1 delivery loaded" in page
    assert "Refused (F-05)" in page
    assert "No PPO file has come yet." in page


@pytest.mark.parametrize("role", ["area_officer", "assurance"])
def test_nobody_else_sees_feed_health(db: None, role: str) -> None:
    place = LEEDS if role == "area_officer" else NOWHERE

    assert signed_in(make_person("leo", role, place=place)).get("/deliveries/health/").status_code == 404


def test_scores_count_what_is_filled_and_what_is_faulty(db_as: AsRole) -> None:
    with db_as("worker"):
        delivery = publish(
            Desk().roll(FIRST_DAY, [ROW, {3: "A3333BC", 6: "THIRD", 47: "rubbish"}, FAULTY, {3: "A4444BC"}])
        )
    assert delivery.statement is not None

    found = {score.words: score for score in scores("prison_roll", [delivery.statement])}

    assert found["PNC ID"].filled == pytest.approx(2 / 3)
    assert found["PNC ID"].faults == pytest.approx(2500)
    assert found["Prison"].faults == pytest.approx(2500)
    assert found["Surname"].filled_words == "100%"
    assert found["The row as a whole"].faults_words == "0"


@pytest.mark.parametrize(
    ("filled", "faults", "words"),
    [(0.99999, 0.004, ("99.9%", "0.1")), (0.0, 0.0, ("0%", "0")), (0.0001, 12_345.6, ("0.1%", "12,345.6"))],
    ids=["nearly all", "nothing", "hardly any"],
)
def test_scores_never_round_to_all_or_nothing(filled: float, faults: float, words: tuple[str, str]) -> None:
    rows = 1_000_000_000
    told = {
        "rows": rows,
        "fields": {"read": rows, "filled": {"surname": round(filled * rows)}, "faults": {}},
        "noted": {"bad_pnc": round(faults * rows / 10_000)},
    }

    found = {score.words: score for score in scores("ppo", [told])}

    assert (found["Surname"].filled_words, found["PNC ID"].faults_words) == words


def test_statements_from_before_the_counts_are_passed_over() -> None:
    assert scores("ppo", [{"rows": 3}]) == []


def test_bars_are_to_scale_on_two_scales() -> None:
    drawing = fates_drawing("Prison file", [fate(accepted=80, quarantined=2), fate(accepted=40, quarantined=1)])

    heights = {css: [s.height for s in drawing.shapes if s.css == css] for css in ("f-changed", "f-quarantined")}
    assert heights == {
        "f-changed": [ROWS_HEIGHT, ROWS_HEIGHT / 2],
        "f-quarantined": [FAULTS_HEIGHT, FAULTS_HEIGHT / 2],
    }


def test_delivery_turned_away_is_hollow_and_crossed() -> None:
    drawing = fates_drawing("Prison file", [fate("waiting", stated=80)])

    marks = [shape.css for shape in drawing.shapes if "turned-away" in shape.css]
    assert marks == ["b-turned-away", "l-turned-away"]


@pytest.mark.parametrize(
    ("today", "words"),
    [
        pytest.param(FIRST_DAY + 3 * ONE_DAY, "2 Nov, 2 days late", id="late"),
        pytest.param(FIRST_DAY + ONE_DAY, "2 Nov", id="on time"),
    ],
)
def test_age_on_every_page_says_when_a_feed_is_late(db_as: AsRole, today: object, words: str) -> None:
    with db_as("worker"):
        publish(Desk().roll(FIRST_DAY, [{}]))
        (roll, ppo) = [feed.age for feed in health_page(today=today).feeds]  # type: ignore[arg-type]

    assert roll.words == words
    assert (ppo.words, ppo.is_late) == ("nothing yet", True)
