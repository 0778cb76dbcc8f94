"""The statement in words: which feeds know the people of a file, adding up to all of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from feeds.statements import shown_statement
from tests.factories import Desk, days, publish
from tests.personas import make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
ONE, TWO = days(2)
OTHER = {3: "A2222BC", 6: "OTHER", 12: "01/01/1980"}
NEWCOMER = {3: "A3333BC", 6: "NEWCOMER", 12: "01/01/1981"}


def test_ledger_adds_up_to_the_people_of_the_file(db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(desk.ppo(ONE, [{"noms_number": "A1234BC"}]))
        publish(desk.roll(ONE, [{}, OTHER]))
        delivery = publish(desk.roll(TWO, [{}, OTHER, NEWCOMER]))
    assert delivery.statement is not None

    shown = shown_statement(delivery.statement, feed=delivery.feed)

    assert [(region.words, region.known, region.new) for region in shown.regions] == [
        ("PPO file and Prison file", 1, 0),
        ("Prison file alone", 1, 1),
    ]
    assert sum(region.people for region in shown.regions) == shown.people

    page = signed_in(make_person("olive", "feed_operator")).get(f"/deliveries/{delivery.pk}/").content.decode()
    assert "Which feeds know these people" in page


@pytest.mark.parametrize(("feed", "words"), [("ppo", "Adopted or removed"), ("prison_roll", "Custody status")])
def test_column_bears_the_words_of_its_own_feed(db_as: AsRole, feed: str, words: str) -> None:
    with db_as("worker"):
        delivery = publish(Desk().roll(ONE, [{}]))
    assert delivery.statement is not None

    shown = shown_statement({**delivery.statement, "changed_fields": {"status": 1}}, feed=feed)

    assert [line.words for line in shown.fields] == [words]
