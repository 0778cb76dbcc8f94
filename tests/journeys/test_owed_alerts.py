"""The alerts of a whole training world: those sent are those owed by its truth, none lost and none doubled."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from access import clock
from feeds.keys import service_identity
from tests.custody.alert_areas import areas_by_postcode
from tests.custody.alert_truth import Key, read_world, reckon
from tests.figures import figure
from tests.journeys.days import extracts, live_through, stored, timetable
from tests.journeys.world import register_suppliers

AsRole = Callable[[str], AbstractContextManager[None]]
SCALE, SEED, DAYS, CORRECTIONS = 0.02, 7, 14, 2
END = date(2026, 9, 7)


def test_alerts_sent_are_the_alerts_owed(tmp_path: Path, db_as: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    call_command(
        "make_training_data",
        out=tmp_path,
        scale=SCALE,
        seed=SEED,
        days=DAYS,
        end=END,
        corrections=CORRECTIONS,
        verbosity=0,
    )
    identity = service_identity(settings.KEYS_DIRECTORY)
    world = read_world(tmp_path, identity, extract_at=extracts(tmp_path))

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    with db_as("worker"):
        register_suppliers(tmp_path)
        live_through(tmp_path, set_clock)
        found = stored()

    owed = reckon(world, timetable(tmp_path), areas_by_postcode())
    for name in ("told", "late", "withdrawn"):
        tell_alerts(name, getattr(owed, name), getattr(found, name))
    assert found.told - owed.told == Counter(), "sent and not owed, or sent twice"
    assert owed.told - found.told == Counter(), "owed and lost"
    assert found.withdrawn == owed.withdrawn
    assert found.late == owed.late
    assert owed.withdrawn


def tell_alerts(state: str, owed: Counter[Key], found: Counter[Key]) -> None:
    """Print, per kind, how many alerts were owed and how many were found."""
    for kind in sorted({key[1] for key in owed | found}):
        counts = [
            sum(n for key, n in side.items() if key[1] == kind) for side in (owed, found, owed - found, found - owed)
        ]
        names = ("owed", "found", "lost", "doubled")
        figure("ALERTS", state=state, kind=kind, **dict(zip(names, counts, strict=True)), scale=SCALE, seed=SEED)
