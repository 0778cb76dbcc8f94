"""Pass invented sentences: how long, and which release dates follow from them."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

import holidays


class Band(NamedTuple):
    """Sentences of one length, least and most days, and how often they are passed and found."""

    least: int
    most: int
    received: int
    serving: int
    prolific: int

    def weight(self, *, is_prolific: bool, is_stock: bool) -> int:
        """Return how often the band is met; of people serving a sentence, the long ones pile up."""
        if is_prolific:
            return self.prolific + (self.serving // 4 if is_stock else 0)
        return self.serving if is_stock else self.received


YEAR_DAYS: Final = 365
BANDS: Final = (
    Band(42, 182, received=44, serving=8, prolific=46),
    Band(183, 364, received=20, serving=9, prolific=26),
    Band(365, 1094, received=22, serving=25, prolific=22),
    Band(1095, 2555, received=10, serving=30, prolific=5),
    Band(2556, 7300, received=4, serving=28, prolific=1),
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
SATURDAY: Final = 5
ENGLAND_AND_WALES: Final = holidays.country_holidays("GB", subdiv="ENG")


@dataclass(frozen=True)
class Sentence:
    """A sentence in days, the dates it gives, and the licence that follows it."""

    days: int
    dates: dict[str, date]
    licence_type: str


def pass_sentence(rng: Random, *, on: date, is_prolific: bool, is_stock: bool) -> Sentence:
    """Return an invented sentence. ``is_stock``: as found among the people serving one, not among new ones."""
    weights = [band.weight(is_prolific=is_prolific, is_stock=is_stock) for band in BANDS]
    band = rng.choices(BANDS, weights)[0]
    days = rng.randint(band.least, band.most)
    fate = rng.random()
    expiry = on + timedelta(days=days - 1)
    if fate < SED_ONLY_SHARE:
        return Sentence(days, {"SED": nearest_working_day(expiry)}, "")
    if fate < SED_ONLY_SHARE + OLD_ACT_SHARE and days > SHORTEST_EXTENDED_DAYS:
        return _old_act(on, days, expiry)
    if days > SHORTEST_EXTENDED_DAYS and fate > 1 - EXTENDED_SHARE * 3:
        return _extended(on, days, expiry)
    return _standard(on, days, expiry, share=0.4 if rng.random() < FORTY_PERCENT_SHARE else 0.5)


def served_already(sentence: Sentence, *, days: int) -> Sentence:
    """Return the sentence as if passed so many days earlier."""
    dates = {kind: day - timedelta(days=days) for kind, day in sentence.dates.items()}
    # These two count as they stand, and nobody is let out at a weekend.
    counts_exactly = "NPD" if "NPD" in dates else "SED" if "CRD" not in dates else ""
    if counts_exactly:
        dates[counts_exactly] = nearest_working_day(dates[counts_exactly])
    return Sentence(sentence.days, dates, sentence.licence_type)


def nearest_working_day(day: date, *, not_before: date | None = None) -> date:
    """Return the day itself if it is a working day, else the nearest one that is not before the limit.

    A Saturday gives the Friday, a Sunday the Monday.
    """
    found = working_day_before(day) if day.weekday() == SATURDAY else _working_day_after(day)
    return found if not_before is None or found >= not_before else _working_day_after(not_before)


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


def is_bank_holiday(day: date) -> bool:
    """Say whether the day is a bank holiday of England and Wales."""
    return day in ENGLAND_AND_WALES


def _working_day_after(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


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
        "NPD": nearest_working_day(on + timedelta(days=round(days * 2 / 3))),
    }
    return Sentence(days, dates, "Licence to three quarters")


def _extended(on: date, days: int, expiry: date) -> Sentence:
    custodial = on + timedelta(days=round(days * 0.75))
    dates = {"SED": expiry, "LED": expiry, "CRD": custodial, "PED": on + timedelta(days=days // 2)}
    return Sentence(days, dates, "Extended licence")
