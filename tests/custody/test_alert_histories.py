"""Whatever is told, corrected and looked at in whatever order: nobody hears twice, and what is over is withdrawn.

A naive book-keeper, written here alone, follows one movement that files state, take back and state again.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.models import Officer
from custody.alert_models import Alert, AlertReceipt
from custody.alerting import deliver_settled
from tests.custody.alert_world import Somebody
from tests.custody.histories import at, held, moved
from tests.personas import LEEDS, make_person

AsRole = Callable[[str], AbstractContextManager[None]]
SETTLED = at(11, 5, 45)
STATES = {True: (held(2), held(11, "MDI", movement=moved("ADM", "INT", 11, 5))), False: (held(2),)}
# Minutes that pass, then what happens: a file says that they moved or did not, or the clock strikes.
STEP = st.tuples(st.integers(1, 25), st.sampled_from(["moved", "not moved", "strike"]))


def book(steps: list[tuple[int, str]]) -> tuple[int, int, int]:
    """Return how often somebody is told, how often of a withdrawal, and how many alerts stand told in the end."""
    told = withdrawn = 0
    stands = heard = False
    now = at(11, 5, 31)
    for minutes, step in steps:
        now += timedelta(minutes=minutes)
        if step == "not moved" and stands:
            withdrawn += heard
            stands = heard = False
        if step == "moved" and not stands:
            stands, heard = True, now >= SETTLED
            told += heard
        if step == "strike" and stands and not heard and now >= SETTLED:
            heard = True
            told += 1
    return told, withdrawn, int(heard)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=7))
def test_settling_and_withdrawing_agree_with_the_book_keeper(db_as: AsRole, steps: list[tuple[int, str]]) -> None:
    if not Officer.objects.exists():
        make_person("hartley", "area_officer", place=LEEDS)
    with db_as("worker"):
        one = Somebody()
        now = at(11, 5, 31)
        for minutes, step in steps:
            now += timedelta(minutes=minutes)
            if step == "strike":
                deliver_settled(now)
            else:
                one.told(*STATES[step == "moved"], now=now, because="correction")
        mine = AlertReceipt.objects.filter(alert__offender=one.offender, told_at__isnull=False)
        found = (
            mine.count(),
            mine.filter(withdrawal_told_at__isnull=False).count(),
            Alert.objects.live().told().filter(offender=one.offender).count(),
        )

    assert found == book(steps)
