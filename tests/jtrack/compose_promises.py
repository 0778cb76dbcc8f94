"""What the files for containers promise, each as a check that says by name what is broken."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from jtrack.dealing import SHARES
from jtrack.postgres import SETTINGS

ROOT: Final = Path(__file__).resolve().parents[2]
SERVICES: Final = {"proxy", "web", "worker", "beat", "migrate", "keys", "reseal", "postgres", "valkey"}
LONG_RUNNING: Final = SERVICES - {"migrate", "keys", "reseal"}
SCALED: Final = {"web", "worker"}
STORES: Final = {"postgres", "valkey"}
# Tried with --scale web=4 --scale worker=4, the machine of docs/operations.md must still hold it.
MACHINE_MEGABYTES: Final = 24 * 1024
SCALE: Final = 4
SECRET_WORD: Final = re.compile(r"pass|secret|key|token|credential", re.IGNORECASE)
LEFT_OUT_OF_THE_IMAGE: Final = ("tests", "bench", "docs", ".jtrack", ".git", "secrets", "drop", ".venv", ".env")
Service = Mapping[str, Any]


@dataclass
class Files:
    """The three files, read."""

    compose: dict[str, Any]
    dockerfile: str
    ignored: str

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """The services by name."""
        found: dict[str, dict[str, Any]] = self.compose["services"]
        return found


def files() -> Files:
    """Return the files as they are."""
    return Files(
        compose=yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")),
        dockerfile=(ROOT / "Dockerfile").read_text(encoding="utf-8"),
        ignored=(ROOT / ".dockerignore").read_text(encoding="utf-8"),
    )


def broken(read: Files) -> list[str]:
    """Return a sentence for each promise that the files break."""
    return [fault for promise in PROMISES for fault in promise(read)]


def no_service_is_missing(read: Files) -> Iterator[str]:
    yield from (f"There is no service {name}." for name in sorted(SERVICES - read.services.keys()))


def nothing_runs_as_root(read: Files) -> Iterator[str]:
    for name, service in read.services.items():
        user = str(service.get("user", "")).split(":")[0]
        if user in {"", "0", "root"}:
            yield f"{name} runs as root or as whoever the image likes."
    users = re.findall(r"^USER (\S+)$", read.dockerfile, re.MULTILINE)
    if not users or users[-1].split(":")[0] in {"0", "root"}:
        yield "The image runs as root."


def nothing_writes_to_its_image(read: Files) -> Iterator[str]:
    yield from (
        f"{name} may write to its image." for name, s in read.services.items() if s.get("read_only") is not True
    )


def nothing_holds_a_capability(read: Files) -> Iterator[str]:
    for name, service in read.services.items():
        if service.get("cap_drop") != ["ALL"] or service.get("cap_add") or service.get("privileged"):
            yield f"{name} holds capabilities."
        if "no-new-privileges:true" not in service.get("security_opt", []):
            yield f"{name} may gain privileges."


def no_secret_is_in_an_environment(read: Files) -> Iterator[str]:
    for name, service in read.services.items():
        for variable, value in service.get("environment", {}).items():
            if SECRET_WORD.search(variable) and not str(value).startswith("/run/jtrack/"):
                yield f"{name} holds {variable} in its environment."
            if re.search(r"://[^/@]*@", str(value)):
                yield f"{name} holds a login in {variable}."
    if re.search(r"^(?:ENV|ARG) .*(?:SECRET|TOKEN|PASSWORD)[A-Z_]*=(?!/)", read.dockerfile, re.MULTILINE):
        yield "The image holds a secret."


def each_process_is_given_its_own_share(read: Files) -> Iterator[str]:
    for name, service in read.services.items():
        for mount in _mounts(service):
            given = mount.source.startswith("./secrets")
            if given and name != "keys" and not mount.read_only:
                yield f"{name} may write to its secrets."
            if given and name != "keys" and mount.source != f"./secrets/{name}":
                yield f"{name} is given the secrets of another."
        if name in SHARES and not any(mount.source == f"./secrets/{name}" for mount in _mounts(service)):
            yield f"{name} is given no secrets."


def every_lasting_service_has_a_health_check(read: Files) -> Iterator[str]:
    for name in sorted(LONG_RUNNING & read.services.keys()):
        test = read.services[name].get("healthcheck", {}).get("test", [])
        if not test or test[0] == "NONE":
            yield f"{name} has no health check."


def only_the_proxy_is_reached_from_outside(read: Files) -> Iterator[str]:
    for name, service in read.services.items():
        if service.get("ports") and name != "proxy":
            yield f"{name} publishes a port."
        if service.get("network_mode") == "host":
            yield f"{name} stands on the machine's own network."
    for name in sorted(STORES & read.services.keys()):
        for network in read.services[name].get("networks", ["default"]):
            if not (read.compose["networks"].get(network) or {}).get("internal"):
                yield f"{name} stands on {network}, which leads outside."


def web_and_worker_can_be_scaled(read: Files) -> Iterator[str]:
    for name in sorted(SCALED & read.services.keys()):
        service = read.services[name]
        if service.get("container_name") or service.get("ports") or service.get("hostname"):
            yield f"{name} cannot be scaled: it has a name or a port of its own."
        if any(not mount.read_only and mount.source in read.compose.get("volumes", {}) for mount in _mounts(service)):
            yield f"{name} cannot be scaled: its containers share a volume that they write to."


def there_is_one_beat(read: Files) -> Iterator[str]:
    if read.services["beat"].get("deploy", {}).get("replicas") != 1:
        yield "There is not exactly one beat."


def everything_starts_after_the_migrations(read: Files) -> Iterator[str]:
    for name in ("web", "worker", "beat"):
        condition = read.services[name].get("depends_on", {}).get("migrate", {}).get("condition")
        if condition != "service_completed_successfully":
            yield f"{name} does not wait for the migrations."
    for name in sorted(SERVICES - LONG_RUNNING):
        if read.services.get(name, {}).get("restart", "no") != "no":
            yield f"{name} is not done once."


def everything_is_given_time_to_stop(read: Files) -> Iterator[str]:
    for name in sorted(LONG_RUNNING & read.services.keys()):
        if not read.services[name].get("stop_grace_period"):
            yield f"{name} is given no time to stop."


def memory_fits_the_machine(read: Files) -> Iterator[str]:
    whole = 0
    for name, service in read.services.items():
        limit = megabytes(str(service.get("mem_limit", "")))
        if not limit:
            yield f"{name} has no memory limit."
        whole += limit * (SCALE if name in SCALED else 1)
    if whole > MACHINE_MEGABYTES:
        yield f"All together may take {whole} MB."


def database_logs_no_statement(read: Files) -> Iterator[str]:
    said = set(read.services["postgres"].get("command", []))
    for name, value in SETTINGS.items():
        if (
            name.startswith(("log_statement", "log_min_error", "log_error", "log_parameter"))
            and f"{name}={value}" not in said
        ):
            yield f"The database is not told {name}={value}."


def no_registry_is_named(read: Files) -> Iterator[str]:
    images = [str(service["image"]) for service in read.services.values() if "image" in service]
    images += re.findall(r"^FROM (\S+)", read.dockerfile, re.MULTILINE)
    yield from (
        f"The image {image} names a registry." for image in images if "." in image.split("/")[0] and "/" in image
    )


def image_holds_only_what_runs(read: Files) -> Iterator[str]:
    lines = [line for line in read.ignored.splitlines() if line and not line.startswith("#")]
    if not lines or lines[0] != "*":
        yield "The image is given whatever lies in the folder."
    let_in = {line.removeprefix("!").strip("/") for line in lines if line.startswith("!")}
    copied = set(re.findall(r"^COPY (?!--from)(.+)$", read.dockerfile, re.MULTILINE))
    for name in LEFT_OUT_OF_THE_IMAGE:
        if name in let_in or any(name in words.split()[:-1] or words.split()[0] == "." for words in copied):
            yield f"The image holds {name}."
    if "live-requirements" not in read.dockerfile:
        yield "The image holds the developers' tools."


@dataclass(frozen=True)
class Mount:
    """One mount of a service."""

    source: str
    read_only: bool = field(default=False)


def _mounts(service: Service) -> Iterator[Mount]:
    for mount in service.get("volumes", []):
        if isinstance(mount, str):
            source, *rest = mount.split(":")
            yield Mount(source, read_only=rest[-1:] == ["ro"])
        else:
            yield Mount(str(mount["source"]), read_only=mount.get("read_only") is True)


def megabytes(limit: str) -> int:
    """Return a limit such as 512m or 8g in megabytes, 0 for none."""
    match = re.fullmatch(r"([0-9]+)([mg])", limit)
    return int(match[1]) * (1024 if match[2] == "g" else 1) if match else 0


PROMISES: Final[tuple[Callable[[Files], Iterator[str]], ...]] = (
    no_service_is_missing,
    nothing_runs_as_root,
    nothing_writes_to_its_image,
    nothing_holds_a_capability,
    no_secret_is_in_an_environment,
    each_process_is_given_its_own_share,
    every_lasting_service_has_a_health_check,
    only_the_proxy_is_reached_from_outside,
    web_and_worker_can_be_scaled,
    there_is_one_beat,
    everything_starts_after_the_migrations,
    everything_is_given_time_to_stop,
    memory_fits_the_machine,
    database_logs_no_statement,
    no_registry_is_named,
    image_holds_only_what_runs,
)
