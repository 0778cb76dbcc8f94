"""The Celery application and the timetable of regular jobs."""

import os
from importlib import import_module

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init, worker_process_init

from jtrack.metrics.entrance import answer, count_into_files
from jtrack.pulse import Pulse
from vault.harden import harden

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jtrack.settings")
os.environ.setdefault("JTRACK_PROCESS", "worker")

app = Celery("jtrack")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(Pulse)


@worker_init.connect
@worker_process_init.connect
@beat_init.connect
def keep_memory_private(**_: object) -> None:
    """Leave no core dump and let no other process of this account read a worker's memory."""
    harden()


@worker_process_init.connect
def count_tasks(**_: object) -> None:
    """Count in the processes that do the work; one of them answers for all.

    Only here, so that what forks them, and has counted nothing, has no thread of its own.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = count_into_files("worker")
    import_module("jtrack.metrics.tasks")
    answer("worker")


@beat_init.connect
def tell_figures(**_: object) -> None:
    """Answer with the figures of database and broker in the one process of which there is one."""
    answer("beat", text=import_module("jtrack.metrics.figures").text)


# A bell that nobody heard in time is dropped: the next one says the same.
EVERY_MINUTE = {"schedule": 60.0, "options": {"expires": 55}}

app.conf.beat_schedule = {
    "fetch from the drop folder": {"task": "feeds.drop", "schedule": 10.0, "options": {"expires": 9}},
    "publish whatever waits": {"task": "feeds.sweep", **EVERY_MINUTE},
    "alerts by the clock": {"task": "custody.alerts", **EVERY_MINUTE},
    "mail what waits in the outbox": {"task": "custody.mail", "schedule": 20.0, "options": {"expires": 19}},
    "watch the feeds' rhythm": {"task": "feeds.watch", "schedule": crontab(minute="5")},
    "erase what is past its time": {"task": "feeds.night", "schedule": crontab(hour="2", minute="10")},
}
