"""What was checked beside the date that counts."""

from datetime import date

import pytest

from custody.pages.dates import dates_of
from tests.custody.histories import facts_of, held, on

TODAY = on(10)
CRD = on(24)
HDCED = on(20)
STATED = {
    "the day that counts": (CRD, True),
    "the day of an eligibility": (HDCED, True),
    "another day": (on(27), False),
}


@pytest.mark.parametrize(("stated", "agrees"), STATED.values(), ids=STATED)
def test_the_prisons_own_earliest_date_agrees_or_is_flagged(stated: date, *, agrees: bool) -> None:
    facts = facts_of(held(9, dates={"CRD": CRD, "HDCED": HDCED, "STATED": stated}))

    check = dates_of(facts, today=TODAY).checks[-1]

    assert check.agrees is agrees
    assert check.words.startswith("The prison’s earliest release date")
