"""Counts and times what a worker does, by the name of the task."""

import logging
import time
import uuid
from typing import Any, Final

from celery import Task
from celery.signals import task_postrun, task_prerun
from prometheus_client import Counter, Histogram

from audit.numbers import number_requests
from jtrack.logging import OwnWord

logger: Final = logging.getLogger("jtrack.tasks")
BOUNDS_SECONDS: Final = (0.01, 0.1, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1800.0)
WORTH_A_LINE_SECONDS: Final = 1.0
OUTCOMES: Final = {"SUCCESS": "ok", "FAILURE": "failed", "RETRY": "again"}

TASKS: Final = Counter("jtrack_tasks", "Tasks that ended, by name and outcome.", ["task", "outcome"])
SECONDS: Final = Histogram("jtrack_task_seconds", "Seconds a task took, by name.", ["task"], buckets=BOUNDS_SECONDS)
_BEGAN: Final[dict[str, float]] = {}


@task_prerun.connect
def began(task_id: str, **_: Any) -> None:
    """Note when the task began; what it logs carries its number."""
    _BEGAN[task_id] = time.perf_counter()
    number_requests(uuid.UUID(task_id))


@task_postrun.connect
def ended(task_id: str, task: Task[Any, Any], state: str | None, **_: Any) -> None:
    """Count the task by how it ended, and log it when it did something."""
    seconds = time.perf_counter() - _BEGAN.pop(task_id, time.perf_counter())
    outcome = OUTCOMES.get(state or "", "other")
    TASKS.labels(task.name, outcome).inc()
    SECONDS.labels(task.name).observe(seconds)
    if seconds >= WORTH_A_LINE_SECONDS or outcome != "ok":
        told = {"task": OwnWord(task.name), "outcome": OwnWord(outcome), "milliseconds": round(seconds * 1000)}
        logger.info(
            "%s %s in %d ms", task.name, outcome, told["milliseconds"], extra={"event": OwnWord("task"), **told}
        )
    number_requests(None)
