"""The catcher speaks enough SMTP for a sender, and keeps one file for each mail."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from jtrack import mail_catcher


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where a catcher listens that keeps mails in tmp_path/mail."""
    listener = mail_catcher.listen(0)
    stop = threading.Event()
    serve = mail_catcher.Catcher(tmp_path / "mail").serve(listener, goes_on=lambda: not stop.is_set())
    thread = threading.Thread(target=lambda: asyncio.run(serve))
    thread.start()
    yield int(listener.getsockname()[1])
    stop.set()
    thread.join()


def mail(name: str, body: str = "two alerts\n") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "jtrack@jtrack.invalid", "sam@jtrack.invalid", "alerts"
    made["Message-ID"] = f"<{name}@jtrack.invalid>"
    made.set_content(body)
    return made


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "mail").glob("*.eml"))


def test_mail_is_kept_in_a_file_that_only_we_can_read(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP(mail_catcher.HOST, port) as sender:
        sender.send_message(mail("one"))

    (file,) = kept(tmp_path)
    assert "two alerts" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700


def test_second_copy_of_a_mail_is_not_kept(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP(mail_catcher.HOST, port) as sender:
        for name in ("one", "one", "two"):
            sender.send_message(mail(name))

    assert len(kept(tmp_path)) == 2


def test_mail_without_a_name_is_kept_by_its_content(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP(mail_catcher.HOST, port) as sender:
        for _ in range(2):
            sender.sendmail("a@jtrack.invalid", "b@jtrack.invalid", "Subject: none\r\n\r\nhello\r\n")

    assert len(kept(tmp_path)) == 1


def test_line_that_begins_with_a_dot_comes_through(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP(mail_catcher.HOST, port) as sender:
        sender.send_message(mail("dots", ".one\n..two\n"))

    assert kept(tmp_path)[0].read_text().splitlines()[-2:] == [".one", "..two"]


def test_address_that_nobody_has_is_refused(port: int) -> None:
    with smtplib.SMTP(mail_catcher.HOST, port) as sender, pytest.raises(smtplib.SMTPRecipientsRefused):
        sender.sendmail("a@jtrack.invalid", "refused@jtrack.invalid", "Subject: none\r\n\r\n")


def test_unknown_word_is_refused_and_the_talk_goes_on(port: int) -> None:
    with smtplib.SMTP(mail_catcher.HOST, port) as sender:
        assert sender.docmd("WHO")[0] == 502
        assert sender.noop()[0] == 250


def test_what_is_too_long_is_dropped_and_the_next_sender_is_served(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_catcher, "LONGEST_MAIL", 100)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        smtplib.SMTP(mail_catcher.HOST, port).send_message(mail("long", "x" * 60 + "\n" + "y" * 60))

    monkeypatch.setattr(mail_catcher, "LONGEST_MAIL", 10_000)
    with smtplib.SMTP(mail_catcher.HOST, port) as sender:
        sender.send_message(mail("short"))

    assert len(kept(tmp_path)) == 1
