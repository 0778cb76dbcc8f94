"""Settings: one place reads them, and each is explained in .env.example."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("jtrack", "disclosures", "feeds", "custody", "offenders", "access", "audit", "vault")
# Entrances that choose the process, and the parts that start processes or run before Django does.
ENTRANCES = {
    "jtrack/mail_catcher.py",
    "jtrack/env.py",
    "jtrack/wsgi.py",
    "jtrack/celery.py",
    "jtrack/run.py",
    "jtrack/child.py",
} | {f"jtrack/{name}.py" for name in ("processes", "servers", "frontend")}
READ = re.compile(r"env\.\w+\(\s*\"([A-Z_]+)\"")
NAMED = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_settings_and_entrances_read_the_environment(path: Path) -> None:
    if str(path.relative_to(ROOT)) not in ENTRANCES:
        assert not re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))


def test_every_setting_is_explained() -> None:
    read = {name for path in (ROOT / "jtrack").glob("*.py") for name in READ.findall(path.read_text(encoding="utf-8"))}

    assert read
    assert read - NAMED == set()


def test_no_example_setting_is_unknown() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (*SOURCES, ROOT / "tests" / "cluster.py"))

    assert {name for name in NAMED if f'"{name}"' not in code} == set()
