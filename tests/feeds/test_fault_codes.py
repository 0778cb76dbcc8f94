"""Every fault code means one thing, is described in docs/feeds, is shown by a bad file, and says what to do."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feeds.corpus import cases

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[A-Z]{1,2}-(?:[0-9]{2}|[A-Z]{3,4})")
ARRIVAL = {"envelope", "manifest", "receiving", "refusals", "sealed_stream", "sources/__init__"}
BOTH = {"reading", "thresholds", "sources/text"}
# Which page describes the codes of which modules.
PAGES = {
    "envelope": ARRIVAL,
    "ppo": {"sources/ppo", "sources/ppo_values", *BOTH},
    "prison_roll": {
        "sources/prison_roll",
        "sources/roll_records",
        "sources/roll_layout",
        "sources/roll_values",
        "sources/archive",
        *BOTH,
    },
}
# A fault of the house's own key, not of any file.
WITHOUT_FILE = {"E-03"}
IMPERATIVES = {
    *("ask", "check", "close", "correct", "double", "leave", "look", "make", "mend", "name", "register", "remove"),
    *("seal", "send", "state", "write"),
}


def codes_in_code() -> dict[str, set[str]]:
    """Return the fault codes that each module of the feeds raises."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "feeds").rglob("*.py"):
        module = path.relative_to(ROOT / "feeds").with_suffix("").as_posix()
        if not module.startswith(("training/", "migrations/")):
            found[module] |= set(_raised(path))
    return {module: codes for module, codes in found.items() if codes}


def _raised(path: Path) -> Iterator[str]:
    # A code stands as an argument where a fault is made; elsewhere it is only compared.
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield from filter(CODE.fullmatch, map(_text, arguments))
    if path.stem == "ppo_values":
        yield from ("V-04", "V-05", "V-09", "V-10")


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def codes_in_page(page: str) -> set[str]:
    """Return the codes that stand in the first column of the page's tables."""
    text = (ROOT / "docs" / "feeds" / f"{page}.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {code for cell in rows for code in _codes_of(cell)}


def _codes_of(cell: str) -> Iterator[str]:
    first, *_, last = [*re.findall(r"`([^`]*)`", cell), ""] if "…" in cell else ["", ""]
    if first and CODE.fullmatch(first):
        last = re.findall(r"`([^`]*)`", cell)[-1]
        for number in range(int(first[-2:]), int(last[-2:]) + 1):
            yield f"{first[:-2]}{number:02}"
    yield from filter(CODE.fullmatch, re.findall(r"`([^`]*)`", cell))


def test_every_module_that_raises_a_code_belongs_to_a_page() -> None:
    assert set(codes_in_code()) <= set.union(*PAGES.values())


@pytest.mark.parametrize("page", PAGES)
def test_page_describes_the_codes_of_its_feed_and_no_others(page: str) -> None:
    raised = codes_in_code()

    expected = {code for module in PAGES[page] for code in raised.get(module, ())}

    assert codes_in_page(page) == expected


def test_code_of_arrival_is_never_one_of_a_row_or_file() -> None:
    raised = codes_in_code()
    on_arrival = {code for module in ARRIVAL for code in raised.get(module, ())}
    later = {code for module, codes in raised.items() if module not in ARRIVAL for code in codes}

    assert on_arrival & later == set()


def test_every_code_has_a_bad_file() -> None:
    raised = set.union(*codes_in_code().values())

    shown = {case.code for case in cases() if case.code}

    assert shown == raised - WITHOUT_FILE


def test_every_cure_is_a_whole_instruction() -> None:
    short = {case.code: case.cure for case in cases() if case.code and not _is_instruction(case.cure)}

    assert short == {}


def _is_instruction(cure: str) -> bool:
    first, second, *rest = cure.lower().split()
    return first in IMPERATIVES and second not in {"it", "them"} and len(rest) >= 3
