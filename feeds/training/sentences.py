"""Pass invented sentences: how long, and which release dates follow from them."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

import holidays

YEAR_DAYS: Final = 365
# Length in days, least and most, and how often such a sentence is met: among those who come in, among
# everybody serving one on a given day (the long ones pile up), and among prolific offenders.
BANDS: Final = (
    ((42, 182), 44, 8, 46),
    ((183, 364), 20, 9, 26),
    ((365, 1094), 22, 25, 22),
    ((1095, 2555), 10, 30, 5),
    ((2556, 7300), 4, 28, 1),
)
SED_ONLY_SHARE: Final = 0.02
OLD_ACT_SHARE: Final = 0.02
EXTENDED_SHARE: Final = 0.05
FORTY_PERCENT_SHARE: Final = 0.35
LONGEST_HDC_DAYS: Final = 4 * YEAR_DAYS
LONGEST_WITH_TOP_UP_DAYS: Final = 2 * YEAR_DAYS
SHORTEST_HDC_DAYS: Final = 84
SHORTEST_EXTENDED_DAYS: Final = 4 * YEAR_DAYS
FRIDAY: Final = 4
ENGLAND_AND_WALES: Final = holidays.country_holidays("GB", subdiv="ENG")


@dataclass(frozen=True)
class Sentence:
    """A sentence in days, the dates it gives, and the licence that follows it."""

    days: int
    dates: dict[str, date]
    licence_type: str


def pass_sentence(rng: Random, *, on: date, is_prolific: bool, is_stock: bool) -> Sentence:
    """Return an invented sentence. ``is_stock``: as found among the people serving one, not among new ones."""
    column = 2 if is_stock else 1
    weights = [band[3] + (band[2] // 4 if is_stock else 0) if is_prolific else band[column] for band in BANDS]
    least, most = rng.choices([band[0] for band in BANDS], weights)[0]
    days = rng.randint(least, most)
    fate = rng.random()
    expiry = on + timedelta(days=days - 1)
    if fate < SED_ONLY_SHARE:
        return Sentence(days, {"SED": working_day_from(expiry)}, "")
    if fate < SED_ONLY_SHARE + OLD_ACT_SHARE and days > SHORTEST_EXTENDED_DAYS:
        return _old_act(on, days, expiry)
    if days > SHORTEST_EXTENDED_DAYS and fate > 1 - EXTENDED_SHARE * 3:
        return _extended(on, days, expiry)
    return _standard(on, days, expiry, share=0.4 if rng.random() < FORTY_PERCENT_SHARE else 0.5)


def served_already(sentence: Sentence, *, days: int) -> Sentence:
    """Return the sentence as if passed so many days earlier."""
    dates = {kind: day - timedelta(days=days) for kind, day in sentence.dates.items()}
    # These two count as they stand, and nobody is let out on a day without open offices.
    counts_exactly = "NPD" if "NPD" in dates else "SED" if "CRD" not in dates else ""
    if counts_exactly:
        dates[counts_exactly] = working_day_from(dates[counts_exactly])
    return Sentence(sentence.days, dates, sentence.licence_type)


def working_day_from(day: date) -> date:
    """Return the day itself or the next that is no weekend, holiday, Friday or eve of a holiday."""
    while not is_working_day(day) or not is_working_day(day + timedelta(days=1)):
        day += timedelta(days=1)
    return day


def working_day_before(day: date) -> date:
    """Return the day itself or the last one before it that is no weekend and no bank holiday."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def day_with_services(day: date) -> date:
    """Return the day itself or the last one before it that is a working day followed by a working day.

    Source: domain.md a.5, the policy on Fridays and eves of bank holidays.
    """
    while not is_working_day(day) or not is_working_day(day + timedelta(days=1)):
        day -= timedelta(days=1)
    return day


def is_working_day(day: date) -> bool:
    """Say whether the day is neither a weekend nor a bank holiday of England and Wales."""
    return day.weekday() <= FRIDAY and day not in ENGLAND_AND_WALES


def _standard(on: date, days: int, expiry: date, *, share: float) -> Sentence:
    conditional = on + timedelta(days=max(7, round(days * share)) - 1)
    dates = {"SED": expiry, "CRD": conditional}
    if days >= YEAR_DAYS:
        dates["LED"] = expiry
    if days < LONGEST_WITH_TOP_UP_DAYS:
        dates["TUSED"] = conditional + timedelta(days=YEAR_DAYS)
    if SHORTEST_HDC_DAYS <= days < LONGEST_HDC_DAYS:
        curfew_days = min(180, round(days * 0.2))
        dates["HDCED"] = conditional - timedelta(days=curfew_days)
    return Sentence(days, dates, "Licence" if days >= YEAR_DAYS else "Licence and post-sentence supervision")


def _old_act(on: date, days: int, expiry: date) -> Sentence:
    dates = {
        "SED": expiry,
        "LED": on + timedelta(days=round(days * 0.75)),
        "PED": on + timedelta(days=days // 2),
        "NPD": working_day_from(on + timedelta(days=round(days * 2 / 3))),
    }
    return Sentence(days, dates, "Licence to three quarters")


def _extended(on: date, days: int, expiry: date) -> Sentence:
    custodial = on + timedelta(days=round(days * 0.75))
    dates = {"SED": expiry, "LED": expiry, "CRD": custodial, "PED": on + timedelta(days=days // 2)}
    return Sentence(days, dates, "Extended licence")
