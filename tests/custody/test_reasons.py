"""Every reason code of a movement has its meaning for the state, by the type and the code alone."""

from pathlib import Path

import pytest

from custody.reasons import REASONS, Meaning, meaning_of, read_reasons, reason_words
from custody.snapshots import Observation, StatedMovement
from tests.custody.histories import absent, events_of, held, moved, state_of

OUT = "ACTIVE OUT"
# How the codes of each row are moved with, what is then told, and where the person is. A code that belongs to
# no type in the list is moved with under the type that prisons use it with; the star marks those.
BACK_AFTER_MISSING = {
    "recalled": "24 B ELR L Y *ETB",
    "recaptured": "RECA",
    "returned_from_absence": "A H R U",
    "back_in_feed, transferred": "INT M Q S Z *TRNCRT *TRNTAP",
    "back_in_feed": "ADMN",
    "entered": "25 26 27 29 C D E F G I INTER J K N O P T V W *INTAKE",
}
GONE = {
    ("released", "community"): (
        "AR AU BD BL CR D1 D2 D3 D4 D5 D6 DA DS ER HD HE HR HU NCS NG NP PF PX REL RW SC *DISC *HC *IF *IR *PD"
    ),
    ("escaped", "at_large"): "ESCP",
    ("absconded", "at_large"): "UAL",
    ("at_large", "at_large"): "UAL_ECL",
    ("to_hospital", "hospital"): "HP",
    ("removed", "removed"): "DD DE DL EX RE *ETR",
    ("died", "died"): "DEC",
    ("missing_from_feed", "missing"): "99 AS AV MRG",
}
MOVING = "28 ACCVISIT APPEALS COMP MED NOTR OJ OTHER OVCROW PRES PROAT PROD SEC TRN"
COURT = "19 22 AP APPEAL BAIL BREACH CA CE COM CRI CRT CT DC EXP_BREACH NEWTON PDH PR PS REM SENT TRIAL"
INSIDE = "VL NA"
ABSENCE = (
    "1 10 11 12 13 14 15 16 17 18 2 20 21 3 4 5 6 7 8 9 C1 C2 C3 C4 C5 C6 C7 C8 EL ET F1 F2 F3 F6 F7 F8 F9 FA FB "
    "FC FD FE FF FR I1 IM LTX OPA PAP PC PWP R1 R2 R3 R4 R5 R6 R7 R8 R9 RO SE SP ST TAP UPW YJAF YMI YOTR YRDR *C9"
)
COURT_ON_LEAVE = "*F4"
Case = tuple[str, str, list[Observation], list[str], str]


def cases() -> list[Case]:
    """Return a history for each code: listed under type and code, with the kinds told and the state at the end."""
    found: list[Case] = []
    for kinds, codes in BACK_AFTER_MISSING.items():
        found += [_case("ADM", code, _back(code), ["missing_from_feed", *kinds.split(", ")]) for code in codes.split()]
    for (kind, where), codes in GONE.items():
        found += [_case("REL", code, _gone(code), [kind], where) for code in codes.split()]
    found += [_case("TRN", code, _moving(code), ["in_transit"], "in_transit") for code in MOVING.split()]
    found += [_case("CRT", code, _out("CRT", code), ["at_court"], "at_court") for code in COURT.split()]
    found += [_case("CRT", code, [held(1), held(2, movement=_moved("CRT", code))], []) for code in INSIDE.split()]
    found += [
        _case("TAP", code, _out("TAP", code), ["temporary_absence"], "temporary_absence") for code in ABSENCE.split()
    ]
    found += [_case("TAP", code, _out("TAP", code), ["at_court"], "at_court") for code in COURT_ON_LEAVE.split()]
    return found


def _case(moved_as: str, code: str, seen: list[Observation], kinds: list[str], where: str = "in_custody") -> Case:
    return "" if code.startswith("*") else moved_as, code.strip("*"), seen, kinds, where


def _moved(movement_type: str, code: str, day: int = 1) -> StatedMovement:
    return moved(movement_type, code.strip("*"), day, 10)


def _back(code: str) -> list[Observation]:
    return [held(1), absent(2), held(3, "MDI", movement=_moved("ADM", code, 2))]


def _gone(code: str) -> list[Observation]:
    return [held(1), held(2, movement=_moved("REL", code)), absent(3)]


def _moving(code: str) -> list[Observation]:
    return [held(1), held(2, "TRN", status="INACTIVE TRN", movement=_moved("TRN", code))]


def _out(movement_type: str, code: str) -> list[Observation]:
    return [held(1), held(2, status=OUT, movement=_moved(movement_type, code))]


CASES = [pytest.param(*case[2:], id=f"{case[0] or 'any'}/{case[1]}") for case in cases()]


@pytest.mark.parametrize(("seen", "kinds", "where"), CASES)
def test_each_reason_tells_its_kind_and_state(seen: list[Observation], kinds: list[str], where: str) -> None:
    assert [event.kind for event in events_of(*seen)] == kinds
    assert state_of(*seen).whereabouts == where


def test_every_reason_of_the_list_has_a_row_here() -> None:
    assert {case[:2] for case in cases()} == REASONS.keys()
    assert len(cases()) == len(REASONS) == 194


@pytest.mark.parametrize(
    ("movement_type", "meaning"),
    [
        pytest.param("ADM", Meaning.RECEPTION, id="an admission"),
        pytest.param("REL", Meaning.RELEASE, id="a release"),
        pytest.param("TRN", Meaning.TRANSFER, id="a transfer"),
        pytest.param("CRT", Meaning.COURT, id="a day at court"),
        pytest.param("TAP", Meaning.ABSENCE, id="a temporary absence"),
        pytest.param("INTAKE", Meaning.ADMINISTRATIVE, id="a retired type"),
    ],
)
def test_a_reason_on_no_list_means_what_its_type_says(movement_type: str, meaning: Meaning) -> None:
    assert meaning_of(movement_type, "no such code") is meaning
    assert reason_words(movement_type, "no such code") == ""


@pytest.mark.parametrize("key", REASONS)
def test_every_reason_has_plain_words(key: tuple[str, str]) -> None:
    words = reason_words(*key)

    assert words.strip() == words != ""
    assert not words.endswith(".")


def test_a_new_reason_is_a_line_of_the_table(tmp_path: Path) -> None:
    table = tmp_path / "reasons.csv"
    table.write_text("movement_type,reason_code,meaning,words\nREL,BOAT,escape,left by boat\n", encoding="utf-8")

    assert read_reasons(table)["REL", "BOAT"] == (Meaning.ESCAPE, "left by boat")


def test_a_meaning_on_no_list_stops_the_start(tmp_path: Path) -> None:
    table = tmp_path / "reasons.csv"
    table.write_text("movement_type,reason_code,meaning,words\nREL,BOAT,sailed,left by boat\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"reasons\.csv line 2: reason REL/BOAT has a meaning that is on no list"):
        read_reasons(table)
