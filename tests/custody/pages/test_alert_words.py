"""Alerts in words and signs, and the clock in plain words."""

import uuid
from datetime import date, datetime, timedelta

import pytest

from custody.alert_kinds import ALWAYS_ON, AlertKind, Side
from custody.alert_models import Alert, AlertHop
from custody.alert_settings import AlertSettings
from custody.desk.forms import SettingsForm
from custody.escalation import Escalation
from custody.pages.alert_choices import GROUPS, settings_page
from custody.pages.alert_track import track_of, when_words
from custody.pages.alert_words import BECAUSE, SIGNS, words_of
from custody.wording import LONDON
from jtrack.commands import ROOT

NOW = datetime(2026, 11, 25, 9, 20, tzinfo=LONDON)  # a Wednesday
PRISONS = {"LEI": "Leeds", "MDI": "Moorland"}


def alert(kind: AlertKind, **values: object) -> Alert:
    usual = {
        "id": uuid.uuid4(),
        "offender_id": uuid.uuid4(),
        "side": Side.MANAGING,
        "occurred_at": datetime(2026, 11, 24, 16, 30, tzinfo=LONDON),
        "precision": "second",
        "to_establishment": "LEI",
    }
    return Alert(kind=kind, **{**usual, **values})


TOLD = {
    "entered": (alert(AlertKind.ENTERED), "entered custody", "", "Leeds", "yesterday at 4:30pm"),
    "day only": (alert(AlertKind.RECALLED, precision="day"), "recalled to prison", "", "Leeds", "yesterday"),
    "moved": (
        alert(AlertKind.TRANSFERRED, from_establishment="LEI", to_establishment="MDI"),
        "transferred",
        "Leeds",
        "Moorland",
        "yesterday at 4:30pm",
    ),
    "moved late": (
        alert(AlertKind.MOVED_LATE, from_establishment="LEI", to_establishment="MDI", day_out=date(2026, 11, 30)),
        "moved 6 days before release",
        "Leeds",
        "Moorland",
        "yesterday at 4:30pm. Due out Monday 30 November: the gate has changed",
    ),
    "brought forward": (
        alert(AlertKind.DATE_BROUGHT_FORWARD, old_date=date(2026, 12, 10), new_date=date(2026, 12, 1)),
        "release brought forward 9 days",
        "Thursday 10 December",
        "Tuesday 1 December",
        "Leeds",
    ),
    "put back into another year": (
        alert(AlertKind.DATE_PUT_BACK, old_date=date(2026, 12, 30), new_date=date(2027, 1, 6)),
        "release put back 7 days",
        "Wednesday 30 December",
        "Wednesday 6 January 2027",
        "Leeds",
    ),
    "withdrawn date": (
        alert(AlertKind.DATE_WITHDRAWN, old_date=date(2026, 12, 1)),
        "release date withdrawn",
        "Tuesday 1 December",
        "",
        "Leeds",
    ),
    "due tomorrow": (
        alert(AlertKind.DUE_2, day_out=date(2026, 11, 26)),
        "due out tomorrow, Thursday 26 November",
        "",
        "",
        "Leeds",
    ),
    "due in a while": (
        alert(AlertKind.DUE_28, day_out=date(2026, 12, 23)),
        "due out in 28 days, Wednesday 23 December",
        "",
        "",
        "Leeds",
    ),
    "due today": (
        alert(AlertKind.DUE_1, day_out=date(2026, 11, 25)),
        "due out today, Wednesday 25 November",
        "",
        "",
        "Leeds",
    ),
    "due and gone by": (
        alert(AlertKind.DUE_1, day_out=date(2026, 11, 20)),
        "was due out 5 days ago, Friday 20 November",
        "",
        "",
        "Leeds",
    ),
    "released": (
        alert(AlertKind.RELEASED, from_establishment="LEI", to_establishment=""),
        "released",
        "Leeds",
        "in the community",
        "yesterday at 4:30pm",
    ),
    "absconded, releasing side": (
        alert(AlertKind.ABSCONDED, from_establishment="LEI", to_establishment="", side=Side.RELEASING),
        "absconded",
        "Leeds",
        "unlawfully at large",
        "yesterday at 4:30pm. Managed elsewhere, releasing to your area",
    ),
    "missing": (
        alert(AlertKind.MISSING),
        "missing from the prison file",
        "",
        "",
        "Leeds. Not in the latest file, and no release explains it: ask the prison",
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_alert_says_what_happened_old_beside_new(case: str) -> None:
    told, head, before, after, note = TOLD[case]

    words = words_of(told, PRISONS, now=NOW)

    assert (words.head, words.before, words.after, words.note) == (head, before, after, note)


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_can_be_told(kind: AlertKind) -> None:
    words = words_of(alert(kind), PRISONS, now=NOW)

    assert words.head
    assert f'id="sign-{words.sign}"' in (ROOT / "templates/components/signs.html").read_text(encoding="utf-8")


def test_every_kind_has_a_sign_and_every_withdrawal_a_reason() -> None:
    assert set(SIGNS) == set(AlertKind)
    assert set(BECAUSE) == set(Alert.Because.values)


def test_every_kind_is_on_the_settings_page_once() -> None:
    offered = [kind for kinds in GROUPS.values() for kind in kinds]

    assert sorted(offered) == sorted(set(AlertKind) - ALWAYS_ON)


def test_settings_page_shows_what_holds() -> None:
    form = SettingsForm.of(AlertSettings(frozenset({"entered"}), by_mail=False, digest_hour=9))

    page = settings_page(form)

    off = [choice.value for group in page.groups for choice in group.choices if not choice.is_chosen]
    assert off == ["entered"]
    assert [choice.value for choice in page.mail if choice.is_chosen] == ["no"]
    assert [choice.words for choice in page.hours if choice.is_chosen] == ["9am"]


def escalation(level: str = "", due_in: timedelta | None = None, *, plain: bool = False) -> Escalation:
    next_level = {"": "supervisor", "supervisor": "area", "area": ""}[level] if due_in is not None else ""
    hops = [
        AlertHop(level=name, at=NOW - ago, due_at=NOW - ago)
        for name, ago in (("supervisor", timedelta(hours=26)), ("area", timedelta(hours=24)))
        if level and (name == "supervisor" or level == "area")
    ]
    return Escalation(level, next_level, NOW + due_in if due_in is not None else None, plain, hops)


CLOCKS = {
    "running": (
        escalation(due_in=timedelta(hours=2)),
        None,
        "Goes to the supervisors at 11:20am unless somebody acknowledges it.",
    ),
    "over a weekend": (
        escalation(due_in=timedelta(days=5, hours=1)),
        None,
        "Goes to the supervisors on Monday at 10:20am unless somebody acknowledges it.",
    ),
    "in plain hours": (
        escalation(due_in=timedelta(days=1), plain=True),
        None,
        (
            "Goes to the supervisors tomorrow at 9:20am unless somebody acknowledges it. "
            "The release is near, so the clock runs in plain hours."
        ),
    ),
    "run out this minute": (
        escalation(due_in=timedelta()),
        None,
        "Goes to the supervisors within a minute unless somebody acknowledges it.",
    ),
    "passed on once": (
        escalation("supervisor", timedelta(hours=1)),
        None,
        "Goes to everybody in the area at 10:20am unless somebody acknowledges it.",
    ),
    "all told": (escalation("area"), None, "Everybody has been told; no answer for 26 hours."),
    "stopped": (escalation(), None, "The day of release is over, so the clock has stopped."),
    "answered at once": (escalation(), NOW, "Answered before it went further."),
    "answered late": (
        escalation("supervisor"),
        NOW - timedelta(hours=25, minutes=23),
        "Answered 37 minutes after it reached the supervisors.",
    ),
}


@pytest.mark.parametrize("case", CLOCKS)
def test_clock_speaks_plainly(case: str) -> None:
    clock, answered_at, words = CLOCKS[case]

    track = track_of(clock, told_at=NOW - timedelta(hours=28), answered_at=answered_at, now=NOW)

    assert track.words == words
    assert track.is_exhausted == (case == "all told")
    assert track.is_running == (clock.due_at is not None)


def test_track_shows_three_stops_and_those_reached() -> None:
    track = track_of(escalation("supervisor", timedelta(hours=1)), told_at=NOW, answered_at=None, now=NOW)

    stops = [shape.css for shape in track.drawing.shapes if shape.css.startswith("b-stop")]
    assert stops == ["b-stop b-stop--custody", "b-stop b-stop--custody", "b-stop b-stop--open"]
    assert track.drawing.description == "Officers told at 9:20am; supervisors told yesterday at 7:20am."


def test_long_silence_is_counted_in_days() -> None:
    clock = Escalation(
        "area",
        "",
        None,
        in_plain_hours=False,
        hops=[AlertHop(level="supervisor", at=NOW - timedelta(days=3), due_at=NOW)],
    )

    assert (
        track_of(clock, told_at=NOW, answered_at=None, now=NOW).words
        == "Everybody has been told; no answer for 3 days."
    )


def test_moment_today_needs_no_day() -> None:
    assert when_words(NOW + timedelta(hours=3), NOW) == "at 12:20pm"
