"""Whose a record is: a table of cases, each delivered in every order and with one end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import permutations
from typing import Any

import pytest

from feeds.models import MatchCase
from offenders.models import Offender, RecordLink
from tests.cluster import Broom
from tests.factories import Desk, days, publish
from tests.feeds.standing import Names, names_of

AsRole = Callable[[str], AbstractContextManager[None]]
File = tuple[str, list[dict[Any, str]]]
PNC, CRO = "2001/1234567K", "12345/77V"
ANNE, OTHER = {6: "WREN", 12: "07/07/1980"}, {6: "STARLING", 12: "01/02/1970"}


def scheme(reference: str, *, area: str = "00DA", **values: str) -> dict[Any, str]:
    """Return a scheme's row, of Wren born on 7 July 1980 unless said otherwise."""
    usual = {"ppo_reference": reference, "csp_code": area, "surname": "Wren", "date_of_birth": "1980-07-07"}
    return {**usual, "forenames": "Anne", **values}


def roll(number: str, values: dict[int, str] = ANNE, *, pnc: str = "", cro: str = "") -> dict[Any, str]:
    """Return a row of the roll."""
    return {3: number, 7: "ANNE", 8: "", 47: pnc, 9: cro, **values}


CASES = [
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC", surname="Other-Wren", date_of_birth="1970-02-01")]),
            ("roll", [roll("A1001BC")]),
        ],
        ["A1001BC+S1|00DA"],
        [],
        id="prison number and a part of the surname",
    ),
    pytest.param(
        [("ppo", [scheme("S1", noms_number="A1001BC", surname="Finch")]), ("roll", [roll("A1001BC")])],
        ["A1001BC+S1|00DA"],
        [],
        id="prison number and date of birth",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC", surname="Finch", date_of_birth="1970-02-01")]),
            ("roll", [roll("A1001BC")]),
        ],
        ["S1|00DA"],
        ["A1001BC S1|00DA contradicted"],
        id="prison number, surname and date of birth both contradict",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC", surname="", date_of_birth="")]),
            ("roll", [roll("A1001BC", {6: "WREN", 12: ""})]),
        ],
        ["S1|00DA"],
        ["A1001BC S1|00DA contradicted"],
        id="prison number alone, and nothing to bear it out",
    ),
    pytest.param(
        [
            (
                "ppo",
                [scheme("S1", pnc_id=PNC, surname="Finch", date_of_birth="1970-02-01", aliases='"WREN, ANNIE"')],
            ),
            ("roll", [roll("A1001BC", pnc=PNC)]),
        ],
        ["A1001BC+S1|00DA"],
        [],
        id="PNC ID and an alias's surname",
    ),
    pytest.param(
        [("ppo", [scheme("S1", pnc_id="01/1234567K")]), ("roll", [roll("A1001BC", pnc=PNC)])],
        ["A1001BC+S1|00DA"],
        [],
        id="PNC ID in the short form",
    ),
    pytest.param(
        [("ppo", [scheme("S1")]), ("roll", [roll("A1001BC")])],
        ["S1|00DA"],
        ["A1001BC S1|00DA name_only"],
        id="name and date of birth without an identifier",
    ),
    pytest.param(
        [("ppo", [scheme("S1")]), ("roll", [roll("A1001BC", OTHER)])], ["S1|00DA"], [], id="nothing in common"
    ),
    pytest.param(
        [("ppo", [scheme("S1", pnc_id=PNC), scheme("S2", area="00CX", pnc_id=PNC)])],
        ["S1|00DA+S2|00CX"],
        [],
        id="adopted by two areas in one file",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC"), scheme("S2", area="00CX", pnc_id=PNC)]),
            ("roll", [roll("A1001BC", pnc=PNC)]),
        ],
        ["A1001BC+S1|00DA+S2|00CX"],
        [],
        id="two scheme records that only the roll's row joins",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC"), scheme("S2", area="00CX", surname="Finch", pnc_id=PNC)]),
            ("roll", [roll("A1001BC", pnc=PNC)]),
            ("roll", [roll("A1001BC", {6: "FINCH", 12: "07/07/1980"}, pnc=PNC)]),
        ],
        ["A1001BC+S1|00DA+S2|00CX"],
        [],
        id="joined by a surname of another day's row",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC")]),
            ("roll", [roll("A1001BC"), roll("A1002BC", pnc=PNC)]),
            ("roll", [roll("A1001BC", pnc=PNC), roll("A1002BC", pnc=PNC)]),
        ],
        ["A1001BC+A1002BC+S1|00DA"],
        [],
        id="another prison number, joined by the PNC ID of a later row",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC", pnc_id=PNC)]),
            ("roll", [roll("A1001BC"), roll("A1002BC", OTHER, pnc=PNC)]),
        ],
        ["A1001BC+S1|00DA"],
        ["A1002BC S1|00DA contradicted"],
        id="somebody else's PNC ID on the scheme's row",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC")]),
            ("roll", [roll("A1001BC", pnc=PNC), roll("A1002BC", OTHER, pnc=PNC)]),
        ],
        ["A1001BC+S1|00DA"],
        ["A1002BC A1001BC contradicted"],
        id="somebody else's PNC ID on the roll's row",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC")]),
            ("roll", [roll("A1001BC"), roll("A1002BC")]),
        ],
        ["A1001BC+S1|00DA"],
        ["A1002BC A1001BC name_only", "A1002BC S1|00DA name_only"],
        id="a namesake of the same birthday in the roll",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC", pnc_id=PNC)]),
            ("ppo", [scheme("S1", noms_number="A1001BC"), scheme("S2", cro_number=CRO)]),
            ("roll", [roll("A1001BC", pnc=PNC, cro=CRO)]),
        ],
        ["A1001BC+S1|00DA+S2|00DA"],
        [],
        id="a namesake who proves to be the same by the roll's CRO number",
    ),
    pytest.param(
        [
            ("ppo", [scheme("S1", noms_number="A1001BC"), scheme("S2", noms_number="A1002BC", surname="Starling")]),
            ("roll", [roll("A1001BC", OTHER | {6: "FINCH"}), roll("A1002BC", OTHER | {6: "FINCH"})]),
        ],
        ["S1|00DA", "S2|00DA"],
        ["A1001BC S1|00DA contradicted", "A1002BC S2|00DA contradicted"],
        id="two numbers mixed up",
    ),
    pytest.param(
        [("ppo", [scheme("S1", pnc_id="2001/1234567A")]), ("roll", [roll("A1001BC", OTHER, pnc="2001/1234567A")])],
        ["S1|00DA"],
        [],
        id="a PNC ID with the wrong check letter links nothing",
    ),
]


