"""The outbox: written with what it tells of, sent once and never given up, and nothing about anybody in it."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage as ReadMail
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from access.models import Officer
from custody import notifications
from custody.alert_models import AlertReceipt, AlertSetting, Notice
from custody.alerting import raise_timed
from custody.escalation import escalate
from custody.notifications import LEASE, send_mail
from custody.telling import next_digest
from jtrack import mail_catcher
from tests.custody.alert_world import Somebody
from tests.custody.histories import at, held, moved, on
from tests.faults.dying import run_apart
from tests.personas import LEEDS, make_person

AsRole = Callable[[str], AbstractContextManager[None]]
MOVED = (held(2), held(11, "MDI", movement=moved("ADM", "INT", 10, 14)))
GONE = (held(2), held(11, movement=moved("REL", "CR", 10, 14), status="ACTIVE OUT"))


class Server:
    """A mail catcher in a thread, which can be away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catcher = mail_catcher.Catcher(folder)
        self.listener = mail_catcher.listen(0)
        self.port: int = self.listener.getsockname()[1]

    def __enter__(self) -> "Server":
        self.stopping = threading.Event()
        serve = self.catcher.serve(self.listener, goes_on=lambda: not self.stopping.is_set())
        self.thread = threading.Thread(target=lambda: asyncio.run(serve))
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.thread.join()

    def mails(self) -> list[ReadMail]:
        """Return what it kept."""
        found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in self.folder.glob("*.eml")]
        return sorted(found, key=lambda mail: (mail["To"], mail["Subject"]))


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[Server]:
    """A running mail server that the site is configured for."""
    with Server(tmp_path / "mail") as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = mail_catcher.HOST
        settings.EMAIL_PORT = running.port
        settings.SITE_URL = "https://jtrack.example"
        yield running


@pytest.fixture
def hartley(db: None) -> Officer:
    """An officer of Leeds with a mail address."""
    return with_address("hartley")


def with_address(username: str, role: str = "area_officer") -> Officer:
    officer = make_person(username, role, place=LEEDS).officer
    Officer.objects.using("gate").filter(pk=officer.pk).update(email=f"{username}@jtrack.invalid")
    return officer


@pytest.fixture
def worker(hartley: Officer, db_as: AsRole) -> Iterator[None]:
    """The test goes on as the worker."""
    with db_as("worker"):
        yield


def subjects(server: Server) -> list[str]:
    return [mail["Subject"] for mail in server.mails()]


def test_urgent_alert_is_mailed_at_once_and_once(server: Server, worker: None) -> None:
    Somebody().told(*GONE, now=at(11, 6))

    assert [send_mail(at(11, 6)), send_mail(at(11, 7))] == [1, 0]

    (mail,) = server.mails()
    assert mail["Subject"] == "JTrack: 1 urgent alert is in your inbox"
    assert mail["To"] == "hartley@jtrack.invalid"
    assert "https://jtrack.example/alerts/" in mail.get_content()


def test_mail_says_how_many_and_where_and_nothing_else(server: Server, worker: None) -> None:
    one = Somebody()
    one.told(*GONE, now=at(11, 6))
    send_mail(at(11, 6))

    (mail,) = server.mails()
    assert mail.get_content().splitlines() == [
        "1 urgent alert is in your inbox.",
        "",
        "Sign in to read: https://jtrack.example/alerts/",
        "",
        "This mailbox is not read by anybody.",
    ]
    assert {name for name, _ in mail.items()} == {
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version", "Subject", "From", "To", "Date"),
        *("Message-ID", "Auto-Submitted"),
    }
    assert str(one.offender.pk) not in mail.as_string()


def test_the_rest_comes_once_a_day_at_the_officers_hour(server: Server, hartley: Officer, worker: None) -> None:
    AlertSetting.objects.create(officer_id=hartley.pk, digest_hour=9)
    for _ in range(3):
        Somebody().told(*MOVED, now=at(11, 6))

    assert [send_mail(at(11, 8)), send_mail(at(11, 9, 0)), send_mail(at(11, 10))] == [0, 1, 0]

    assert subjects(server) == ["JTrack: 3 alerts came into your inbox"]


