"""How dates, times, lengths of time, states and events are written on pages; times in Europe/London."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from custody.reasons import reason_words

LONDON: Final = ZoneInfo("Europe/London")
NOON_HOUR: Final = 12
DAYS_SHOWN_AS_DAYS: Final = 90
DAYS_IN_MONTH: Final = 30.44
MONTHS_IN_YEAR: Final = 12
MONTHS_SHOWN_AS_MONTHS: Final = 24

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FEW: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

# The movement types whose reasons tell how each kind of event came about; the others have none.
TYPES_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "entered": ("ADM",),
    "recalled": ("ADM",),
    "recaptured": ("ADM",),
    "transferred": ("ADM",),
    "in_transit": ("TRN",),
    "at_court": ("CRT", "TAP"),
    "returned_from_court": ("CRT", "TAP"),
    "temporary_absence": ("TAP",),
    # Somebody who comes back late is admitted again.
    "returned_from_absence": ("TAP", "ADM"),
    "released": ("REL",),
    "escaped": ("REL",),
    "absconded": ("REL",),
    "at_large": ("REL",),
    "to_hospital": ("REL",),
    "removed": ("REL",),
    "died": ("REL",),
}
STATE_MEANINGS: Final[Mapping[str, str]] = {
    "in_custody": "Inside the prison named, by the latest prison file.",
    "at_court": "Taken to court and not back in the latest prison file. The prison still answers for them.",
    "temporary_absence": "Out with leave and due back. Out for more than four days is overdue.",
    "in_transit": "Left one prison and not yet received by another.",
    "missing": "In one prison file and not in the next, and no release explains it. In custody, unconfirmed.",
    "community": "Not in prison: released, or never seen in a prison file.",
    "at_large": "Should be in custody and is not: escaped, absconded, or did not come back.",
    "hospital": "Moved from prison to a psychiatric hospital.",
    "removed": "Deported, extradited, repatriated or removed under an early removal scheme.",
    "died": "Died in custody.",
}
KIND_MEANINGS: Final[Mapping[str, str]] = {
    "entered": "A prison took the person in: a new period in custody began.",
    "transferred": "Moved to another prison inside the same period.",
    "at_court": "Left the prison for a court.",
    "returned_from_court": "Came back from court.",
    "temporary_absence": "Left the prison for a time, with leave.",
    "returned_from_absence": "Came back from a temporary absence, perhaps late.",
    "in_transit": "Left for another prison; the arrival is told as a transfer.",
    "released": "Let go, in the way that the prison states or because the day had come.",
    "recalled": "Back in prison because a licence was revoked: a new period began.",
    "escaped": "Broke out of the prison’s keeping.",
    "absconded": "Walked away from open conditions or leave.",
    "at_large": "Should be in custody and is not, without having escaped or absconded.",
    "recaptured": "Back in custody after being unlawfully at large; the old period goes on.",
    "to_hospital": "Moved to a psychiatric hospital for good.",
    "removed": "Deported, extradited, repatriated or removed under an early removal scheme.",
    "died": "Died.",
    "missing_from_feed": "Not in the latest prison file, and no release was due.",
    "back_in_feed": "In the prison file again: the file had been at fault.",
    "release_date_set": "A release date counts for the first time.",
    "release_date_changed": "Another day counts than before.",
    "release_date_withdrawn": "No release date counts any more.",
    "release_date_confirmed": "The prison has fixed the day that had counted before.",
    "adopted_in_custody": "Adopted by an area while already inside.",
}


def how_words(kind: str, reason_code: str) -> str:
    """Return how something came about, in plain words: ``conditional release on licence``; empty when not known.

    Source: custody/reference/movement_reasons.csv.
    """
    said = (reason_words(movement_type, reason_code) for movement_type in TYPES_OF_KIND.get(kind, ()))
    return next((words for words in said if words), "")


def day_of(value: date | datetime) -> date:
    """Return the UK calendar day of a moment; a date stays itself."""
    return value.astimezone(LONDON).date() if isinstance(value, datetime) else value


def full_date(value: date | datetime) -> str:
    """Return ``22 November 2026``."""
    day = day_of(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_date(value: date | datetime) -> str:
    """Return ``Sunday 22 November 2026``."""
    return f"{WEEKDAYS[day_of(value).weekday()]} {full_date(value)}"


def weekday_and_month(value: date | datetime) -> str:
    """Return ``Sunday 22 November``, for days whose year is plain from the page."""
    day = day_of(value)
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def short_date(value: date | datetime) -> str:
    """Return ``22 Nov 2026``, for tables."""
    day = day_of(value)
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def dense_date(value: date | datetime, *, today: date) -> str:
    """Return ``Tue 24 Nov`` in the year of today and ``14 Jan 2027`` outside it, for dense tables."""
    day = day_of(value)
    if day.year != today.year:
        return short_date(day)
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def clock_time(value: datetime | time) -> str:
    """Return ``2:30pm``, ``9am``, ``midday`` or ``midnight``."""
    moment = value.astimezone(LONDON).time() if isinstance(value, datetime) else value
    if moment.minute == 0 and moment.hour in (0, NOON_HOUR):
        return "midday" if moment.hour else "midnight"
    half = "am" if moment.hour < NOON_HOUR else "pm"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % NOON_HOUR or NOON_HOUR}{minutes}{half}"


def moment(value: datetime) -> str:
    """Return ``22 November 2026 at 8:04am``."""
    return f"{full_date(value)} at {clock_time(value)}"


def short_moment(value: datetime) -> str:
    """Return ``21 Nov 2026, 6:13am``, for tables."""
    return f"{short_date(value)}, {clock_time(value)}"


def near_day(value: date | datetime, *, today: date) -> str:
    """Return Today, Tomorrow, Yesterday, the weekday within six days, else the date."""
    day = day_of(value)
    named = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}
    distance = (day - today).days
    if distance in named:
        return named[distance]
    week = len(WEEKDAYS)
    return WEEKDAYS[day.weekday()] if -week < distance < week else dense_date(day, today=today)


def length_of_time(days: int) -> str:
    """Return days in units that still say enough: ``20 days``, ``7 months``, ``7 years 9 months``."""
    if days < DAYS_SHOWN_AS_DAYS:
        return counted(days, "day")
    months = round(days / DAYS_IN_MONTH)
    if months < MONTHS_SHOWN_AS_MONTHS:
        return counted(months, "month")
    years, over = divmod(months, MONTHS_IN_YEAR)
    return counted(years, "year") + (f" {counted(over, 'month')}" if over else "")


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 day``, ``1,353 days``; ``plural`` for nouns that do not just take an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def in_words(number: int) -> str:
    """Return small numbers as words, larger ones as figures with commas."""
    return FEW[number] if 0 <= number < len(FEW) else f"{number:,}"


def joined(words: list[str]) -> str:
    """Return ``Leeds, Hull and Moorland``."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