@pytest.fixture
def as_worker(db_as: AsRole) -> Iterator[None]:
    """Do the test's work as the worker."""
    with db_as("worker"):
        yield


def names() -> Names:
    """Return whose each record is."""
    keys = [("prison_roll", f"A100{n}BC") for n in (1, 2)]
    return names_of([*keys, *(("ppo", f"S{n}|{area}") for n in (1, 2) for area in ("00DA", "00CX"))])


def people() -> list[str]:
    """Return the records of each person."""
    found: dict[Any, list[str]] = {}
    own = names()
    for link in RecordLink.objects.filter(ended_at__isnull=True):
        found.setdefault(link.offender_id, []).append(own[link.record_id])
    return sorted("+".join(sorted(keys)) for keys in found.values())


def doubts() -> list[str]:
    """Return the open cases."""
    own = names()
    waiting = MatchCase.objects.filter(closed_at__isnull=True)
    return sorted(f"{own[case.record_id]} {own[case.other_record_id]} {case.rule}" for case in waiting)


@pytest.mark.usefixtures("as_worker")
@pytest.mark.parametrize(("deliveries", "expected", "doubtful"), CASES)
def test_records_end_with_their_people(
    broom: Broom, deliveries: list[File], expected: list[str], doubtful: list[str]
) -> None:
    for order in permutations(range(len(deliveries))):
        broom.sweep()
        desk = Desk()
        files = [
            (desk.roll if feed == "roll" else desk.ppo)(day, rows)
            for day, (feed, rows) in zip(days(len(deliveries)), deliveries, strict=True)
        ]
        for at in order:
            published = publish(files[at])
            assert published.statement is not None, published.fault_message

        assert (people(), doubts()) == (expected, doubtful), order


@pytest.mark.usefixtures("as_worker")
def test_case_is_counted_and_kept_for_the_review_desk() -> None:
    desk = Desk()
    publish(desk.ppo(days(1)[0], [scheme("S1")]))

    delivery = publish(desk.roll(days(1)[0], [roll("A1001BC")]))

    case = MatchCase.objects.get()
    assert delivery.statement is not None
    assert (delivery.statement["sent_to_review"], delivery.statement["in_review"]) == (1, 1)
    assert case.feed == "prison_roll"
    assert len(case.visible_to) == 1
    assert case.deciding_fields["record"]["names"] == ["WREN, ANNE"]


@pytest.mark.usefixtures("as_worker")
def test_doubtful_case_is_opened_once(broom: Broom) -> None:
    desk = Desk()
    one, two, three = days(3)
    publish(desk.ppo(one, [scheme("S1")]))
    publish(desk.roll(one, [roll("A1001BC")]))

    publish(desk.roll(two, [roll("A1001BC", ANNE | {2: "MDI"})]))
    publish(desk.ppo(three, [scheme("S1", lead_officer="PC Example")]))

    assert MatchCase.objects.count() == 1


@pytest.mark.usefixtures("as_worker")
def test_joining_leaves_the_emptied_person_without_anything_derived() -> None:
    desk = Desk()
    one, two = days(2)
    publish(desk.ppo(one, [scheme("S1", noms_number="A1001BC"), scheme("S2", area="00CX", pnc_id=PNC)]))

    publish(desk.roll(two, [roll("A1001BC", pnc=PNC)]))

    emptied = Offender.objects.exclude(links__ended_at__isnull=True).get()
    assert emptied.visible_to == []
    assert not hasattr(emptied, "custody_state")
    assert not hasattr(emptied, "profile")
    (kept,) = Offender.objects.filter(links__ended_at__isnull=True).distinct()
    assert len(kept.visible_to) == 2
