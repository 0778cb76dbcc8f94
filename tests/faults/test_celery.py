"""How Celery is set up: late acknowledgement, limits below the broker's own, and ids only in messages."""

import base64
import inspect
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from django.conf import settings

from feeds.tasks import import_task, sweep_task
from jtrack.celery import app

QUEUE = "celery"
# Setting, value, and what would go wrong otherwise. Source: security.md 4.4.
REQUIRED = {
    "a task whose worker dies is not lost": ("task_acks_late", True),
    "a task whose pool child dies runs again": ("task_reject_on_worker_lost", True),
    "no worker hoards tasks that it cannot do yet": ("worker_prefetch_multiplier", 1),
    "no results are kept": ("task_ignore_result", True),
    "messages are written as JSON": ("task_serializer", "json"),
    "nothing but JSON is read": ("accept_content", ["json"]),
    "a child is renewed now and then": ("worker_max_tasks_per_child", 50),
    "a stopping worker finishes what it does": ("worker_soft_shutdown_timeout", 60),
    "a task that can no longer be acknowledged ends": ("worker_cancel_long_running_tasks_on_connection_loss", True),
    "worker and beat outlast a broker that is away for hours": ("broker_connection_max_retries", None),
    "a worker may start before its broker": ("broker_connection_retry_on_startup", True),
}


@pytest.mark.parametrize(("setting", "value"), REQUIRED.values(), ids=REQUIRED)
def test_celery_is_set_up_so_that(setting: str, value: object) -> None:
    assert app.conf[setting] == value


def test_a_task_is_ended_before_the_broker_gives_it_to_somebody_else() -> None:
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]

    assert app.conf.task_soft_time_limit < app.conf.task_time_limit < visibility


def test_queued_message_holds_the_id_and_nothing_else(queue: redis.Redis) -> None:
    delivery_id = str(uuid4())

    import_task.delay(delivery_id)

    (message,) = _messages(queue)
    arguments, named, _ = json.loads(base64.b64decode(message["body"]))
    headers = message["headers"]
    assert (arguments, named) == ([delivery_id], {})
    assert (headers["argsrepr"], headers["kwargsrepr"]) == (f"('{delivery_id}',)", "{}")
    assert (message["content-type"], headers["eta"], headers["stamps"]) == ("application/json", None, {})


def test_sweep_is_a_bell_without_a_word(queue: redis.Redis) -> None:
    sweep_task.delay()

    (message,) = _messages(queue)
    assert json.loads(base64.b64decode(message["body"]))[:2] == [[], {}]


def test_every_task_takes_ids_or_nothing() -> None:
    ours = {name: task for name, task in app.tasks.items() if not name.startswith(("celery.", "tests."))}

    taken = {name: [*inspect.signature(task.run).parameters] for name, task in ours.items()}

    assert "feeds.import" in taken
    assert [name for name, parameters in taken.items() if any(not p.endswith("_id") for p in parameters)] == []


def test_timetable_passes_nothing_and_lets_a_bell_that_nobody_heard_lapse() -> None:
    minutely = {"feeds.drop", "feeds.sweep"}

    for entry in app.conf.beat_schedule.values():
        assert not entry.get("args")
        assert not entry.get("kwargs")
        if entry["task"] in minutely:
            assert entry["options"]["expires"] < entry["schedule"] <= 60


def test_broker_keeps_what_was_queued_and_drops_nothing_for_want_of_room(queue: redis.Redis) -> None:
    kept: Any = {name: queue.config_get(name) for name in ("appendonly", "appendfsync", "maxmemory-policy")}

    assert {name: value[name] for name, value in kept.items()} == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
    }


def test_id_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="badly formed"):
        import_task(str(UUID(int=0))[:-1])


def _messages(queue: redis.Redis) -> list[dict[str, Any]]:
    found: Any = queue.lrange(QUEUE, 0, -1)
    return [json.loads(message) for message in found]
