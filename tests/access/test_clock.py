"""The clock that custody work goes by: real, but on a training site where somebody has set it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from access import clock
from access.clock import ClockRefusedError, now, set_clock, today

LONDON = ZoneInfo("Europe/London")
MOMENT = datetime(2026, 11, 26, 9, tzinfo=LONDON)
PATIENCE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def real_again(db: None) -> Iterator[None]:
    """Let the clock show the real time before and after."""
    clock._file().unlink(missing_ok=True)
    yield
    clock._file().unlink(missing_ok=True)


@pytest.fixture
def live_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site whose people are real."""
    monkeypatch.setattr(clock, "is_training", lambda: False)


def test_clock_shows_the_real_time_unless_it_was_set() -> None:
    assert abs(now() - timezone.now()) < PATIENCE


def test_clock_runs_on_from_where_it_was_set() -> None:
    set_clock(MOMENT)

    first, second = now(), now()

    assert timedelta() <= second - first
    assert timedelta() <= second - MOMENT < PATIENCE
    assert today() == MOMENT.date()


def test_clock_can_be_set_again_and_put_back() -> None:
    set_clock(MOMENT)
    set_clock(MOMENT + timedelta(days=3))
    assert abs(now() - MOMENT - timedelta(days=3)) < PATIENCE

    set_clock(None)

    assert abs(now() - timezone.now()) < PATIENCE


def test_live_site_refuses_to_have_its_clock_set(live_site: None) -> None:
    with pytest.raises(ClockRefusedError, match="live site"):
        set_clock(MOMENT)
    with pytest.raises(CommandError, match="live site"):
        call_command("set_clock", "2026-11-26T09:00")


def test_live_site_goes_by_the_real_time_whatever_lies_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(MOMENT + timedelta(days=300))

    monkeypatch.setattr(clock, "is_training", lambda: False)

    assert abs(now() - timezone.now()) < PATIENCE


def test_command_sets_the_clock_in_uk_time_and_says_what_it_shows() -> None:
    told = StringIO()
    call_command("set_clock", "2026-11-26T09:00", stdout=told)

    assert told.getvalue() == "The clock shows 2026-11-26T09:00.\n"
    call_command("set_clock", real=True, stdout=told)
    assert abs(now() - timezone.now()) < PATIENCE


def test_command_wants_a_moment() -> None:
    with pytest.raises(CommandError, match="2026-11-26T09:00"):
        call_command("set_clock", "tomorrow")


def test_file_that_goes_while_it_is_read_means_the_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(MOMENT)
    file = clock._file()
    changed = file.stat().st_mtime_ns + 1
    file.unlink()

    assert clock._read(file, changed) == timedelta()
