"""What we build upon: each direct dependency has its reason, everything is pinned, no registry is named."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
WANTED = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
DIRECT = [(number, line) for number, line in enumerate(WANTED) if line and not line.startswith("#")]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(("number", "line"), DIRECT, ids=[line for _, line in DIRECT])
def test_direct_dependency_stands_under_its_reason_in_both_files(number: int, line: str) -> None:
    reason = WANTED[number - 1]
    name = re.match(r"[A-Za-z0-9_.-]+", line)
    assert name is not None

    pinned = re.search(rf"^{re.escape(reason)}\n(\S+)==", LOCK, re.MULTILINE)

    assert reason.startswith("# ")
    assert pinned is not None
    assert _canonical(pinned[1]) == _canonical(name[0])


def test_every_pin_has_a_hash() -> None:
    pins = re.findall(r"^\S+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", LOCK, re.MULTILINE)

    assert len(pins) == len(re.findall(r"^\S+==", LOCK, re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements.in", "package-lock.json", "package.json", ".npmrc"])
def test_no_registry_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert not re.search(r"^--|\"resolved\"|registry=", text, re.MULTILINE)
