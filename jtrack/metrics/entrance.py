"""Begins counting and answering in a process of the site; called by the entrances, and by nothing else."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from jtrack.home import private_directory
from jtrack.metrics import slots
from jtrack.metrics.listener import listen


def folder_of(name: str) -> Path:
    """Return where the processes of `web` or `worker` count."""
    return Path(settings.METRICS_DIRECTORY) / name


def count_into_files(name: str) -> str:
    """Let this process and its siblings count together, and return the folder for PROMETHEUS_MULTIPROC_DIR.

    To be called before anything is counted.
    """
    private_directory(settings.METRICS_DIRECTORY)
    return slots.use(folder_of(name))


def answer(name: str, *, text: Callable[[], bytes] | None = None) -> None:
    """Answer for the processes of `web`, `worker` or `beat`, by default with what they have counted."""
    directory = private_directory(settings.METRICS_DIRECTORY)
    private_directory(settings.HOME.sockets)
    address = settings.METRICS_ADDRESS or str(settings.HOME.sockets / f"metrics-{name}.sock")
    listen(address, lock=directory / f"{name}.lock", text=text or partial(slots.added_up, folder_of(name)))
