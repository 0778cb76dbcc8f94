"""Sends what stands in the outbox: mails that hold a count and a link, and nothing about anybody.

At least once, and each under a name of its own: a sender that is killed after the server took a mail and
before it was marked sends it again with the same Message-ID, by which mail systems drop the second copy.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from access.models import Officer
from custody.alert_models import Notice

logger: Final = logging.getLogger(__name__)

BATCH: Final = 50
# Longer than a batch of mails takes at the server's worst; a sender that lives gives its lease back itself.
LEASE: Final = timedelta(minutes=20)
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
INBOX: Final = "/alerts/"
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    Notice.Kind.URGENT: ("1 urgent alert is in your inbox", "{} urgent alerts are in your inbox"),
    Notice.Kind.DIGEST: ("1 alert came into your inbox", "{} alerts came into your inbox"),
    Notice.Kind.WITHDRAWN: ("1 alert that you got was withdrawn", "{} alerts that you got were withdrawn"),
    Notice.Kind.ESCALATED: ("1 alert was passed on to you", "{} alerts were passed on to you"),
}


def send_mail(now: datetime) -> int:
    """Send what is due in the outbox; return how many mails the server took. Safe to run two at a time.

    A mail that the server did not take waits, longer each time, and is never given up.
    """
    if not settings.EMAIL_HOST:
        return 0
    notices = _claim(now)
    if not notices:
        return 0
    addresses = dict(
        Officer.objects.filter(pk__in=[one.officer_id for one in notices]).exclude(email="").values_list("pk", "email")
    )
    with_address = [one for one in notices if one.officer_id in addresses]
    for notice in notices:
        if notice not in with_address:
            mark_sent(notice, now)
    return _send_all(with_address, addresses, now)


def mail_of(notice: Notice, address: str) -> EmailMessage:
    """Return the mail: how many alerts, and where to read them. The same notice always gives the same name."""
    one, many = WORDS[notice.kind]
    subject = one if notice.items == 1 else many.format(notice.items)
    body = f"{subject}.\n\nSign in to read: {settings.SITE_URL}{INBOX}\n\nThis mailbox is not read by anybody.\n"
    message_id = f"<{notice.pk}@{settings.MAIL_FROM.rpartition('@')[2].rstrip('>')}>"
    return EmailMessage(
        subject=f"JTrack: {subject}",
        body=body,
        from_email=settings.MAIL_FROM,
        to=[address],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )


def _claim(now: datetime) -> list[Notice]:
    """Lease mails that are due and that nobody works at; leases go by the real time."""
    moment = timezone.now()
    with transaction.atomic():
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=moment)
        due = Notice.objects.filter(free, sent_at__isnull=True, due_at__lte=now)
        notices = list(due.select_for_update(skip_locked=True).order_by("due_at", "pk")[:BATCH])
        for notice in notices:
            notice.claimed_at = notice.claimed_at or now
            notice.lease_until = moment + LEASE
            notice.fence += 1
            notice.attempts += 1
        Notice.objects.bulk_update(notices, ["claimed_at", "lease_until", "fence", "attempts"])
    return notices


def _send_all(notices: Sequence[Notice], addresses: Mapping[UUID, str], now: datetime) -> int:
    connection: BaseEmailBackend = get_connection()
    sent = 0
    try:
        connection.open()
        for notice in notices:
            if _send(notice, addresses[notice.officer_id], connection, now):
                sent += 1
    except (SMTPException, OSError) as error:
        # The server is away: what is left of the batch waits, with what was tried in vain.
        logger.warning("mail server does not answer (%s); %s mails wait", type(error).__name__, len(notices) - sent)
        for notice in notices:
            if notice.sent_at is None:
                _wait(notice, now)
    finally:
        connection.close()
    return sent


def _send(notice: Notice, address: str, connection: BaseEmailBackend, now: datetime) -> bool:
    try:
        connection.send_messages([mail_of(notice, address)])
    except SMTPException as error:
        if not getattr(connection, "connection", None) or type(error).__name__ == "SMTPServerDisconnected":
            raise
        # This one mail was refused, perhaps for good: the others are not kept from going.
        logger.warning("mail %s was not taken (%s); it is tried again", notice.pk, type(error).__name__)
        _wait(notice, now)
        return False
    return mark_sent(notice, now)


def mark_sent(notice: Notice, now: datetime) -> bool:
    """Write down that a mail went; False when another sender has taken it over meanwhile."""
    mine = Notice.objects.filter(pk=notice.pk, fence=notice.fence, sent_at__isnull=True)
    notice.sent_at = now
    return bool(mine.update(sent_at=now, lease_until=None))


def _wait(notice: Notice, now: datetime) -> None:
    wait = min(FIRST_WAIT * 2 ** min(notice.attempts - 1, 10), LONGEST_WAIT)
    Notice.objects.filter(pk=notice.pk, fence=notice.fence, sent_at__isnull=True).update(
        lease_until=None, due_at=now + wait
    )
