"""Who is missing from their force's newest PPO list is flagged, stays adopted, and supervisors are told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.conf import settings

from feeds.models import Delivery
from offenders.models import Profile
from tests.factories import BOTH_FORCES, SUPPLIERS, Desk, SealedFile, days, publish
from tests.personas import BRADFORD, LEEDS, make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
ONE, TWO, THREE = (day for day in days(15)[::7])
GONE = {"ppo_reference": "WY-0001", "csp_code": "00DA", "surname": "Quillbram", "lead_officer": "PC A Whitlock"}
STAYING = [{"ppo_reference": f"WY-{100 + n}", "csp_code": "00DA", "surname": f"Other{chr(97 + n)}"} for n in range(12)]
ELSEWHERE = {"ppo_reference": "GM-0001", "csp_code": "00BR", "surname": "Orpet"}


def absent_since(surname: str = "Quillbram") -> str | None:
    """Return the flag in the person's profile."""
    (found,) = [profile for profile in Profile.objects.all() if profile.surname == surname]
    assert found.strand
    flag: str | None = found.scheme["memberships"][0]["absent_since"]
    return flag


def lists(desk: Desk, day: date, people: list[dict[str, str]], *forces: str) -> SealedFile:
    """Return PPO lists of the forces; both of the usual ones when none is named."""
    return desk.ppo(day, people, forces=forces or BOTH_FORCES)


def test_flag_bears_the_day_of_the_first_list_without_the_person(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        for day, people in ((ONE, [GONE, *STAYING]), (TWO, STAYING), (THREE, STAYING)):
            publish(lists(desk, day, people))

        assert absent_since() == f"{TWO}"


def test_flag_goes_when_the_person_is_back_in_the_list(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        for day, people in ((ONE, [GONE, *STAYING]), (TWO, STAYING), (THREE, [GONE, *STAYING])):
            publish(lists(desk, day, people))

        assert absent_since() is None


def test_late_list_that_holds_the_person_moves_the_day(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        early, middle, late = (
            lists(desk, day, people)
            for day, people in ((ONE, [GONE, *STAYING]), (TWO, [GONE, *STAYING]), (THREE, STAYING))
        )
        publish(early)
        publish(late)
        assert absent_since() == f"{THREE}"
        publish(middle)

        assert absent_since() == f"{THREE}"


def test_list_of_another_force_says_nothing(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(lists(desk, ONE, [GONE, *STAYING], "13"))
        publish(lists(desk, TWO, [ELSEWHERE], "06"))

        assert absent_since() is None
        assert absent_since("Orpet") is None


def test_removed_person_is_not_absent(db_as: AsRole) -> None:
    removed = {**GONE, "status": "REMOVED", "removed_on": f"{ONE}"}
    with db_as("worker"):
        desk = Desk()
        for day, people in ((ONE, [GONE, *STAYING]), (TWO, [removed, *STAYING]), (THREE, STAYING)):
            publish(lists(desk, day, people))

        (found,) = [profile for profile in Profile.objects.all() if profile.surname == "Quillbram"]
    assert (found.strand, found.scheme["memberships"][0]["absent_since"]) == ("", None)


@pytest.fixture
def one_absent(db_as: AsRole) -> Profile:
    """Somebody of Leeds whom the newest list leaves out."""
    with db_as("worker"):
        desk = Desk()
        publish(lists(desk, ONE, [GONE, *STAYING]))
        publish(lists(desk, TWO, STAYING))
        (found,) = [profile for profile in Profile.objects.all() if profile.surname == "Quillbram"]
    return found


def test_supervisor_finds_the_person_on_the_worklist(one_absent: Profile) -> None:
    page = signed_in(make_person("sue", "area_supervisor", place=LEEDS)).get("/caseload/absent/").content.decode()

    assert "1 person is missing from the newest PPO list and still adopted." in page
    assert "Quillbram, Ambrose" in page
    assert "9 Nov 2026" in page


@pytest.mark.parametrize(
    ("role", "status", "words"),
    [("area_supervisor", 200, "Nobody is absent from the list."), ("area_officer", 404, "")],
    ids=["other area", "wrong role"],
)
def test_worklist_is_the_areas_own_and_the_supervisors(one_absent: Profile, role: str, status: int, words: str) -> None:
    answer = signed_in(make_person("bea", role, place=BRADFORD)).get("/caseload/absent/")

    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "Quillbram" not in answer.content.decode()


def test_officer_sees_the_flag_on_caseload_and_record(one_absent: Profile) -> None:
    browser = signed_in(make_person("leo", "area_officer", place=LEEDS))

    filtered = browser.get("/caseload/?absent=yes").content.decode()
    record = browser.get(f"/offenders/{one_absent.pk}/").content.decode()

    assert "Quillbram" in filtered
    assert "Othera" not in filtered
    assert "Absent from the PPO list since 9 Nov" in filtered
    assert "Absent from the PPO list since 9 Nov 2026" in record
    assert "The adoption stands until a list says removed" in record


def test_removal_and_readoption_stand_in_the_history(db_as: AsRole) -> None:
    removed = {**GONE, "status": "REMOVED", "removed_on": f"{TWO}", "removal_reason": "A year without a conviction"}
    again = {**GONE, "strand": "PREVENT_AND_DETER", "adopted_on": f"{THREE}"}
    with db_as("worker"):
        desk = Desk()
        for day, person in ((ONE, GONE), (TWO, removed), (THREE, again)):
            publish(lists(desk, day, [person, *STAYING]))
        (found,) = [profile for profile in Profile.objects.all() if profile.surname == "Quillbram"]

    record = signed_in(make_person("leo", "area_officer", place=LEEDS)).get(f"/offenders/{found.pk}/").content.decode()

    assert "Removed 9 Nov 2026: A year without a conviction" in record
    assert "PPO: prevent and deter" in record


def test_small_force_is_judged_by_itself(db_as: AsRole) -> None:
    many = [{"ppo_reference": f"WY-{n}", "csp_code": "00DA", "surname": f"Many{chr(97 + n % 26)}"} for n in range(100)]
    few = [{"ppo_reference": f"GM-{n}", "csp_code": "00BR", "surname": f"Few{chr(97 + n)}"} for n in range(10)]
    with db_as("worker"):
        desk = Desk()
        publish(lists(desk, ONE, [*many, *few]))
        held = publish(lists(desk, TWO, [*many, *few[2:]]))

    assert (held.state, held.fault_code) == (Delivery.State.WAITING, "G-01")
    assert held.fault_message.startswith("2 of 10 people of force 06 have vanished")


def test_force_is_held_against_the_last_file_that_lists_it(db_as: AsRole) -> None:
    few = [{"ppo_reference": f"GM-{n}", "csp_code": "00BR", "surname": f"Few{chr(97 + n)}"} for n in range(10)]
    with db_as("worker"):
        desk = Desk()
        publish(lists(desk, ONE, few, "06"))
        publish(lists(desk, ONE + timedelta(days=1), STAYING, "13"))
        held = publish(lists(desk, TWO, [*STAYING, *few[2:]]))

    assert held.fault_code == "G-01"
    assert SUPPLIERS["ppo"] == held.supplier_id
    assert len(few) == settings.LIMITS_BITE_FROM
