"""A held delivery is loaded only when another operator than its uploader says why; the worker carries it out."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg2.extensions
import pytest
from django.test import Client

from feeds.manifest import Manifest
from feeds.models import Delivery, Override
from feeds.overriding import OVERRULABLE, resume_overruled
from feeds.pipeline import import_delivery
from feeds.receiving import receive_delivery
from feeds.tasks import sweep_task
from tests.audit.events import stored_events
from tests.factories import Desk, SealedFile, days, publish
from tests.personas import Person, make_person, signed_in

AsRole = Callable[[str], AbstractContextManager[None]]
ONE, TWO = days(2)
REASON = "Armley closed a wing; the prison confirmed it by telephone"
PEOPLE = [{3: f"A{1000 + n}XY", 6: f"PERSON{chr(65 + n)}"} for n in range(12)]


@pytest.fixture(autouse=True)
def rings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often the worker was rung for; no broker is asked."""
    heard: list[str] = []
    monkeypatch.setattr(sweep_task, "delay", lambda: heard.append("sweep"))
    return heard


@pytest.fixture
def operators(db: None) -> tuple[Person, Person]:
    """Two feed operators."""
    return make_person("olive", "feed_operator"), make_person("oscar", "feed_operator")


@pytest.fixture
def held(operators: tuple[Person, Person], db_as: AsRole) -> Delivery:
    """A roll that lacks half its people, sent in by the first operator."""
    with db_as("worker"):
        desk = Desk()
        publish(desk.roll(ONE, PEOPLE))
        return received_by(desk.roll(TWO, PEOPLE[6:]), operators[0])


def received_by(file: SealedFile, person: Person) -> Delivery:
    """Receive a file from an officer and let the worker look at it."""
    manifest: Manifest = file.manifest
    receipt = receive_delivery(manifest.to_json(), [file.sealed], received_by=person.officer.pk)
    return import_delivery(receipt.delivery.pk)


def overrule(browser: Client, delivery: Delivery, reason: str = REASON) -> str:
    """Post the form, follow where it leads, and return the page."""
    return browser.post(f"/deliveries/{delivery.pk}/overrule/", {"reason": reason}, follow=True).content.decode()


def test_overruled_delivery_is_published_by_the_worker(
    held: Delivery, operators: tuple[Person, Person], db_as: AsRole, rings: list[str]
) -> None:
    assert (held.state, held.fault_code) == (Delivery.State.WAITING, "G-01")

    page = overrule(signed_in(operators[1]), held)
    with db_as("worker"):
        resumed = resume_overruled()
        again = import_delivery(held.pk)

    assert "Overruled; waiting to be loaded" in page
    assert rings == ["sweep"]
    assert resumed == [held.pk]
    assert again.state == Delivery.State.PUBLISHED


def test_page_says_who_overruled_what_and_why(
    held: Delivery, operators: tuple[Person, Person], superuser: psycopg2.extensions.connection
) -> None:
    overrule(signed_in(operators[1]), held)

    page = signed_in(operators[0]).get(f"/deliveries/{held.pk}/").content.decode()

    assert "Oscar" in page
    assert REASON in page
    (event,) = stored_events(superuser, code="delivery.overrule")
    assert (event["actor_name"], event["object_id"], event["reason_code"]) == ("Oscar", str(held.pk), "G-01")


def test_uploader_may_not_decide_on_their_own_file(held: Delivery, operators: tuple[Person, Person]) -> None:
    own = signed_in(operators[0])

    before = own.get(f"/deliveries/{held.pk}/").content.decode()
    page = overrule(own, held)

    assert "You sent this file in, so somebody else decides." in before
    assert "<textarea" not in before
    assert "You sent this delivery in; ask another feed operator to decide" in page
    assert not Override.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "too short"], ids=["none", "blanks", "nine letters"])
def test_reason_must_say_something(held: Delivery, operators: tuple[Person, Person], reason: str) -> None:
    page = overrule(signed_in(operators[1]), held, reason)

    assert "at least 15 characters; the reason is kept" in page
    assert "Error: Delivery" in page


def test_second_decision_on_the_same_fault_is_refused(held: Delivery, operators: tuple[Person, Person]) -> None:
    browser = signed_in(operators[1])
    overrule(browser, held)

    assert "This fault has been overruled already" in overrule(browser, held)


def test_decision_is_about_one_fault_only(operators: tuple[Person, Person], db_as: AsRole) -> None:
    with db_as("worker"):
        desk = Desk()
        publish(desk.roll(ONE, PEOPLE))
        spoilt = [{**row, 2: "QQQ"} for row in PEOPLE[:6]]
        held = received_by(desk.roll(TWO, spoilt), operators[0])
        assert held.state == Delivery.State.PUBLISHED or held.fault_code == "G-01"
        held = received_by(desk.roll(days(3)[2], [{**row, 2: "QQQ"} for row in PEOPLE[:10]]), operators[0])
    assert held.fault_code == "Q-01"

    overrule(signed_in(operators[1]), held)
    with db_as("worker"):
        resume_overruled()
        again = import_delivery(held.pk)

    assert (again.state, again.fault_code) == (Delivery.State.WAITING, "G-01")


def test_file_refused_for_good_offers_no_decision(operators: tuple[Person, Person], db_as: AsRole) -> None:
    with db_as("worker"):
        refused = received_by(Desk().roll(ONE, []), operators[0])

    page = overrule(signed_in(operators[1]), refused)

    assert refused.fault_code not in OVERRULABLE
    assert "Refused; nothing of it was loaded" in page
    assert "Load it all the same?" not in page
    assert not Override.objects.exists()


def test_roll_of_another_day_throughout_waits(operators: tuple[Person, Person], db_as: AsRole) -> None:
    with db_as("worker"):
        held = received_by(Desk().roll(TWO, [{**row, 0: f"{ONE:%d/%m/%Y}"} for row in PEOPLE]), operators[0])
    overrule(signed_in(operators[1]), held)

    with db_as("worker"):
        resume_overruled()
        again = import_delivery(held.pk)

    assert held.fault_code == "F-04"
    assert again.state == Delivery.State.PUBLISHED


def test_reason_is_kept_from_everybody_but_operators_and_assurance(
    held: Delivery, operators: tuple[Person, Person]
) -> None:
    overrule(signed_in(operators[1]), held)

    # Without the context of an officer who may, the web role sees no row at all.
    assert not Override.objects.exists()


def test_worker_does_not_act_on_the_uploaders_own_decision(
    held: Delivery, operators: tuple[Person, Person], db_as: AsRole
) -> None:
    uploader = operators[0].officer
    with db_as("worker"):
        # As if a web process had been made to write it.
        Override.objects.create(
            delivery=held, fault_code="G-01", officer_id=uploader.pk, officer_name=uploader.name, reason=REASON
        )

        assert resume_overruled() == []
