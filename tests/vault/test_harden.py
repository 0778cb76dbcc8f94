"""A hardened process leaves no core file and cannot be attached to."""

import subprocess
import sys

import pytest

from vault.harden import harden

REPORT = """
import ctypes, resource
from vault.harden import harden
harden()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


def test_hardening_forbids_core_files_and_attaching() -> None:
    answer = subprocess.run([sys.executable, "-c", REPORT], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "(0, 0) 0"


def test_where_there_is_no_such_switch_only_core_files_are_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr("vault.harden.sys.platform", "freebsd14")
    monkeypatch.setattr("vault.harden.resource.setrlimit", lambda _, limit: limits.append(limit))

    harden()

    assert limits == [(0, 0)]


def test_a_kernel_that_refuses_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def prctl(self, *_: int) -> int:
            return -1

    monkeypatch.setattr("vault.harden.resource.setrlimit", lambda *_: None)
    monkeypatch.setattr("vault.harden.ctypes.CDLL", lambda *_, **__: Refusing())

    with pytest.raises(OSError, match="PR_SET_DUMPABLE was refused"):
        harden()