def test_officer_who_wants_no_mail_gets_none_and_is_told_all_the_same(
    server: Server, hartley: Officer, worker: None
) -> None:
    AlertSetting.objects.create(officer_id=hartley.pk, by_mail=False)

    Somebody().told(*GONE, now=at(11, 6))

    assert (Notice.objects.count(), AlertReceipt.objects.count()) == (0, 1)


def test_officer_without_an_address_is_told_on_the_page_only(server: Server, db_as: AsRole) -> None:
    make_person("nomail", "area_officer", place=LEEDS)
    with db_as("worker"):
        Somebody().told(*GONE, now=at(11, 6))

        assert (Notice.objects.count(), AlertReceipt.objects.count()) == (0, 1)


def test_address_that_is_gone_by_then_ends_the_mail(server: Server, hartley: Officer, worker: None) -> None:
    Somebody().told(*GONE, now=at(11, 6))
    Officer.objects.using("gate").filter(pk=hartley.pk).update(email="")

    assert send_mail(at(11, 6)) == 0

    assert (server.mails(), Notice.objects.filter(sent_at=None).count()) == ([], 0)


def test_site_without_a_mail_server_writes_nothing_down(worker: None, settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    Somebody().told(*GONE, now=at(11, 6))

    assert (Notice.objects.count(), send_mail(at(12))) == (0, 0)


def test_withdrawal_is_mailed_to_those_who_got_the_alert(server: Server, worker: None) -> None:
    one = Somebody()
    one.told(*GONE, now=at(11, 6))
    send_mail(at(11, 6))

    one.told(held(2), now=at(12, 6), because="correction")
    send_mail(at(12, 6))

    assert subjects(server) == [
        "JTrack: 1 alert that you got was withdrawn",
        "JTrack: 1 urgent alert is in your inbox",
    ]


def test_alert_that_is_passed_on_is_mailed_to_the_supervisor_and_then_to_all(server: Server, db_as: AsRole) -> None:
    with_address("hartley")
    with_address("ruth", "area_supervisor")
    with db_as("worker"):
        Somebody().told(held(2, dates={"CRD": on(25)}), now=at(2, 6))
        Notice.objects.all().delete()
        raise_timed(at(23, 7))
        send_mail(at(23, 7))

        escalate(at(23, 10))
        send_mail(at(23, 10))
        escalate(at(23, 12))
        send_mail(at(23, 12))

    passed_on = [mail["To"] for mail in server.mails() if "passed on" in mail["Subject"]]
    assert passed_on == ["hartley@jtrack.invalid", "ruth@jtrack.invalid", "ruth@jtrack.invalid"]


def test_nothing_is_lost_while_the_server_is_away(server: Server, worker: None, settings: Settings) -> None:
    settings.EMAIL_PORT = _unused_port()
    Somebody().told(*GONE, now=at(11, 6))
    assert [send_mail(at(11, 6)), send_mail(at(11, 6))] == [0, 0]
    waiting = Notice.objects.get()
    assert (waiting.attempts, waiting.due_at) == (1, at(11, 6) + timedelta(minutes=1))
    Somebody().told(*GONE, now=at(11, 6, 31))

    settings.EMAIL_PORT = server.port
    sent = send_mail(at(11, 6, 31))

    assert sent == 2
    assert subjects(server) == ["JTrack: 1 urgent alert is in your inbox"] * 2


def test_wait_grows_to_an_hour_and_ends_never(server: Server, worker: None, settings: Settings) -> None:
    settings.EMAIL_PORT = _unused_port()
    Somebody().told(*GONE, now=at(11, 6))
    waits = []
    now = at(11, 6)

    for _ in range(9):
        send_mail(now)
        due = Notice.objects.get().due_at
        waits.append(round((due - now).total_seconds() / 60))
        now = due

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_one_mail_that_is_refused_keeps_no_other_from_going(
    server: Server, worker: None, db_as: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Officer.objects.get(email="hartley@jtrack.invalid")
    for officer_id in (other.pk, Somebody().offender.pk):
        Notice.objects.create(officer_id=officer_id, kind="urgent", items=1, made_at=at(11), due_at=at(11))
    addresses = {notice.officer_id: "hartley@jtrack.invalid" for notice in Notice.objects.all()}
    refused = Notice.objects.exclude(officer_id=other.pk).get()
    addresses[refused.officer_id] = "refused@jtrack.invalid"

    claimed = notifications._claim(at(11, 6))
    sent = notifications._send_all(claimed, addresses, at(11, 6))

    assert sent == 1
    refused.refresh_from_db()
    assert (refused.sent_at, refused.lease_until, refused.due_at) == (None, None, at(11, 6) + timedelta(minutes=1))


def test_mail_counts_on_until_it_is_claimed_and_then_another_is_opened(server: Server, worker: None) -> None:
    Somebody().told(*GONE, now=at(11, 6))
    Somebody().told(*GONE, now=at(11, 6))
    assert Notice.objects.get().items == 2
    claimed = notifications._claim(at(11, 6))

    Somebody().told(*GONE, now=at(11, 6))

    assert [notice.items for notice in claimed] == [2]
    assert sorted(Notice.objects.values_list("items", flat=True)) == [1, 2]


def test_two_senders_at_once_do_not_take_the_same_mail(server: Server, worker: None) -> None:
    Somebody().told(*GONE, now=at(11, 6))

    first, second = notifications._claim(at(11, 6)), notifications._claim(at(11, 6))

    assert (len(first), len(second)) == (1, 0)


def test_sender_that_was_killed_after_the_server_took_the_mail_leaves_one_mail(server: Server, worker: None) -> None:
    Somebody().told(*GONE, now=at(11, 6))

    died = run_apart(_die_before_marking)
    Notice.objects.update(lease_until=timezone.now() - LEASE)
    again = send_mail(at(11, 6))

    assert died == 137
    assert again == 1
    assert subjects(server) == ["JTrack: 1 urgent alert is in your inbox"]
    assert Notice.objects.get().attempts == 2


def test_sender_that_was_killed_before_sending_loses_no_mail(server: Server, worker: None) -> None:
    Somebody().told(*GONE, now=at(11, 6))

    assert run_apart(_die_after_claiming) == 137
    assert send_mail(at(11, 6)) == 0
    Notice.objects.update(lease_until=timezone.now() - LEASE)
    assert send_mail(at(11, 6)) == 1

    assert len(server.mails()) == 1


def test_sender_whose_lease_ran_out_does_not_mark_what_another_has_taken_over(server: Server, worker: None) -> None:
    Somebody().told(*GONE, now=at(11, 6))
    (stale,) = notifications._claim(at(11, 6))
    Notice.objects.update(lease_until=timezone.now() - LEASE)
    notifications._claim(at(11, 6))

    assert notifications.mark_sent(stale, at(11, 7)) is False
    assert Notice.objects.get().sent_at is None


@pytest.mark.parametrize(
    ("now", "hour", "expected"),
    [
        (at(11, 6), 7, at(11, 7, 0)),
        (at(11, 7, 0), 7, at(12, 7, 0)),
        (at(11, 6), None, at(11, 7, 0)),
        (at(11, 23), 0, at(12, 0, 0)),
    ],
    ids=["later today", "at the very hour: tomorrow", "who never chose: seven", "at midnight"],
)
def test_digest_comes_at_the_next_hour_of_its_officer(now: Any, hour: int | None, expected: Any) -> None:
    assert next_digest(now, hour) == expected


def _die_before_marking() -> None:
    notifications.mark_sent = _die  # type: ignore[assignment]  # in a process of its own
    send_mail(at(11, 6))


def _die_after_claiming() -> None:
    notifications._send_all = _die  # type: ignore[assignment]  # in a process of its own
    send_mail(at(11, 6))


def _die(*_: object) -> bool:
    os._exit(137)


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind((mail_catcher.HOST, 0))
        return int(probe.getsockname()[1])
