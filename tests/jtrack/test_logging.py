"""Log lines: where an exception happened and of what kind it is, never what it says."""

import logging
import sys

import pytest

from jtrack.logging import QuietFormatter


def _fail() -> None:
    raise ValueError("CANARYNAME was born on 1 April 1980")


def _logged_failure() -> str:
    try:
        _fail()
    except ValueError:
        record = logging.LogRecord("test", logging.ERROR, "file.py", 1, "line %d", (41,), sys.exc_info())
    return QuietFormatter("{message}", style="{").format(record)


def test_text_of_an_exception_is_left_out() -> None:
    assert "CANARYNAME" not in _logged_failure()


@pytest.mark.parametrize("told", ["line 41", "ValueError", "test_logging.py", "_logged_failure"])
def test_kind_and_place_of_an_exception_are_told(told: str) -> None:
    assert told in _logged_failure()
