"""Writes days and counts as an iCalendar file, for any calendar program."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from icalendar import Calendar, Event

from custody.wording import counted

MAKER: Final = "-//JTrack//Release calendar//EN"
NAME: Final = "Releases (JTrack)"
ASK_AGAIN: Final = timedelta(hours=6)
ONE_DAY: Final = timedelta(days=1)


def calendar_text(people: Mapping[date, int], *, link_id: UUID, page: str, now: datetime) -> bytes:
    """Return an iCalendar file with one all-day entry for each day on which people are due out.

    ``page`` is the address of the release calendar, where the reader signs in to see who. No entry names a
    person, a prison or an area: a date, a prison and "1 person" would come close to a name.
    Source: RFC 5545, RFC 7986; security.md 1.6.
    """
    file = Calendar()
    file.add("prodid", MAKER)
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", NAME)
    file.add("name", NAME)
    file.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", "PT6H")
    for day, count in people.items():
        file.add_component(_entry(day, count, link_id=link_id, page=page, now=now))
    return bytes(file.to_ical())


def _entry(day: date, count: int, *, link_id: UUID, page: str, now: datetime) -> Event:
    entry = Event()
    entry.add("uid", f"{day:%Y%m%d}-{link_id}")
    entry.add("dtstamp", now)
    entry.add("dtstart", day)
    entry.add("dtend", day + ONE_DAY)
    entry.add("summary", f"{counted(count, 'person', 'people')} due out, see JTrack")
    entry.add("url", f"{page}?view=week&day={day:%Y-%m-%d}")
    entry.add("class", "PRIVATE")
    entry.add("transp", "TRANSPARENT")
    return entry
