"""Make and end an officer's calendar link, and read by it how many people are due out each day.

Whoever holds the link learns days and counts: no name, no prison, no area. Nothing of it can be guessed, and it
opens only what the officer held when making it and holds still.
"""

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit.trail import Code, record
from custody.calendar_models import CalendarLink
from custody.pages.signs import HELD
from custody.release_dates import ReleaseDateType, shown_date

DAYS_AHEAD: Final = 92
# A weekend and the longest run of holidays may bring a date forward into the days that are told.
MARGIN_DAYS: Final = 7
LIFE: Final = timedelta(days=365)
READS_AN_HOUR: Final = 30
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a live link gives: whose link it is, the reads of this hour, people by day."""

    link_id: UUID
    officer_id: UUID
    officer_name: str
    reads_in_hour: int
    people: Mapping[date, int]

    @property
    def is_too_often(self) -> bool:
        """Whether this hour's reads are used up; then no day is told."""
        return self.reads_in_hour > READS_AN_HOUR

    @property
    def is_first_too_often(self) -> bool:
        """Whether this is the read that used them up; the further ones of the hour are not worth an event."""
        return self.reads_in_hour == READS_AN_HOUR + 1


def live_link(officer_id: UUID) -> CalendarLink | None:
    """Return the officer's link that stands, or None. One query."""
    links = CalendarLink.objects.filter(officer_id=officer_id, revoked_at__isnull=True, expires_at__gt=timezone.now())
    return links.first()


@transaction.atomic
def make_link(officer_id: UUID) -> str:
    """End the officer's link if there is one, store a new one, and return its secret part, which is kept nowhere."""
    _end(officer_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = timezone.now()
    link = CalendarLink.objects.create(
        officer_id=officer_id, token_hash=hash_of(token), made_at=now, expires_at=now + LIFE
    )
    record(Code.CALENDAR_LINK_MADE, object_type="calendarlink", object_id=link.pk)
    return token


@transaction.atomic
def end_link(officer_id: UUID) -> bool:
    """End the officer's link and say whether there was one; its readers are told nothing from now on."""
    ended = _end(officer_id)
    if ended:
        record(Code.CALENDAR_LINK_ENDED, object_type="officer", object_id=officer_id)
    return ended


def read_link(token: str, *, today: date) -> Reading | None:
    """Return what a link tells, or None when no live link of a live officer has this secret part. One query.

    Released are counted by the working day that pages show; days from today on, three months ahead.
    """
    first, last = today, today + timedelta(days=DAYS_AHEAD)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT link_id, officer_id, officer_name, reads_in_hour, whereabouts, release_date, release_date_type,"
            " people FROM sec.calendar_days(%s, %s, %s, %s)",
            [hash_of(token), READS_AN_HOUR, first, last + timedelta(days=MARGIN_DAYS)],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    people: Counter[date] = Counter()
    for whereabouts, day, date_type, count in (row[4:] for row in rows):
        if day is not None and whereabouts in HELD:
            shown = shown_date(day, ReleaseDateType(date_type), today=today)
            people[shown] += count
    told = {day: count for day, count in sorted(people.items()) if first <= day <= last}
    link_id, officer_id, officer_name, reads = rows[0][:4]
    return Reading(link_id, officer_id, officer_name, reads, told)


def hash_of(token: str) -> str:
    """Return under what a link is stored; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _end(officer_id: UUID) -> bool:
    live = CalendarLink.objects.filter(officer_id=officer_id, revoked_at__isnull=True)
    return bool(live.update(revoked_at=timezone.now()))
